import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EpochMs, epochMs } from '#core-values';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { appendBounded, appendLeftOut, listAudit } from './index.ts';

const HOUR_MS = 3_600_000;
const start = epochMs(1_795_338_000_000);
let database: TestDatabase;
let topic: string;
let number = 0;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await sql`DELETE FROM audit_tallies`.execute(database.db);
  number += 1;
  topic = `topic ${number}`;
});
afterAll(() => database.close());

const append = (at: EpochMs, bounds = [{ topic, mostPerHour: 2 }]) =>
  inTransaction(database.db, (tx) =>
    appendBounded(
      tx,
      {
        at,
        kind: 'grant.refused',
        actor: { kind: 'workload', name: topic },
        subject: {},
        outcome: 'denied',
      },
      bounds,
    ),
  );
const sumUp = (at: number) => inTransaction(database.db, (tx) => appendLeftOut(tx, epochMs(at)));
const written = async () => (await listAudit(database.db, { filter: { actor: topic } })).entries.length;
const sums = async () => {
  const page = await listAudit(database.db, { filter: { kind: 'audit.entries-left-out' } });
  return page.entries.filter(({ subject }) => subject.other === topic).map(({ evidence }) => evidence);
};

test('every entry of a topic is either written or counted, however many come at the same moment', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, index) => append(epochMs(start + index))),
  );
  expect(outcomes.filter((id) => id !== undefined)).toHaveLength(2);
  expect(await written()).toBe(2);
  await sumUp(start + HOUR_MS);
  expect(await sums()).toMatchObject([{ topic, written: 2, leftOut: 28 }]);
});

test('what was left out is counted once, with its first and last time, and only when the hour is over', async () => {
  for (const offset of [0, 1, 60_000, 90_000]) await append(epochMs(start + offset));
  await sumUp(start + HOUR_MS - 1);
  expect(await sums()).toEqual([]);
  await Promise.all([sumUp(start + HOUR_MS), sumUp(start + HOUR_MS)]);
  const [since, until] = [start + 60_000, start + 90_000].map((at) => new Date(at).toISOString());
  expect(await sums()).toEqual([{ topic, written: 2, leftOut: 2, since, until }]);
});

test('an hour in which nothing was left out ends without an entry', async () => {
  await append(start);
  await sumUp(start + HOUR_MS);
  expect(await sums()).toEqual([]);
  expect((await sql`SELECT FROM audit_tallies`.execute(database.db)).rows).toEqual([]);
});

test('a count is undone with the transaction that it belongs to', async () => {
  await append(start);
  await append(start);
  const killed = inTransaction(database.db, async (tx) => {
    await appendBounded(
      tx,
      { at: start, kind: 'x.y', actor: { kind: 'server', name: 'x' }, subject: {}, outcome: 'denied' },
      [{ topic, mostPerHour: 2 }],
    );
    throw new Error('killed');
  });
  await expect(killed).rejects.toThrow('killed');
  await append(start);
  await sumUp(start + HOUR_MS);
  expect(await sums()).toMatchObject([{ leftOut: 1 }]);
});

test('a topic inside a full one makes no row of its own', async () => {
  const wide = { topic: `${topic} wide`, mostPerHour: 1 };
  await append(start, [wide, { topic, mostPerHour: 2 }]);
  await append(start, [wide, { topic: `${topic} other`, mostPerHour: 2 }]);
  const { rows } = await sql<{ topic: string }>`SELECT topic FROM audit_tallies ORDER BY topic`.execute(
    database.db,
  );
  expect(rows.map((row) => row.topic)).toEqual([topic, `${topic} wide`]);
});
