import { createHash } from 'node:crypto';
import {
  DecryptCommand,
  GenerateDataKeyCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  KMSClient,
} from '@aws-sdk/client-kms';
import { type Clock, err, ok, type Problem, type Result } from '#core-values';
import type { DataKey, KeySource } from './key-source.ts';
import { badKmsArn, kmsFailed } from './problems.ts';

/** The two calls of AWS KMS that we need. Both throw what the service answers, in the SDK's classes. */
export interface Kms {
  generateDataKey(keyArn: string): Promise<DataKey>;
  /** `undefined` when KMS says that this key did not wrap these bytes. */
  decrypt(keyArn: string, wrapped: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Bound to every data key, and named in CloudTrail: a role may be limited to it by `kms:EncryptionContext`. */
const CONTEXT = { application: 'sekisho' };

const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:key\/[A-Za-z0-9-]+$/;

/** KMS by the AWS SDK, with ambient credentials; the region is the ARN's. `endpoint` is for stand-ins. */
export function awsKms(options: { readonly endpoint?: string } = {}): Kms {
  const clients = new Map<string, KMSClient>();
  const clientFor = (keyArn: string): KMSClient => {
    const region = KEY_ARN.exec(keyArn)?.[1] ?? '';
    const client = clients.get(region) ?? new KMSClient({ ...options, region });
    clients.set(region, client);
    return client;
  };
  return {
    generateDataKey: async (keyArn) => {
      const answer = await clientFor(keyArn).send(
        new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: CONTEXT }),
      );
      if (answer.Plaintext === undefined || answer.CiphertextBlob === undefined)
        throw new Error('the answer has no key');
      return { plain: answer.Plaintext, wrapped: answer.CiphertextBlob };
    },
    decrypt: async (keyArn, wrapped) => {
      try {
        const answer = await clientFor(keyArn).send(
          new DecryptCommand({ KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: CONTEXT }),
        );
        return answer.Plaintext;
      } catch (cause) {
        if (cause instanceof InvalidCiphertextException || cause instanceof IncorrectKeyException)
          return undefined;
        throw cause;
      }
    },
  };
}

/** One data key serves this long, and this often, so that not every secret costs a call to KMS. */
const DATA_KEY_LIFETIME_MS = 3_600_000;
const DATA_KEY_USES = 100_000;
const UNWRAPPED_KEYS_KEPT = 1_000;

/** A master key in AWS KMS: it makes our data keys, and never leaves KMS. */
export function kmsKey(keyArn: string, kms: Kms, clock: Clock): Result<KeySource, Problem> {
  if (!KEY_ARN.test(keyArn)) return err(badKmsArn(keyArn));
  let current: { readonly key: DataKey; readonly endMs: number; uses: number } | undefined;
  const unwrapped = new Map<string, Uint8Array>();
  const keep = (wrapped: Uint8Array, plain: Uint8Array): void => {
    const oldest = unwrapped.size >= UNWRAPPED_KEYS_KEPT ? unwrapped.keys().next().value : undefined;
    if (oldest !== undefined) unwrapped.delete(oldest);
    unwrapped.set(Buffer.from(wrapped).toString('base64'), plain);
  };
  return ok({
    kind: 'aws-kms',
    keyId: createHash('sha256').update('sekisho kms key id').update(keyArn).digest('hex').slice(0, 16),
    newDataKey: async () => {
      if (current === undefined || clock.now() >= current.endMs || current.uses >= DATA_KEY_USES) {
        const made = await answerOf(keyArn, () => kms.generateDataKey(keyArn));
        if (!made.ok) return made;
        keep(made.value.wrapped, made.value.plain);
        current = { key: made.value, endMs: clock.now() + DATA_KEY_LIFETIME_MS, uses: 0 };
      }
      current.uses += 1;
      return ok(current.key);
    },
    unwrap: async (wrapped) => {
      const known = unwrapped.get(Buffer.from(wrapped).toString('base64'));
      if (known !== undefined) return ok(known);
      const plain = await answerOf(keyArn, () => kms.decrypt(keyArn, wrapped));
      if (plain.ok && plain.value !== undefined) keep(wrapped, plain.value);
      return plain;
    },
  });
}

async function answerOf<T>(keyArn: string, ask: () => Promise<T>): Promise<Result<T, Problem>> {
  try {
    return ok(await ask());
  } catch (cause) {
    return err(kmsFailed(keyArn, cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)));
  }
}
