import { afterAll, beforeAll, expect, test } from 'vitest';
import { epochMs, parsePersonName } from '#core-values';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { findSession, insertSession, pruneSessions } from './store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const DAY_MS = 86_400_000;
const start = epochMs(1_795_339_800_000);
const session = (letter: string, expiresAt: number) => ({
  tokenSha256: letter.repeat(64),
  statementSha256: letter.repeat(64),
  person: parsePersonName('hanako') ?? expect.unreachable(),
  openedAt: start,
  expiresAt: epochMs(expiresAt),
});

test('sessions that ended before a time are forgotten; the statements of the others stay used', async () => {
  const { db } = database;
  const [old, recent] = [session('a', start + DAY_MS), session('b', start + 2 * DAY_MS)];
  const insert = (one: typeof old) => inTransaction(db, (tx) => insertSession(tx, one, 'key'));
  expect([await insert(old), await insert(recent)]).toEqual([true, true]);
  await pruneSessions(db, epochMs(start + DAY_MS + 1));
  expect(await findSession(db, { tokenSha256: recent.tokenSha256, key: 'key' }, start)).toBe('hanako');
  expect([await insert(recent), await insert(old)]).toEqual([false, true]);
});
