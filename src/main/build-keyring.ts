import { dirname, resolve } from 'node:path';
import type { KeySource as KeySetting, ServerSettings } from '#accounts/core';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import {
  awsKms,
  checkKeys,
  createKeyring,
  type Db,
  environmentKeys,
  fileKeys,
  type Keyring,
  type KeySource,
  kmsKey,
  systemClock,
} from '#platform';
import type { Environment } from './environment.ts';

export interface BuiltKeyring extends Keyring {
  /** Where sekisho.yaml has a key from, in its words: `env: SEKISHO_KEY`. */
  placeOf(keyId: string): string;
}

/** The keys that `server.encryption` names, newest first, checked against what the database was encrypted with. */
export async function buildKeyring(
  settings: ServerSettings,
  environment: Environment,
  db: Db,
): Promise<Result<BuiltKeyring, Problem>> {
  const sources: KeySource[] = [];
  const places = new Map<string, string>();
  for (const [index, setting] of [settings.encryption.key, ...settings.encryption.previousKeys].entries()) {
    const found = await sourcesOf(setting, environment, index === 0);
    if (!found.ok) return found;
    sources.push(...found.value);
    for (const { keyId } of found.value) places.set(keyId, placeOf(setting));
  }
  const [first, ...more] = sources;
  if (first === undefined) return err(NO_KEY);
  const keyring = createKeyring([first, ...more]);
  const checked = await checkKeys(db, keyring);
  return checked.ok ? ok({ ...keyring, placeOf: (keyId) => places.get(keyId) ?? '' }) : checked;
}

/** As sekisho.yaml writes it. */
function placeOf(setting: KeySetting): string {
  switch (setting.kind) {
    case 'env':
      return `env: ${setting.variable}`;
    case 'file':
      return `file: ${setting.path}`;
    case 'kms':
      return `kms: ${setting.keyArn}`;
  }
}

async function sourcesOf(
  setting: KeySetting,
  environment: Environment,
  createIfMissing: boolean,
): Promise<Result<readonly KeySource[], Problem>> {
  switch (setting.kind) {
    case 'env':
      return environmentKeys(setting.variable, environment.variables[setting.variable] ?? '');
    case 'file':
      return fileKeys(resolve(dirname(environment.configFile), setting.path), { createIfMissing });
    case 'kms': {
      const key = kmsKey(setting.keyArn, awsKms(), systemClock);
      return key.ok ? ok([key.value]) : key;
    }
  }
}

const NO_KEY: Problem = problem('bad-config', {
  rule: 'config.no-encryption-key',
  message: text('`server.encryption.key` holds no key.', '`server.encryption.key` に鍵がありません。'),
  remedy: text(
    'Put 32 random bytes in base64 there: `openssl rand -base64 32`.',
    '32 バイトの乱数を base64 で設定してください: `openssl rand -base64 32`',
  ),
});
