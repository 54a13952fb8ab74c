import { concatBytes, fromBase64, utf8 } from '../bytes.ts';
import { CURVES, parseSshKeyBlob, type SshPublicKey } from './public-key.ts';
import { type SshReader, sshReader, sshString } from './wire.ts';

/** Detached signatures as `ssh-keygen -Y sign` makes them (openssh-portable, PROTOCOL.sshsig). */
const MAGIC = 'SSHSIG';
const VERSION = 1;
const MOST_CHARACTERS = 16_384;
const ARMOR =
  /^-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)\r?\n-----END SSH SIGNATURE-----(?:\r?\n)?$/;

export interface SshSignature {
  readonly key: SshPublicKey;
  readonly namespace: string;
  readonly hash: 'sha256' | 'sha512';
  readonly made: SignatureMaterial;
}

/** What the key made, in the form that cryptographic libraries take. */
export type SignatureMaterial =
  | { readonly kind: 'ed25519'; readonly bytes: Uint8Array }
  | { readonly kind: 'sk-ed25519'; readonly bytes: Uint8Array; readonly touch: TouchData }
  /** r and s, each as long as the curve's field. */
  | { readonly kind: 'ecdsa'; readonly bytes: Uint8Array }
  | { readonly kind: 'sk-ecdsa'; readonly bytes: Uint8Array; readonly touch: TouchData }
  | { readonly kind: 'rsa'; readonly bytes: Uint8Array; readonly hash: 'sha256' | 'sha512' };

/** What a security key vouches for with the signature (PROTOCOL.u2f). */
export interface TouchData {
  /** Bit 0: somebody touched it; bit 2: and gave PIN or fingerprint. */
  readonly flags: number;
  readonly counter: number;
}

export const USER_PRESENT = 0x01;
export const USER_VERIFIED = 0x04;

export type SshSignatureFault =
  | 'malformed'
  | 'unsupported-key'
  /** SHA-1, another hash, or a signature of another type than the key's. */
  | 'unsupported-algorithm';

export type ParsedSshSignature =
  | { readonly kind: 'signature'; readonly signature: SshSignature }
  | { readonly kind: SshSignatureFault };

/** Reads the armored form; nothing may stand before, behind or within it that the format does not name. */
export function parseSshSignature(armored: string): ParsedSshSignature {
  const [, body] = ARMOR.exec(armored.length > MOST_CHARACTERS ? '' : armored) ?? [];
  const blob = fromBase64((body ?? '').replaceAll(/\r?\n/g, ''));
  if (body === undefined || blob === undefined) return { kind: 'malformed' };
  const reader = sshReader(blob);
  const magic = reader.bytes(MAGIC.length);
  const version = reader.uint32();
  const keyBlob = reader.string();
  const namespace = reader.name();
  const reserved = reader.string();
  const hash = reader.name();
  const signatureBlob = reader.string();
  const framed = magic !== undefined && String.fromCharCode(...magic) === MAGIC && version === VERSION;
  if (!framed || reserved?.length !== 0 || !reader.atEnd()) return { kind: 'malformed' };
  if (keyBlob === undefined || namespace === undefined || signatureBlob === undefined)
    return { kind: 'malformed' };
  const key = parseSshKeyBlob(keyBlob);
  if (!key.ok) return { kind: 'unsupported-key' };
  if (hash !== 'sha256' && hash !== 'sha512') return { kind: 'unsupported-algorithm' };
  const made = readMaterial(signatureBlob, key.value);
  return typeof made === 'string'
    ? { kind: made }
    : { kind: 'signature', signature: { key: key.value, namespace, hash, made } };
}

/** What the key signs: not the message but a frame around its hash, bound to the namespace. */
export const signedFrame = (
  signature: Pick<SshSignature, 'namespace' | 'hash'>,
  messageHash: Uint8Array,
): Uint8Array =>
  concatBytes(
    utf8(MAGIC),
    sshString(utf8(signature.namespace)),
    sshString(new Uint8Array(0)),
    sshString(utf8(signature.hash)),
    sshString(messageHash),
  );

/** What a security key signs in place of the frame: its own view of the request (PROTOCOL.u2f). */
export function touchedFrame(
  key: Extract<SshPublicKey, { readonly application: Uint8Array }>,
  touch: TouchData,
  frame: Uint8Array,
  sha256: (data: Uint8Array) => Uint8Array,
): Uint8Array {
  const counted = new Uint8Array(5);
  counted[0] = touch.flags;
  new DataView(counted.buffer).setUint32(1, touch.counter);
  return concatBytes(sha256(key.application), counted, sha256(frame));
}

function readMaterial(blob: Uint8Array, key: SshPublicKey): SignatureMaterial | SshSignatureFault {
  const reader = sshReader(blob);
  const algorithm = reader.name();
  if (algorithm === undefined) return 'malformed';
  const hash = algorithmHash(algorithm, key);
  if (hash === undefined) return 'unsupported-algorithm';
  const bytes = readSignatureBytes(reader, key);
  const touch = key.kind === 'sk-ed25519' || key.kind === 'sk-ecdsa' ? readTouch(reader) : undefined;
  if (bytes === undefined || !reader.atEnd()) return 'malformed';
  switch (key.kind) {
    case 'ed25519':
    case 'ecdsa':
      return { kind: key.kind, bytes };
    case 'rsa':
      return { kind: 'rsa', bytes, hash };
    case 'sk-ed25519':
    case 'sk-ecdsa':
      return touch === undefined ? 'malformed' : { kind: key.kind, bytes, touch };
  }
}

/** `undefined` unless this algorithm belongs to the key; above all, `ssh-rsa` (SHA-1) does not. */
function algorithmHash(algorithm: string, key: SshPublicKey): 'sha256' | 'sha512' | undefined {
  if (key.kind !== 'rsa') return algorithm === sshReader(key.blob).name() ? 'sha512' : undefined;
  if (algorithm === 'rsa-sha2-256') return 'sha256';
  return algorithm === 'rsa-sha2-512' ? 'sha512' : undefined;
}

function readSignatureBytes(reader: SshReader, key: SshPublicKey): Uint8Array | undefined {
  const raw = reader.string();
  if (raw === undefined) return undefined;
  switch (key.kind) {
    case 'ed25519':
    case 'sk-ed25519':
      return raw.length === 64 ? raw : undefined;
    case 'rsa':
      // Some agents leave leading zeros out.
      return padded(raw, key.modulus.length);
    case 'ecdsa':
    case 'sk-ecdsa': {
      const numbers = sshReader(raw);
      const { fieldBytes } = CURVES[key.curve];
      const [r, s] = [padded(numbers.positive(), fieldBytes), padded(numbers.positive(), fieldBytes)];
      return r === undefined || s === undefined || !numbers.atEnd() ? undefined : concatBytes(r, s);
    }
  }
}

function readTouch(reader: SshReader): TouchData | undefined {
  const flags = reader.byte();
  const counter = reader.uint32();
  return flags === undefined || counter === undefined ? undefined : { flags, counter };
}

const padded = (value: Uint8Array | undefined, length: number): Uint8Array | undefined =>
  value === undefined || value.length > length
    ? undefined
    : concatBytes(new Uint8Array(length - value.length), value);
