import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type DeniedCall, deniedCallsOf, diagnosticReader } from '#credentials/core';

/** What of a child's output is read on its way to ours. */
export interface WatchedOutput {
  readonly stream: 'stdout' | 'stderr';
  hear(piece: Uint8Array): void;
}

export interface ApplyOutput extends WatchedOutput {
  /** Once the child has ended: the calls that AWS refused, as far as its output tells. */
  denials(): readonly DeniedCall[];
}

/** Terraform prints its errors to standard error; with `-json` everything goes to standard output. */
export function applyOutput(stream: WatchedOutput['stream']): ApplyOutput {
  const reader = diagnosticReader();
  const decoder = new TextDecoder();
  return {
    stream,
    hear: (piece) => reader.read(decoder.decode(piece, { stream: true })),
    denials: () => deniedCallsOf(reader.end()),
  };
}

/** A grandchild that keeps the pipe open must not keep us. */
const MOST_WAIT_MS = 2_000;

export interface PassedOn {
  /** Once everything the child said has been passed on and heard. */
  finish(): Promise<void>;
}

/**
 * Passes a child's output on, byte for byte and as it comes, and lets it be heard. A stream of ours that was closed (`| head`) stops
 * neither the child nor the hearing.
 */
export function passOn(from: Readable, to: NodeJS.WritableStream, { hear }: WatchedOutput): PassedOn {
  const passing = (async () => {
    for await (const piece of from) {
      hear(piece);
      await new Promise<void>((done) => {
        to.write(piece, () => done());
      });
    }
  })().catch(() => undefined);
  return {
    finish: async () => {
      await Promise.race([passing, delay(MOST_WAIT_MS, undefined, { ref: false })]);
      from.destroy();
    },
  };
}
