import { fromBase64 } from '#audit/core';
import { err, ok, type Reason, type Result, text, verbatim } from '#core-values';
import { type SshReader, sshReader } from './ssh-wire.ts';

export const CURVES = {
  nistp256: { fieldBytes: 32, hash: 'sha256' },
  nistp384: { fieldBytes: 48, hash: 'sha384' },
  nistp521: { fieldBytes: 66, hash: 'sha512' },
} as const;

export type Curve = keyof typeof CURVES;

/** A public key that may approve; the kinds OpenSSH makes today, without what is broken (DSA, short RSA). */
export type SshPublicKey = SshKeyMaterial & {
  /** The key as it stands in signatures and in `authorized_keys`. */
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

const LEAST_RSA_BITS = 3072;
const MOST_RSA_BITS = 16_384;

/** A line as in `id_ed25519.pub`: type, base64, and an optional comment. No options, no certificates. */
export function parseSshPublicKey(line: string): Result<SshPublicKey, Reason> {
  const [type, encoded] = line.trim().split(/[ \t]+/);
  const blob = fromBase64(encoded ?? '');
  if (type === undefined || blob === undefined || /[\r\n]/.test(line.trim())) {
    return err(refusal(text('Not an OpenSSH public key line.', 'OpenSSH の公開鍵の行ではありません。')));
  }
  const parsed = parseSshKeyBlob(blob);
  if (parsed.ok && sshReader(blob).name() !== type) {
    return err(
      refusal(text('The key’s type and its contents differ.', '鍵の種別と中身が一致していません。')),
    );
  }
  return parsed;
}

export function parseSshKeyBlob(blob: Uint8Array): Result<SshPublicKey, Reason> {
  const reader = sshReader(blob);
  const type = reader.name();
  const read = type === undefined ? undefined : KEY_READERS[type];
  if (read === undefined) return err(refusal(unsupported(type)));
  const material = read(reader);
  if (material === undefined || !reader.atEnd()) {
    return err(refusal(text('The public key is damaged.', '公開鍵が壊れています。')));
  }
  if (material.kind === 'rsa' && bitLength(material.modulus) < LEAST_RSA_BITS) {
    return err(
      refusal(
        text(
          `An RSA key needs at least ${LEAST_RSA_BITS} bits; this one has ${bitLength(material.modulus)}.`,
          `RSA 鍵は ${LEAST_RSA_BITS} ビット以上が必要です(この鍵は ${bitLength(material.modulus)} ビット)。`,
        ),
      ),
    );
  }
  return ok({ ...material, blob });
}

const KEY_READERS: Readonly<Record<string, (reader: SshReader) => SshKeyMaterial | undefined>> = {
  'ssh-ed25519': (reader) => {
    const point = reader.string();
    return point?.length === 32 ? { kind: 'ed25519', point } : undefined;
  },
  'sk-ssh-ed25519@openssh.com': (reader) => {
    const point = reader.string();
    const application = readApplication(reader);
    return point?.length === 32 && application !== undefined
      ? { kind: 'sk-ed25519', point, application }
      : undefined;
  },
  'ecdsa-sha2-nistp256': (reader) => readEcdsa(reader, 'nistp256'),
  'ecdsa-sha2-nistp384': (reader) => readEcdsa(reader, 'nistp384'),
  'ecdsa-sha2-nistp521': (reader) => readEcdsa(reader, 'nistp521'),
  'sk-ecdsa-sha2-nistp256@openssh.com': (reader) => {
    const point = readPoint(reader, 'nistp256');
    const application = readApplication(reader);
    return point !== undefined && application !== undefined
      ? { kind: 'sk-ecdsa', curve: 'nistp256', ...point, application }
      : undefined;
  },
  'ssh-rsa': (reader) => {
    const exponent = reader.positive();
    const modulus = reader.positive();
    if (exponent === undefined || modulus === undefined || exponent.length > 8) return undefined;
    const odd = (exponent.at(-1) ?? 0) % 2 === 1 && (modulus.at(-1) ?? 0) % 2 === 1;
    // An exponent of 1 makes every message its own signature; small ones have a history of forgeries.
    const large = bitLength(exponent) >= 17;
    return odd && large && bitLength(modulus) <= MOST_RSA_BITS
      ? { kind: 'rsa', modulus, exponent }
      : undefined;
  },
};

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

/** Security keys may hold other sites' credentials: only those made for SSH are taken. */
function readApplication(reader: SshReader): Uint8Array | undefined {
  const application = reader.string();
  return application !== undefined && String.fromCharCode(...application.slice(0, 4)) === 'ssh:'
    ? application
    : undefined;
}

export const bitLength = (positive: Uint8Array): number =>
  positive.length === 0 ? 0 : positive.length * 8 - Math.clz32(positive[0] ?? 0) + 24;

function unsupported(type: string | undefined): Reason['message'] {
  if (type?.includes('-cert-')) {
    return text(
      'An SSH certificate cannot approve; a plain key can.',
      'SSH 証明書では承認できません。通常の鍵を使ってください。',
    );
  }
  return type === undefined
    ? text('The public key is damaged.', '公開鍵が壊れています。')
    : text(`Keys of type ${type} cannot approve.`, `種別 ${type} の鍵では承認できません。`);
}

const refusal = (message: Reason['message']): Reason => ({
  rule: 'approval.key-unusable',
  message,
  remedy: {
    en: `Use a key of one of these types: ${verbatim('ed25519, ed25519-sk, ecdsa, ecdsa-sk, rsa').en} (RSA from ${LEAST_RSA_BITS} bits); \`ssh-keygen -t ed25519-sk\` makes one on a security key.`,
    ja: `ed25519、ed25519-sk、ecdsa、ecdsa-sk、rsa(${LEAST_RSA_BITS} ビット以上)のいずれかの鍵を使ってください。セキュリティキーなら \`ssh-keygen -t ed25519-sk\` で作れます。`,
  },
});
