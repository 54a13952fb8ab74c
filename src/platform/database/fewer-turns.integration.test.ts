import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { AND_COMMIT } from './fewer-turns.ts';
import { inTransaction } from './transaction.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await testDatabase();
  await sql`CREATE TABLE mark (name text PRIMARY KEY)`.execute(database.db);
});
afterEach(() => database.close());

const marks = async (): Promise<readonly string[]> =>
  (await sql<{ name: string }>`SELECT name FROM mark ORDER BY name`.execute(database.db)).rows.map(
    ({ name }) => name,
  );

test('a last statement is committed together with those before it when it is answered', async () => {
  await inTransaction(database.db, async (tx) => {
    await sql`INSERT INTO mark VALUES ('first')`.execute(tx);
    expect(await marks()).toEqual([]);
    await sql`INSERT INTO mark VALUES ('last') ${sql.raw(AND_COMMIT)}`.execute(tx);
    expect(await marks()).toEqual(['first', 'last']);
  });
  expect(await marks()).toEqual(['first', 'last']);
});

test('a last statement answers its rows', async () => {
  const answer = await inTransaction(database.db, (tx) =>
    sql<{ name: string }>`INSERT INTO mark VALUES ('last') RETURNING name ${sql.raw(AND_COMMIT)}`.execute(tx),
  );
  expect(answer.rows).toEqual([{ name: 'last' }]);
});

test('a last statement that fails undoes everything before it, and the connection serves on', async () => {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const failing = inTransaction(database.db, async (tx) => {
      await sql`INSERT INTO mark VALUES ('first')`.execute(tx);
      await sql`INSERT INTO mark VALUES ('first') ${sql.raw(AND_COMMIT)}`.execute(tx);
    });
    await expect(failing).rejects.toThrow('duplicate key');
  }
  expect(await marks()).toEqual([]);
});

test('a first statement that fails leaves no transaction behind', async () => {
  const failing = inTransaction(database.db, (tx) => sql`SELECT 1 / 0`.execute(tx));
  await expect(failing).rejects.toThrow('division by zero');
  await inTransaction(database.db, (tx) => sql`INSERT INTO mark VALUES ('after')`.execute(tx));
  expect(await marks()).toEqual(['after']);
});

test('a first statement runs inside the transaction: a throw after it undoes it', async () => {
  const throwing = inTransaction(database.db, async (tx) => {
    await sql`INSERT INTO mark VALUES ('first')`.execute(tx);
    throw new Error('a bug');
  });
  await expect(throwing).rejects.toThrow('a bug');
  expect(await marks()).toEqual([]);
});

test('a statement after the last one is refused and does nothing', async () => {
  const wrong = inTransaction(database.db, async (tx) => {
    await sql`INSERT INTO mark VALUES ('last') ${sql.raw(AND_COMMIT)}`.execute(tx);
    await sql`INSERT INTO mark VALUES ('too late')`.execute(tx);
  });
  await expect(wrong).rejects.toThrow('followed the one that committed');
  expect(await marks()).toEqual(['last']);
});

test('a transaction without a statement does nothing, and the next one is whole', async () => {
  await inTransaction(database.db, async () => 'nothing');
  await inTransaction(database.db, (tx) => sql`INSERT INTO mark VALUES ('next')`.execute(tx));
  expect(await marks()).toEqual(['next']);
});

test('a transaction has the isolation it asked for from its first statement on', async () => {
  const level = await inTransaction(
    database.db,
    async (tx) => (await sql<{ transaction_isolation: string }>`SHOW transaction_isolation`.execute(tx)).rows,
    { isolation: 'serializable' },
  );
  expect(level).toEqual([{ transaction_isolation: 'serializable' }]);
});
