import { fromBase64, toBase64 } from '#platform/core';
import type { TreeHead } from './merkle.ts';
import { type NoteCrypto, type NoteKey, openNote, type SignEd25519, signNote } from './signed-note.ts';

/**
 * What a signed checkpoint says: this log, at this size, had this root (c2sp.org/tlog-checkpoint).
 * Who keeps one elsewhere can tell later whether any entry below that size was changed.
 */
export interface Checkpoint extends TreeHead {
  /** Which log; also the name of the key that signs. */
  readonly origin: string;
}

const ROOT_BYTES = 32;

/** The note's text: origin, size and root on a line each. */
export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

/** Extension lines are allowed and ignored; `undefined` for anything that is no checkpoint. */
export function parseCheckpoint(noteText: string): Checkpoint | undefined {
  const lines = noteText.split('\n');
  const [origin, decimal, encoded] = lines;
  if (lines.pop() !== '' || lines.some((line) => line === '')) return undefined;
  if (origin === undefined || encoded === undefined || !/^(?:0|[1-9][0-9]{0,15})$/.test(decimal ?? '')) {
    return undefined;
  }
  const size = Number(decimal);
  const root = fromBase64(encoded);
  return root?.length === ROOT_BYTES && Number.isSafeInteger(size) ? { origin, size, root } : undefined;
}

export const signCheckpoint = (
  checkpoint: Checkpoint,
  key: NoteKey,
  sign: SignEd25519,
  sha256: NoteCrypto['sha256'],
): string => signNote(formatCheckpoint(checkpoint), key, sign, sha256);

export type CheckpointVerdict =
  | { readonly kind: 'signed'; readonly checkpoint: Checkpoint }
  /** Another log's key, or a key that was never handed out. */
  | { readonly kind: 'unknown-signers' }
  | { readonly kind: 'bad-signature' }
  | { readonly kind: 'malformed' };

/** The signer's name and the origin must agree: a key vouches only for the log it is named after. */
export function openCheckpoint(
  note: string,
  known: readonly NoteKey[],
  crypto: NoteCrypto,
): CheckpointVerdict {
  const opened = openNote(note, known, crypto);
  if (opened.kind !== 'signed') return { kind: opened.kind };
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint === undefined) return { kind: 'malformed' };
  return checkpoint.origin === opened.by.name ? { kind: 'signed', checkpoint } : { kind: 'unknown-signers' };
}

/** The notes of a file to which checkpoints are appended, a blank line after each. A single note is itself. */
export const splitCheckpoints = (words: string): readonly string[] =>
  words.split(/(?<=^— .*\n)\n/mu).filter((note) => note !== '');
