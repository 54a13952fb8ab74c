import { createHash, randomBytes } from 'node:crypto';
import { KEY_BYTES, open, seal } from './aes-gcm.ts';
import type { Kms } from './aws-kms.ts';

/** KMS as far as we use it, for tests: a master key an ARN. */
export function kmsInMemory(): Kms {
  const secret = randomBytes(KEY_BYTES);
  const masterKey = (keyArn: string) => createHash('sha256').update(secret).update(keyArn).digest();
  return {
    generateDataKey: async (keyArn) => {
      const plain = randomBytes(KEY_BYTES);
      return { plain, wrapped: seal(masterKey(keyArn), plain, Buffer.from(keyArn)) };
    },
    decrypt: async (keyArn, wrapped) => open(masterKey(keyArn), wrapped, Buffer.from(keyArn)),
  };
}
