import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMs, type Problem, type Result } from '#core-values';
import { type Kms, kmsKey } from './aws-kms.ts';
import type { KeySource } from './key-source.ts';
import { kmsInMemory } from './kms-in-memory.ts';
import { environmentKeys, fileKeys } from './local-key.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

const ARN = (id: string) => `arn:aws:kms:ap-northeast-1:111122223333:key/${id}`;

const unwrap = <T>(result: Result<T, Problem>): T => {
  if (!result.ok) throw new Error(result.error.reasons[0].message.en);
  return result.value;
};
const ruleOf = (result: Result<unknown, Problem>): string =>
  result.ok ? 'ok' : result.error.reasons[0].rule;
const firstOf = (sources: readonly KeySource[]): KeySource => {
  const [first] = sources;
  if (first === undefined) throw new Error('no source');
  return first;
};

const kms = kmsInMemory();
const clock = { now: () => epochMs(0) };
const SOURCES: Record<string, (name: string) => Promise<KeySource>> = {
  environment: async (name) =>
    firstOf(unwrap(environmentKeys('K', Buffer.alloc(32, name).toString('base64')))),
  file: async (name) => firstOf(unwrap(await fileKeys(join(folder, name), { createIfMissing: true }))),
  'AWS KMS': async (name) => unwrap(kmsKey(ARN(name), kms, clock)),
};

describe.each(Object.entries(SOURCES))('every key source (%s)', (_name, make) => {
  test('unwraps the data keys it made, also after a restart', async () => {
    const { plain, wrapped } = unwrap(await (await make('one')).newDataKey());
    expect(plain).toHaveLength(32);
    expect(Buffer.from(unwrap(await (await make('one')).unwrap(wrapped)) ?? []).equals(plain)).toBe(true);
  });

  test('does not unwrap what it did not make, or what was changed', async () => {
    const { wrapped } = unwrap(await (await make('one')).newDataKey());
    const changed = Uint8Array.from(wrapped, (byte, index) => (index === 20 ? byte ^ 1 : byte));
    expect(unwrap(await (await make('one')).unwrap(changed))).toBeUndefined();
    expect(unwrap(await (await make('two')).unwrap(wrapped))).toBeUndefined();
    expect(unwrap(await (await make('one')).unwrap(new Uint8Array()))).toBeUndefined();
  });

  test('keeps its key id, and differs from another key', async () => {
    const ids = [await make('one'), await make('one'), await make('two')].map(({ keyId }) => keyId);
    expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });
});

test('a key is 32 bytes in base64, base64url or hexadecimal; several are in order', () => {
  const key = Buffer.alloc(32, 0xfb);
  const ids = unwrap(
    environmentKeys('K', `${key.toString('base64')} ${key.toString('hex')},\n${key.toString('base64url')}`),
  ).map(({ keyId }) => keyId);
  expect(new Set(ids).size).toBe(1);
  expect(ids).toHaveLength(3);
});

test.each([
  '',
  '  ',
  'password',
  Buffer.alloc(16).toString('base64'),
  Buffer.alloc(33).toString('base64'),
  `${'00'.repeat(32)} oops`,
])('the key text %j is refused without repeating it', (words) => {
  const refused = environmentKeys('SEKISHO_KEY', words);
  expect(ruleOf(refused)).toBe('encryption.bad-key');
  if (words.trim().length > 8) expect(JSON.stringify(refused)).not.toContain(words);
});

test('a key file that others may read is refused', async () => {
  const path = join(folder, 'open');
  await writeFile(path, `${randomBytes(32).toString('base64')}\n`);
  await chmod(path, 0o640);
  expect(ruleOf(await fileKeys(path, { createIfMissing: false }))).toBe('encryption.key-file-open');
});

test('a key file is made only when asked, readable by its owner alone, and never replaced', async () => {
  const path = join(folder, 'new');
  expect(ruleOf(await fileKeys(path, { createIfMissing: false }))).toBe('encryption.key-file-missing');
  const [one, other] = await Promise.all([
    fileKeys(path, { createIfMissing: true }),
    fileKeys(path, { createIfMissing: true }),
  ]);
  expect(firstOf(unwrap(one)).keyId).toBe(firstOf(unwrap(other)).keyId);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const before = await readFile(path, 'utf8');
  await fileKeys(path, { createIfMissing: true });
  expect(await readFile(path, 'utf8')).toBe(before);
  expect((await readdir(folder)).filter((name) => name.startsWith('new.'))).toEqual([]);
});

test('KMS makes a new data key after an hour, and is asked once for each one it unwraps', async () => {
  let nowMs = 0;
  const calls: string[] = [];
  const counted: Kms = {
    generateDataKey: (arn) => {
      calls.push('generate');
      return kms.generateDataKey(arn);
    },
    decrypt: (arn, wrapped) => {
      calls.push('decrypt');
      return kms.decrypt(arn, wrapped);
    },
  };
  const source = unwrap(kmsKey(ARN('one'), counted, { now: () => epochMs(nowMs) }));
  const first = unwrap(await source.newDataKey());
  expect(unwrap(await source.newDataKey())).toBe(first);
  nowMs = 3_600_000;
  expect(unwrap(await source.newDataKey())).not.toBe(first);
  await source.unwrap(first.wrapped);
  const restarted = unwrap(kmsKey(ARN('one'), counted, clock));
  await restarted.unwrap(first.wrapped);
  await restarted.unwrap(first.wrapped);
  expect(calls).toEqual(['generate', 'generate', 'decrypt']);
});

test('what KMS refuses becomes a problem that names the key', async () => {
  const refusing: Kms = {
    generateDataKey: () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDeniedException' })),
    decrypt: () => Promise.reject(new Error('no')),
  };
  const refused = await unwrap(kmsKey(ARN('one'), refusing, clock)).newDataKey();
  expect(ruleOf(refused)).toBe('encryption.kms-failed');
  expect(JSON.stringify(refused)).toContain(ARN('one'));
});

test('a KMS alias is refused, since it can be moved to another key', () => {
  expect(ruleOf(kmsKey('arn:aws:kms:us-east-1:111122223333:alias/sekisho', kms, clock))).toBe(
    'encryption.bad-kms-arn',
  );
});
