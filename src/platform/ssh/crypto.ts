import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { CURVES, type SshCrypto, type SshPublicKey, sshSigner } from '../core/index.ts';

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();

/** What the pure part needs of cryptography, by Node's. */
export const sshCrypto: SshCrypto = {
  sha256,
  sha512: (data) => createHash('sha512').update(data).digest(),
  verify: (key, made, data) => {
    if (key.kind !== made.kind) return false;
    const publicKey = importKey(key);
    if (publicKey === undefined) return false;
    switch (made.kind) {
      case 'ed25519':
      case 'sk-ed25519':
        return verify(null, data, publicKey, made.bytes);
      case 'ecdsa':
      case 'sk-ecdsa':
        return verify(curveHash(key), data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, made.bytes);
      case 'rsa':
        return verify(made.hash, data, publicKey, made.bytes);
    }
  },
};

/** Base64 of the public key that made a signature; `undefined` for anything that is no signature over this message. */
export function sshSignerOf(message: string, armored: string, namespace: string): string | undefined {
  const key = sshSigner(message, armored, namespace, sshCrypto);
  return key === undefined ? undefined : Buffer.from(key.blob).toString('base64');
}

const curveHash = (key: SshPublicKey): string =>
  key.kind === 'ecdsa' || key.kind === 'sk-ecdsa' ? CURVES[key.curve].hash : 'sha256';

const JWK_CURVES = { nistp256: 'P-256', nistp384: 'P-384', nistp521: 'P-521' } as const;

/** Importing a key costs as much as verifying by it, and the people who sign are few. Anybody may bring one: so not without end. */
const MOST_IMPORTED = 1_000;
const imported = new Map<string, KeyObject | undefined>();

/** `undefined` for a key that is well-formed but lies on no curve. */
function importKey(key: SshPublicKey): KeyObject | undefined {
  const blob = Buffer.from(key.blob).toString('latin1');
  if (imported.has(blob)) return imported.get(blob);
  if (imported.size === MOST_IMPORTED) imported.clear();
  const made = newKey(key);
  imported.set(blob, made);
  return made;
}

function newKey(key: SshPublicKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk(key), format: 'jwk' });
  } catch {
    return undefined;
  }
}

function jwk(key: SshPublicKey): JsonWebKey {
  switch (key.kind) {
    case 'ed25519':
    case 'sk-ed25519':
      return { kty: 'OKP', crv: 'Ed25519', x: base64url(key.point) };
    case 'ecdsa':
    case 'sk-ecdsa':
      return { kty: 'EC', crv: JWK_CURVES[key.curve], x: base64url(key.x), y: base64url(key.y) };
    case 'rsa':
      return { kty: 'RSA', n: base64url(key.modulus), e: base64url(key.exponent) };
  }
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
