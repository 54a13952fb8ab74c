import { compressionOf, type Damage, decompress, LONGEST_MAGIC } from '../logs/decompression.ts';
import { HEAD_BYTES } from './known-logs.ts';

/** A log as it is now: a file, an object of S3. */
export interface LogObject {
  /** Where it lies: a path, a key. */
  readonly place: string;
  /** Changes with what is in it. */
  readonly version: string;
  /** It never grows: its last line counts also without a line feed. */
  readonly isFinal: boolean;
  /** Nobody is writing to it just now. */
  readonly isStill: boolean;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** What a log lies on does not give it. */
export class Unreadable extends Error {}

interface Head {
  readonly bytes: Buffer;
  readonly damage: Damage | undefined;
}

/** The first bytes without compression. */
export async function headOf(object: LogObject): Promise<Head> {
  let bytes = Buffer.alloc(0);
  const { damage } = await unpacked(
    object,
    async (more) => {
      bytes = Buffer.concat([bytes, more.subarray(0, HEAD_BYTES - bytes.length)]);
    },
    () => bytes.length >= HEAD_BYTES,
  );
  return { bytes, damage };
}

/** Gives the bytes of a log without compression; what comes before a damage is given. `consume` is waited for. */
export async function unpacked(
  object: LogObject,
  consume: (bytes: Uint8Array) => Promise<void>,
  enough: () => boolean = () => false,
): Promise<{ readonly damage: Damage | undefined; readonly isPacked: boolean }> {
  const opened = object.open()[Symbol.asyncIterator]();
  const chunks = {
    next: () =>
      opened.next().catch((error: unknown): never => {
        throw new Unreadable(error instanceof Error ? error.message : String(error));
      }),
    return: () => opened.return?.(),
  };
  let first = Buffer.alloc(0);
  while (first.length < LONGEST_MAGIC) {
    const next = await chunks.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  const compression = compressionOf(first);
  const ready: Buffer[] = [];
  const settle = async (): Promise<void> => {
    for (const bytes of ready.splice(0)) if (!enough()) await consume(bytes);
  };
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield first;
    for (;;) {
      await settle();
      if (enough()) break;
      const next = await chunks.next();
      if (next.done === true) return;
      yield next.value;
    }
    await chunks.return();
  };
  // Copied, for its memory is used again.
  const damage = await decompress(compression, source(), (bytes) => ready.push(Buffer.from(bytes)));
  await settle();
  return { damage, isPacked: compression !== 'none' };
}
