import { concatBytes, fromBase64, type Sha256, sameBytes, toBase64, toHex, utf8 } from '#platform/core';

/** Notes as c2sp.org/signed-note describes them: text, a blank line, and signature lines; Ed25519 only. */
const ED25519_TYPE = Uint8Array.of(1);
const KEY_ID_BYTES = 4;
const MOST_SIGNATURES = 64;
const LONGEST_NOTE = 1_000_000;

/** Without Unicode spaces and plus signs. */
export const KEY_NAME_PATTERN = /^[^\s+]+$/u;

/** The public half of a note key: what a verifier must have got from elsewhere than the log. */
export interface NoteKey {
  readonly name: string;
  /** 32 bytes, as RFC 8032 encodes it. */
  readonly publicKey: Uint8Array;
}

export type SignEd25519 = (message: Uint8Array) => Uint8Array;
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** The first four bytes of SHA-256(name, newline, signature type, public key). */
export const noteKeyId = (key: NoteKey, sha256: Sha256): Uint8Array =>
  sha256(concatBytes(utf8(`${key.name}\n`), ED25519_TYPE, key.publicKey)).slice(0, KEY_ID_BYTES);

/** `name+keyid+base64`, the form in which keys of notes are handed around. */
export const formatNoteKey = (key: NoteKey, sha256: Sha256): string =>
  `${key.name}+${toHex(noteKeyId(key, sha256))}+${toBase64(concatBytes(ED25519_TYPE, key.publicKey))}`;

/** `undefined` unless it is an Ed25519 key whose id fits its name and bytes. */
export function parseNoteKey(words: string, sha256: Sha256): NoteKey | undefined {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(words) ?? [];
  const bytes = fromBase64(encoded ?? '');
  if (name === undefined || bytes?.length !== 33 || bytes[0] !== ED25519_TYPE[0]) return undefined;
  const key = { name, publicKey: bytes.slice(1) };
  return toHex(noteKeyId(key, sha256)) === id ? key : undefined;
}

/** `text` must end in a newline. */
export function signNote(text: string, key: NoteKey, sign: SignEd25519, sha256: Sha256): string {
  if (!isNoteText(text) || !KEY_NAME_PATTERN.test(key.name))
    throw new Error('Not the text or key name of a note.');
  const signature = concatBytes(noteKeyId(key, sha256), sign(utf8(text)));
  return `${text}\n— ${key.name} ${toBase64(signature)}\n`;
}

export type NoteVerdict =
  | { readonly kind: 'signed'; readonly text: string; readonly by: NoteKey }
  /** Well-formed, but none of the known keys signed it. */
  | { readonly kind: 'unknown-signers'; readonly text: string }
  /** A line claims to be from a known key, and is not. */
  | { readonly kind: 'bad-signature'; readonly name: string }
  | { readonly kind: 'malformed' };

export interface NoteCrypto {
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
}

/** Signatures of unknown keys are ignored, as the format demands (that is how keys rotate). */
export function openNote(note: string, known: readonly NoteKey[], crypto: NoteCrypto): NoteVerdict {
  const parts = splitNote(note);
  if (parts === undefined) return { kind: 'malformed' };
  const keys = known.map((key) => ({ key, id: noteKeyId(key, crypto.sha256) }));
  let by: NoteKey | undefined;
  for (const line of parts.signatures) {
    const match = keys.find(({ key, id }) => key.name === line.name && sameBytes(id, line.keyId));
    if (match === undefined) continue;
    if (!crypto.verifyEd25519(match.key.publicKey, utf8(parts.text), line.signature)) {
      return { kind: 'bad-signature', name: line.name };
    }
    by ??= match.key;
  }
  return by === undefined
    ? { kind: 'unknown-signers', text: parts.text }
    : { kind: 'signed', text: parts.text, by };
}

interface SignatureLine {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

function splitNote(note: string): { text: string; signatures: readonly SignatureLine[] } | undefined {
  const split = note.lastIndexOf('\n\n');
  if (note.length > LONGEST_NOTE || split < 0 || !isNoteText(note)) return undefined;
  const lines = note.slice(split + 2, -1).split('\n');
  const signatures = lines.map(parseSignatureLine).filter((line) => line !== undefined);
  if (signatures.length !== lines.length || lines.length > MOST_SIGNATURES) return undefined;
  return { text: note.slice(0, split + 1), signatures };
}

function parseSignatureLine(line: string): SignatureLine | undefined {
  const [, name, encoded] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded ?? '');
  if (name === undefined || bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined;
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) };
}

/** Valid Unicode, no control character but newline, a newline at the end. */
const isNoteText = (words: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these
  words.isWellFormed() && words.endsWith('\n') && !/[\u0000-\u0009\u000b-\u001f]/.test(words);
