import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Problem, Result } from '#core-values';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { checkKeys, retireKey } from './key-check.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { environmentKeys } from './local-key.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

function ringOf(...fills: readonly number[]): Keyring {
  const words = fills.map((fill) => Buffer.alloc(32, fill).toString('base64')).join(' ');
  const sources = environmentKeys('KEY', words);
  const [first, ...rest] = sources.ok ? sources.value : [];
  if (first === undefined) throw new Error('no keys');
  return createKeyring([first, ...rest]);
}

const ruleOf = (result: Result<unknown, Problem>): string =>
  result.ok ? 'ok' : result.error.reasons[0].rule;

test('a start with the keys the database knows passes, again and again', async () => {
  expect(ruleOf(await checkKeys(database.db, ringOf(1)))).toBe('ok');
  expect(ruleOf(await checkKeys(database.db, ringOf(1)))).toBe('ok');
  expect(ruleOf(await checkKeys(database.db, ringOf(2, 1)))).toBe('ok');
});

test('a start with another key than before is refused and notes nothing', async () => {
  await checkKeys(database.db, ringOf(1));
  expect(ruleOf(await checkKeys(database.db, ringOf(2)))).toBe('encryption.key-missing');
  expect(ruleOf(await checkKeys(database.db, ringOf(1)))).toBe('ok');
});

test('a retired key need no longer be there', async () => {
  await checkKeys(database.db, ringOf(1));
  await checkKeys(database.db, ringOf(2, 1));
  await retireKey(database.db, ringOf(1).keys[0]?.keyId ?? '');
  expect(ruleOf(await checkKeys(database.db, ringOf(2)))).toBe('ok');
});
