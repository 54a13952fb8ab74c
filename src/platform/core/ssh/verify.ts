import { toBase64, utf8 } from '../bytes.ts';
import type { SshPublicKey } from './public-key.ts';
import {
  parseSshSignature,
  type SshSignature,
  signedFrame,
  touchedFrame,
  USER_PRESENT,
  USER_VERIFIED,
} from './signature.ts';

/** Cryptography, passed in: `sshCrypto` of `#platform` in production. */
export interface SshCrypto {
  sha256(data: Uint8Array): Uint8Array;
  sha512(data: Uint8Array): Uint8Array;
  /** Whether the key made this signature over exactly this data. */
  verify(key: SshPublicKey, made: SshSignature['made'], data: Uint8Array): boolean;
}

/** `no-touch`: the security key signed without anybody touching it. */
export type SshVerificationFault = 'bad-signature' | 'no-touch';

/** Whether the signature's own key made it over this message; its namespace and whose key it is are the caller's questions. */
export function sshVerificationFault(
  { key, made, ...signed }: SshSignature,
  message: Uint8Array,
  crypto: SshCrypto,
): SshVerificationFault | undefined {
  const hash = signed.hash === 'sha256' ? crypto.sha256(message) : crypto.sha512(message);
  const frame = signedFrame(signed, hash);
  if (!('touch' in made)) return crypto.verify(key, made, frame) ? undefined : 'bad-signature';
  if (!('application' in key)) return 'bad-signature';
  if (!crypto.verify(key, made, touchedFrame(key, made.touch, frame, crypto.sha256))) return 'bad-signature';
  // Any other bit would announce data that these signatures do not carry.
  const known = (made.touch.flags & ~(USER_PRESENT | USER_VERIFIED)) === 0;
  return known && (made.touch.flags & USER_PRESENT) !== 0 ? undefined : 'no-touch';
}

/**
 * The key that made a signature over a message under a namespace; `undefined` for anything that is no such signature.
 * Whose key it is, is the caller's question.
 */
export function sshSigner(
  message: string,
  armored: string,
  namespace: string,
  crypto: SshCrypto,
): SshPublicKey | undefined {
  const parsed = parseSshSignature(armored);
  if (parsed.kind !== 'signature' || parsed.signature.namespace !== namespace) return undefined;
  const fault = sshVerificationFault(parsed.signature, utf8(message), crypto);
  return fault === undefined ? parsed.signature.key : undefined;
}

/** `SHA256:…`, as `ssh-keygen -l` shows it. */
export const sshKeyFingerprint = (key: SshPublicKey, crypto: Pick<SshCrypto, 'sha256'>): string =>
  `SHA256:${toBase64(crypto.sha256(key.blob)).replace(/=+$/, '')}`;
