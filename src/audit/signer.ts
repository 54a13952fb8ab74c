import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { KEY_NAME_PATTERN, type NoteCrypto, type NoteKey, type SignEd25519 } from './core/index.ts';

/** SHA-256 and Ed25519 by Node, as the pure part takes them. */
export const noteCrypto: NoteCrypto = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  verifyEd25519: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString('base64url');
    return verify(
      null,
      message,
      createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
      signature,
    );
  },
};

/** Signs this log's checkpoints. The key's name is the log's origin. */
export interface AuditSigner {
  readonly key: NoteKey;
  readonly sign: SignEd25519;
}

/** A new Ed25519 private key as PKCS #8 PEM; the caller keeps it encrypted. */
export const generateAuditKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/**
 * `origin` names the log for ever, such as `sekisho.example.com/audit`: no spaces, no plus signs.
 * Throws on any other origin and on a key that is no Ed25519 private key: both come from our own store.
 */
export function auditSigner(origin: string, privateKeyPem: string): AuditSigner {
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('The audit key must be an Ed25519 key.');
  if (!KEY_NAME_PATTERN.test(origin))
    throw new Error('The origin of an audit log has neither spaces nor plus signs.');
  return {
    key: { name: origin, publicKey: rawPublicKey(privateKey) },
    sign: (message) => sign(null, message, privateKey),
  };
}

function rawPublicKey(privateKey: KeyObject): Uint8Array {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('An Ed25519 key exports its x coordinate.');
  return Buffer.from(x, 'base64url');
}
