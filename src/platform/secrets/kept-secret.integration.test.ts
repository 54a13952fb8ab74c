import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok } from '#core-values';
import { createKeyring, environmentKeys, keptSecret, keptSecrets } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';

const keyringOf = (byte: number) => {
  const sources = environmentKeys('KEY', Buffer.alloc(32, byte).toString('base64'));
  if (!sources.ok) throw new Error('no key');
  const [first, ...more] = sources.value;
  if (first === undefined) throw new Error('no key');
  return createKeyring([first, ...more]);
};

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.close());

describe('secrets that the server keeps for itself', () => {
  it('are made once, and the same for all who ask at once', async () => {
    let made = 0;
    const ask = () => keptSecret(database.db, keyringOf(1), 'audit/key', () => `secret ${made++}`);
    const answers = await Promise.all([ask(), ask(), ask()]);
    const [first] = answers;
    expect(answers).toEqual([first, first, first]);
    expect(await ask()).toEqual(first);
  });

  it('are listed by the beginning of their names', async () => {
    await keptSecret(database.db, keyringOf(1), 'issuer/1', () => 'one');
    await keptSecret(database.db, keyringOf(1), 'issuer/2', () => 'two');
    const listed = await keptSecrets(database.db, keyringOf(1), 'issuer/');
    expect(listed).toEqual(
      ok(
        new Map([
          ['issuer/1', 'one'],
          ['issuer/2', 'two'],
        ]),
      ),
    );
  });

  it('do not open under another key', async () => {
    expect(await keptSecret(database.db, keyringOf(1), 'a', () => 'clear')).toEqual(ok('clear'));
    expect((await keptSecret(database.db, keyringOf(2), 'a', () => 'clear')).ok).toBe(false);
  });

  it('do not lie in the database in clear', async () => {
    await keptSecret(database.db, keyringOf(1), 'canary', () => 'CANARY-in-clear');
    const rows = await database.db
      .withTables<{ server_secrets: { name: string; sealed: Uint8Array } }>()
      .selectFrom('server_secrets')
      .selectAll()
      .execute();
    expect(Buffer.concat(rows.map(({ sealed }) => sealed)).toString('latin1')).not.toContain('CANARY');
  });
});
