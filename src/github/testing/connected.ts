import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { epochMs } from '#core-values';
import { createKeyring, environmentKeys, inTransaction, type Keyring, uuidV7 } from '#platform';
import type { TestDatabase } from '#platform/testing';
import { insertApp, type SealedApp, sealSecrets } from '../store/apps.ts';

/** One for all tests: making one takes a while. */
export const TEST_KEY: string = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
export const WEBHOOK_SECRET = 'a-secret-of-forty-characters-as-GitHub-s';

export function testKeyring(): Keyring {
  const sources = environmentKeys('SEKISHO_KEY', randomBytes(32).toString('base64'));
  const [newest] = sources.ok ? sources.value : [];
  if (newest === undefined) throw new Error('No key.');
  return createKeyring([newest]);
}

/** An App that is connected. */
export async function connectedTestApp(
  database: Pick<TestDatabase, 'db'>,
  keyring: Keyring,
  given: { readonly host?: string; readonly appId?: number; readonly webhookSecret?: string } = {},
): Promise<SealedApp> {
  const about = {
    id: `gha_${uuidV7(epochMs(Date.UTC(2026, 10, 1)))}`,
    host: given.host ?? 'github.com',
    appId: given.appId ?? 4711,
    slug: 'sekisho-shop',
  };
  const sealed = await sealSecrets(keyring, about, {
    privateKey: TEST_KEY,
    webhookSecret: given.webhookSecret ?? WEBHOOK_SECRET,
  });
  if (!sealed.ok) throw new Error(sealed.error.reasons[0].message.en);
  const app = { ...about, connectedAt: new Date(0), connectedBy: 'hanako', sealed: sealed.value };
  await inTransaction(database.db, (tx) => insertApp(tx, app));
  return app;
}
