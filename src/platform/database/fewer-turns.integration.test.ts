import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { AND_COMMIT, AND_GO_ON } from './fewer-turns.ts';
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

test('a statement whose values cannot be sent undoes everything, also when the commit would follow it', async () => {
  const unsendable = { count: 1n };
  const failing = inTransaction(database.db, async (tx) => {
    await sql`INSERT INTO mark VALUES ('first')`.execute(tx);
    await sql`INSERT INTO mark VALUES (${unsendable}) ${sql.raw(AND_COMMIT)}`.execute(tx);
  });
  await expect(failing).rejects.toThrow('BigInt');
  expect(await marks()).toEqual([]);
  await inTransaction(database.db, (tx) => sql`INSERT INTO mark VALUES ('next')`.execute(tx));
  expect(await marks()).toEqual(['next']);
});

const mark = (name: string, ending: string) => sql`INSERT INTO mark VALUES (${name}) ${sql.raw(ending)}`;

test('statements that nobody waits for are done in their order, before the one that follows them', async () => {
  const seen = await inTransaction(database.db, async (tx) => {
    await mark('a', AND_GO_ON).execute(tx);
    await sql`UPDATE mark SET name = name || '+' ${sql.raw(AND_GO_ON)}`.execute(tx);
    await mark('b', AND_GO_ON).execute(tx);
    return (await sql<{ name: string }>`SELECT name FROM mark ORDER BY name`.execute(tx)).rows;
  });
  expect(seen).toEqual([{ name: 'a+' }, { name: 'b' }]);
  expect(await marks()).toEqual(['a+', 'b']);
});

test('statements that nobody waits for are committed, whichever way the transaction ends', async () => {
  await inTransaction(database.db, async (tx) => {
    await mark('a', AND_GO_ON).execute(tx);
  });
  await inTransaction(database.db, async (tx) => {
    await mark('b', AND_GO_ON).execute(tx);
    await mark('c', AND_COMMIT).execute(tx);
  });
  expect(await marks()).toEqual(['a', 'b', 'c']);
});

test('a throw undoes also what nobody waited for, sent or not', async () => {
  const throwing = inTransaction(database.db, async (tx) => {
    await mark('a', AND_GO_ON).execute(tx);
    await mark('b', '').execute(tx);
    await mark('c', AND_GO_ON).execute(tx);
    throw new Error('a bug');
  });
  await expect(throwing).rejects.toThrow('a bug');
  const unsent = inTransaction(database.db, async (tx) => {
    await mark('d', AND_GO_ON).execute(tx);
    throw new Error('a bug');
  });
  await expect(unsent).rejects.toThrow('a bug');
  await mark('after', '').execute(database.db);
  expect(await marks()).toEqual(['after']);
});

test.each([
  ['a statement', ''],
  ['the last statement', AND_COMMIT],
  ['the commit', undefined],
])(
  'one that fails while nobody waits for it fails together with %s, and undoes everything',
  async (_, ending) => {
    const failing = inTransaction(database.db, async (tx) => {
      await mark('a', '').execute(tx);
      await mark('a', AND_GO_ON).execute(tx);
      if (ending !== undefined) await mark('b', ending).execute(tx);
    });
    await expect(failing).rejects.toThrow('duplicate key');
    expect(await marks()).toEqual([]);
  },
);

test('outside a transaction a statement waits for nothing', async () => {
  await mark('a', AND_GO_ON).execute(database.db);
  expect(await marks()).toEqual(['a']);
});

test('a statement that was prepared before its table changed fails once, and never again', async () => {
  const all = () => sql`SELECT * FROM mark WHERE name <> ${'x'}`.execute(database.db);
  await all();
  await sql`ALTER TABLE mark ADD COLUMN made_at timestamptz`.execute(database.db);
  await expect(all()).rejects.toThrow('cached plan');
  await expect(all()).resolves.toBeDefined();
});

test('more different statements than the server should keep prepared are answered all the same', async () => {
  for (let index = 0; index < 320; index += 1) {
    const answer = await sql<{ n: number }>`SELECT ${sql.raw(String(index))} + ${1}::int AS n`.execute(
      database.db,
    );
    expect(answer.rows).toEqual([{ n: index + 1 }]);
  }
  const kept = await sql<{ count: number }>`SELECT count(*) AS count FROM pg_prepared_statements`.execute(
    database.db,
  );
  expect(kept.rows[0]?.count).toBeLessThanOrEqual(300);
});
