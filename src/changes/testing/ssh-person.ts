import { createHash, generateKeyPairSync, sign } from 'node:crypto';

/** A person with an Ed25519 key who signs as `ssh-keygen -Y sign` does, without starting a process. */
export interface SshPerson {
  /** As in `id_ed25519.pub`. */
  readonly publicKey: string;
  /** The armored signature over the message. */
  sign(message: string, namespace: string): string;
}

export function sshPerson(): SshPerson {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const blob = Buffer.concat([lengthPrefixed('ssh-ed25519'), lengthPrefixed(raw)]);
  return {
    publicKey: `ssh-ed25519 ${blob.toString('base64')}`,
    sign: (message, namespace) => {
      const head = [lengthPrefixed(namespace), lengthPrefixed(''), lengthPrefixed('sha512')];
      const hash = createHash('sha512').update(message).digest();
      const signed = Buffer.concat([Buffer.from('SSHSIG'), ...head, lengthPrefixed(hash)]);
      const made = [lengthPrefixed('ssh-ed25519'), lengthPrefixed(sign(null, signed, privateKey))];
      const version = Buffer.from([0, 0, 0, 1]);
      const whole = [
        Buffer.from('SSHSIG'),
        version,
        lengthPrefixed(blob),
        ...head,
        lengthPrefixed(Buffer.concat(made)),
      ];
      return armored(Buffer.concat(whole));
    },
  };
}

function lengthPrefixed(data: string | Uint8Array): Buffer {
  const bytes = Buffer.from(data);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function armored(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}
