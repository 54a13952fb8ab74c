import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#platform/testing';
import type { Tx } from './connection.ts';
import { inTransaction, keepPlans } from './transaction.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await testDatabase();
  await sql`CREATE TABLE counter (name text PRIMARY KEY, value bigint)`.execute(database.db);
  await sql`INSERT INTO counter VALUES ('a', 0), ('b', 0)`.execute(database.db);
});
afterEach(() => database.close());

const counterOf = async (
  name: string,
  db: Tx | TestDatabase['db'] = database.db,
): Promise<number | undefined> =>
  (await sql<{ value: number }>`SELECT value FROM counter WHERE name = ${name}`.execute(db)).rows[0]?.value;

const set = (tx: Tx, name: string, value: number) =>
  sql`UPDATE counter SET value = ${value} WHERE name = ${name}`.execute(tx);

test('what the work returns is answered and its writes are kept', async () => {
  expect(await inTransaction(database.db, (tx) => set(tx, 'a', 1).then(() => 'done'))).toBe('done');
  expect(await counterOf('a')).toBe(1);
});

test('plans are kept until the transaction that asks for it ends', async () => {
  const mode = async (db: Tx | TestDatabase['db']) =>
    (await sql<{ mode: string }>`SELECT current_setting('plan_cache_mode') AS mode`.execute(db)).rows[0]
      ?.mode;
  const within = await database.db.connection().execute(async (one) => {
    const kept = await inTransaction(one, async (tx) => {
      await keepPlans(tx);
      return mode(tx);
    });
    return [kept, await inTransaction(one, mode)];
  });
  expect(within).toEqual(['force_generic_plan', 'auto']);
});

test('a throw undoes everything', async () => {
  const work = inTransaction(database.db, async (tx) => {
    await set(tx, 'a', 1);
    throw new Error('a bug');
  });
  await expect(work).rejects.toThrow('a bug');
  expect(await counterOf('a')).toBe(0);
});

test('rolling back undoes everything and gives the answer', async () => {
  const answer = await inTransaction(database.db, async (tx, rollBack: (answer: string) => never) => {
    await set(tx, 'a', 1);
    return rollBack('refused');
  });
  expect(answer).toBe('refused');
  expect(await counterOf('a')).toBe(0);
});

test('serializable transactions that collide are repeated until each had its turn', async () => {
  let attempts = 0;
  let arrived = 0;
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const meet = (): Promise<void> => {
    arrived += 1;
    if (arrived === 3) open();
    return gate;
  };
  const increment = () =>
    inTransaction(
      database.db,
      async (tx) => {
        attempts += 1;
        const value = (await counterOf('a', tx)) ?? 0;
        // All three have read before any of them writes.
        if (attempts <= 3) await meet();
        await set(tx, 'a', value + 1);
      },
      { isolation: 'serializable' },
    );
  await Promise.all([increment(), increment(), increment()]);
  expect(await counterOf('a')).toBe(3);
  expect(attempts).toBeGreaterThan(3);
});

test('a deadlock is resolved by repeating one of the two', async () => {
  const bothHold = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const cross = (own: 0 | 1, first: string, second: string) =>
    inTransaction(database.db, async (tx) => {
      await sql`UPDATE counter SET value = value + 1 WHERE name = ${first}`.execute(tx);
      bothHold[own].resolve();
      await bothHold[own === 0 ? 1 : 0].promise;
      await sql`UPDATE counter SET value = value + 1 WHERE name = ${second}`.execute(tx);
    });
  await Promise.all([cross(0, 'a', 'b'), cross(1, 'b', 'a')]);
  expect([await counterOf('a'), await counterOf('b')]).toEqual([2, 2]);
});

test('collisions without end give up after five attempts', async () => {
  let attempts = 0;
  const work = inTransaction(database.db, async (tx) => {
    attempts += 1;
    await sql`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$`.execute(
      tx,
    );
  });
  await expect(work).rejects.toThrow('again');
  expect(attempts).toBe(5);
});

test('other errors of the database are not repeated', async () => {
  let attempts = 0;
  const work = inTransaction(database.db, async (tx) => {
    attempts += 1;
    await sql`INSERT INTO counter VALUES ('a', 1)`.execute(tx);
  });
  await expect(work).rejects.toThrow('duplicate key');
  expect(attempts).toBe(1);
});
