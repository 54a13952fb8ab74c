/** Builds keys and signatures byte by byte, without a process, and to say what no `ssh-keygen` would. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { concatBytes, sshString, toBase64, utf8 } from '../core/index.ts';

/** A string of SSH's encoding. */
export const sshText = (words: string): Uint8Array => sshString(utf8(words));

/** A line as in `id_ed25519.pub`. */
export const sshKeyLine = (blob: Uint8Array, type: string): string => `${type} ${toBase64(blob)} hanako`;

/** A positive integer of SSH's encoding. */
export function sshInteger(value: Uint8Array): Uint8Array {
  let start = 0;
  while (value[start] === 0) start += 1;
  const rest = value.subarray(start);
  return sshString((rest[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), rest) : rest);
}

/** One member of a public key, as JSON Web Keys hold it. */
export function keyMember(key: KeyObject, member: 'x' | 'y' | 'n' | 'e'): Uint8Array {
  const value = key.export({ format: 'jwk' })[member];
  if (typeof value !== 'string') throw new Error(`The key has no ${member}.`);
  return Buffer.from(value, 'base64url');
}

const digest = (hash: string, data: Uint8Array): Uint8Array => createHash(hash).update(data).digest();

/** What is signed for a message. */
export const sshFrame = (message: string, namespace: string, hash = 'sha512'): Uint8Array =>
  concatBytes(
    utf8('SSHSIG'),
    sshText(namespace),
    sshText(''),
    sshText(hash),
    sshString(digest(hash, utf8(message))),
  );

/** The file that `ssh-keygen -Y sign` writes, around a signature of any content. */
export function sshArmored(
  blob: Uint8Array,
  made: Uint8Array,
  { namespace, hash = 'sha512', reserved = '' }: { namespace: string; hash?: string; reserved?: string },
): string {
  const whole = concatBytes(
    utf8('SSHSIG'),
    Uint8Array.of(0, 0, 0, 1),
    sshString(blob),
    sshText(namespace),
    sshText(reserved),
    sshText(hash),
    sshString(made),
  );
  return `-----BEGIN SSH SIGNATURE-----\n${toBase64(whole)}\n-----END SSH SIGNATURE-----\n`;
}

export interface Ed25519TestKey {
  readonly line: string;
  readonly blob: Uint8Array;
  /** The signature over these very bytes, under the name of an algorithm. */
  made(data: Uint8Array, algorithm?: string): Uint8Array;
  /** As `ssh-keygen -Y sign` signs. */
  sign(message: string, namespace: string): string;
}

export function ed25519TestKey(): Ed25519TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const blob = concatBytes(sshText('ssh-ed25519'), sshString(keyMember(publicKey, 'x')));
  const made = (data: Uint8Array, algorithm = 'ssh-ed25519') =>
    concatBytes(sshText(algorithm), sshString(sign(null, data, privateKey)));
  return {
    line: sshKeyLine(blob, 'ssh-ed25519'),
    blob,
    made,
    sign: (message, namespace) => sshArmored(blob, made(sshFrame(message, namespace)), { namespace }),
  };
}

export interface Touch {
  readonly flags: number;
  readonly counter: number;
  /** Where the key signs other flags than the signature shows. */
  readonly signedFlags?: number;
}

export interface SecurityTestKey {
  readonly line: string;
  readonly blob: Uint8Array;
  /** As an authenticator would: over application, flags, counter and the frame. */
  sign(message: string, namespace: string, touch: Touch): string;
}

const touchBytes = (flags: number, counter: number): Uint8Array => {
  const bytes = Buffer.alloc(5);
  bytes[0] = flags;
  bytes.writeUInt32BE(counter, 1);
  return bytes;
};

const securityKey = (
  type: string,
  application: string,
  point: Uint8Array,
  signData: (data: Uint8Array) => Uint8Array,
): SecurityTestKey => {
  const blob = concatBytes(sshText(type), point, sshText(application));
  return {
    line: sshKeyLine(blob, type),
    blob,
    sign: (message, namespace, { flags, counter, signedFlags = flags }) => {
      const data = concatBytes(
        digest('sha256', utf8(application)),
        touchBytes(signedFlags, counter),
        digest('sha256', sshFrame(message, namespace)),
      );
      const made = concatBytes(sshText(type), sshString(signData(data)), touchBytes(flags, counter));
      return sshArmored(blob, made, { namespace });
    },
  };
};

export function ed25519SecurityKey(application = 'ssh:'): SecurityTestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return securityKey(
    'sk-ssh-ed25519@openssh.com',
    application,
    sshString(keyMember(publicKey, 'x')),
    (data) => sign(null, data, privateKey),
  );
}

export function ecdsaSecurityKey(application = 'ssh:'): SecurityTestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const point = concatBytes(Uint8Array.of(4), keyMember(publicKey, 'x'), keyMember(publicKey, 'y'));
  return securityKey(
    'sk-ecdsa-sha2-nistp256@openssh.com',
    application,
    concatBytes(sshText('nistp256'), sshString(point)),
    (data) => {
      const rs = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return concatBytes(sshInteger(rs.subarray(0, 32)), sshInteger(rs.subarray(32)));
    },
  );
}
