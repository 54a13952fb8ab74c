/** An OpenSSH public key as in `authorized_keys`, its blob read and checked. Two keys are one when their `blob` is equal. */
export interface SshPublicKey {
  readonly type: SshKeyType;
  /** Canonical base64 of the key's wire format (RFC 4253, section 6.6). */
  readonly blob: string;
  readonly comment: string;
}

export const SSH_KEY_TYPES = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'ssh-rsa',
] as const;

export type SshKeyType = (typeof SSH_KEY_TYPES)[number];

/** Why a line is no key that may sign approvals. */
export type SshKeyFault = 'private-key' | 'not-a-key' | 'type-refused' | 'damaged' | 'rsa-too-short';

const RSA_MIN_BITS = 3072;

/** Reads one line `type base64 [comment]`. Options before the type and certificates are refused. */
export function parseSshPublicKey(line: string): SshPublicKey | SshKeyFault {
  if (/PRIVATE KEY/i.test(line)) return 'private-key';
  const [name, base64, ...comment] = line.trim().split(/[ \t]+/);
  if (name === undefined || base64 === undefined) return 'not-a-key';
  const type = SSH_KEY_TYPES.find((known) => known === name);
  if (type === undefined) return /^(?:ssh-|ecdsa-|sk-|dsa)/.test(name) ? 'type-refused' : 'not-a-key';
  const bytes = decodeBase64(base64);
  const fields = bytes && readFields(bytes);
  if (fields === undefined || ascii(fields[0]) !== type) return 'damaged';
  const fault = keyFault(type, fields.slice(1));
  return fault ?? { type, blob: base64, comment: comment.join(' ') };
}

/** Length of the uncompressed point of each NIST curve (SEC 1, 2.3.3). */
const POINT_BYTES = { nistp256: 65, nistp384: 97, nistp521: 133 } as const;

function keyFault(type: SshKeyType, fields: readonly Uint8Array[]): SshKeyFault | undefined {
  const [first, second, third] = fields;
  switch (type) {
    case 'ssh-ed25519':
      return fields.length === 1 && first?.length === 32 ? undefined : 'damaged';
    case 'sk-ssh-ed25519@openssh.com':
      return fields.length === 2 && first?.length === 32 && filled(second) ? undefined : 'damaged';
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return fields.length === 2 && onCurve(type.slice(11), first, second) ? undefined : 'damaged';
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return fields.length === 3 && onCurve('nistp256', first, second) && filled(third)
        ? undefined
        : 'damaged';
    case 'ssh-rsa':
      return fields.length === 2 && filled(first) ? rsaFault(second) : 'damaged';
  }
}

const filled = (field: Uint8Array | undefined): boolean => field !== undefined && field.length > 0;

function onCurve(curve: string, name: Uint8Array | undefined, point: Uint8Array | undefined): boolean {
  const known = Object.entries(POINT_BYTES).find(([candidate]) => candidate === curve);
  return known !== undefined && ascii(name) === curve && point?.length === known[1] && point[0] === 4;
}

function rsaFault(modulus: Uint8Array | undefined): SshKeyFault | undefined {
  const digits = modulus?.subarray(modulus.findIndex((byte) => byte !== 0));
  const top = digits?.[0];
  if (digits === undefined || top === undefined || top === 0) return 'damaged';
  const bits = (digits.length - 1) * 8 + (32 - Math.clz32(top));
  return bits >= RSA_MIN_BITS ? undefined : 'rsa-too-short';
}

/** The length-prefixed fields, or `undefined` if they do not end exactly where the bytes end. */
function readFields(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const fields: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes.length - offset < 4) return;
    const length = view.getUint32(offset);
    offset += 4;
    if (length > bytes.length - offset) return;
    fields.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  return fields;
}

const ascii = (field: Uint8Array | undefined): string => String.fromCharCode(...(field ?? []).slice(0, 64));

/** Only canonical base64, so that one key has one text. */
function decodeBase64(base64: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length > 16_384) return;
  try {
    const characters = atob(base64);
    if (btoa(characters) !== base64) return;
    return Uint8Array.from(characters, (character) => character.charCodeAt(0));
  } catch {
    return;
  }
}
