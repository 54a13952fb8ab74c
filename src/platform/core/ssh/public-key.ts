import { err, ok, type Result } from '#core-values';
import { fromBase64 } from '../bytes.ts';
import { type SshReader, sshReader } from './wire.ts';

/** Each curve's field in bytes and the hash that signatures with it use (RFC 5656, section 6.2.1). */
export const CURVES = {
  nistp256: { fieldBytes: 32, hash: 'sha256' },
  nistp384: { fieldBytes: 48, hash: 'sha384' },
  nistp521: { fieldBytes: 66, hash: 'sha512' },
} as const;

export type Curve = keyof typeof CURVES;

/** A public key that may speak for a person; the kinds OpenSSH makes today, without what is broken (DSA, short RSA). */
export type SshPublicKey = SshKeyMaterial & {
  /** The key as it stands in signatures and in `authorized_keys` (RFC 4253, section 6.6). */
  readonly blob: Uint8Array;
};

type SshKeyMaterial =
  | { readonly kind: 'ed25519'; readonly point: Uint8Array }
  /** Held by a security key, which is asked for a touch. `application` is `ssh:` and whatever follows. */
  | { readonly kind: 'sk-ed25519'; readonly point: Uint8Array; readonly application: Uint8Array }
  | { readonly kind: 'ecdsa'; readonly curve: Curve; readonly x: Uint8Array; readonly y: Uint8Array }
  | {
      readonly kind: 'sk-ecdsa';
      readonly curve: 'nistp256';
      readonly x: Uint8Array;
      readonly y: Uint8Array;
      readonly application: Uint8Array;
    }
  | { readonly kind: 'rsa'; readonly modulus: Uint8Array; readonly exponent: Uint8Array };

/** A line as in `id_ed25519.pub`, its key read and checked. Two keys are one when their `blob` is equal. */
export interface SshKeyLine {
  readonly type: SshKeyType;
  /** Base64 of the key's blob: one key has one text. */
  readonly blob: string;
  readonly comment: string;
}

export type SshKeyType =
  | 'ssh-ed25519'
  | 'sk-ssh-ed25519@openssh.com'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'sk-ecdsa-sha2-nistp256@openssh.com'
  | 'ssh-rsa';

/** Why something is no key that may speak for a person. */
export type SshKeyFault =
  | 'private-key'
  | 'not-a-key'
  /** DSA, certificates, and whatever comes after us. */
  | 'type-refused'
  | 'damaged'
  | 'rsa-too-short'
  | 'rsa-too-long'
  /** An RSA exponent that invites forgeries. */
  | 'rsa-exponent'
  /** A security key's credential for something else than SSH. */
  | 'not-for-ssh';

export const LEAST_RSA_BITS = 3072;
export const MOST_RSA_BITS = 16_384;
/** Above the Base64 of any key that is accepted. */
const MOST_CHARACTERS = 16_384;

/** Reads one line `type base64 [comment]`. Options before the type, certificates and a second line are refused. */
export function parseSshKeyLine(line: string): Result<SshKeyLine, SshKeyFault> {
  if (/PRIVATE KEY/i.test(line)) return err('private-key');
  const words = line.trim();
  const [name, blob, ...comment] = words.split(/[ \t]+/);
  if (name === undefined || blob === undefined || /[\r\n]/.test(words)) return err('not-a-key');
  if (!isKeyType(name)) return err(/^(?:ssh-|ecdsa-|sk-|dsa)/.test(name) ? 'type-refused' : 'not-a-key');
  const bytes = blob.length > MOST_CHARACTERS ? undefined : fromBase64(blob);
  if (bytes === undefined || sshReader(bytes).name() !== name) return err('damaged');
  const key = parseSshKeyBlob(bytes);
  return key.ok ? ok({ type: name, blob, comment: comment.join(' ') }) : key;
}

export function parseSshKeyBlob(blob: Uint8Array): Result<SshPublicKey, SshKeyFault> {
  const reader = sshReader(blob);
  const type = reader.name();
  if (type === undefined) return err('damaged');
  if (!isKeyType(type)) return err('type-refused');
  const material = KEY_READERS[type](reader);
  if (material === undefined || !reader.atEnd()) return err('damaged');
  const fault = materialFault(material);
  return fault === undefined ? ok({ ...material, blob }) : err(fault);
}

const KEY_READERS: Readonly<Record<SshKeyType, (reader: SshReader) => SshKeyMaterial | undefined>> = {
  'ssh-ed25519': (reader) => {
    const point = reader.string();
    return point?.length === 32 ? { kind: 'ed25519', point } : undefined;
  },
  'sk-ssh-ed25519@openssh.com': (reader) => {
    const point = reader.string();
    const application = reader.string();
    return point?.length === 32 && application !== undefined
      ? { kind: 'sk-ed25519', point, application }
      : undefined;
  },
  'ecdsa-sha2-nistp256': (reader) => readEcdsa(reader, 'nistp256'),
  'ecdsa-sha2-nistp384': (reader) => readEcdsa(reader, 'nistp384'),
  'ecdsa-sha2-nistp521': (reader) => readEcdsa(reader, 'nistp521'),
  'sk-ecdsa-sha2-nistp256@openssh.com': (reader) => {
    const point = readPoint(reader, 'nistp256');
    const application = reader.string();
    return point !== undefined && application !== undefined
      ? { kind: 'sk-ecdsa', curve: 'nistp256', ...point, application }
      : undefined;
  },
  'ssh-rsa': (reader) => {
    const exponent = reader.positive();
    const modulus = reader.positive();
    return exponent === undefined || modulus === undefined ? undefined : { kind: 'rsa', modulus, exponent };
  },
};

const isKeyType = (name: string): name is SshKeyType => Object.hasOwn(KEY_READERS, name);

function readEcdsa(reader: SshReader, curve: Curve): SshKeyMaterial | undefined {
  const point = readPoint(reader, curve);
  return point === undefined ? undefined : { kind: 'ecdsa', curve, ...point };
}

function readPoint(reader: SshReader, curve: Curve): { x: Uint8Array; y: Uint8Array } | undefined {
  const named = reader.name();
  const point = reader.string();
  const { fieldBytes } = CURVES[curve];
  // 4: uncompressed, the only form SSH uses.
  if (named !== curve || point?.length !== 1 + 2 * fieldBytes || point[0] !== 4) return undefined;
  return { x: point.slice(1, 1 + fieldBytes), y: point.slice(1 + fieldBytes) };
}

function materialFault(material: SshKeyMaterial): SshKeyFault | undefined {
  // Security keys may hold other sites' credentials: only those made for SSH are taken.
  if ('application' in material) return isForSsh(material.application) ? undefined : 'not-for-ssh';
  return material.kind === 'rsa' ? rsaFault(material) : undefined;
}

const isForSsh = (application: Uint8Array): boolean =>
  String.fromCharCode(...application.slice(0, 4)) === 'ssh:';

function rsaFault({ modulus, exponent }: Extract<SshKeyMaterial, { kind: 'rsa' }>): SshKeyFault | undefined {
  if (!isOdd(modulus)) return 'damaged';
  if (bitLength(modulus) < LEAST_RSA_BITS) return 'rsa-too-short';
  if (bitLength(modulus) > MOST_RSA_BITS) return 'rsa-too-long';
  // An exponent of 1 makes every message its own signature; small ones have a history of forgeries.
  const sound = isOdd(exponent) && exponent.length <= 8 && bitLength(exponent) >= 17;
  return sound ? undefined : 'rsa-exponent';
}

const isOdd = (positive: Uint8Array): boolean => (positive.at(-1) ?? 0) % 2 === 1;

const bitLength = (positive: Uint8Array): number =>
  positive.length === 0 ? 0 : positive.length * 8 - Math.clz32(positive[0] ?? 0) + 24;
