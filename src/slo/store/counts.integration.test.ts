import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { countedUntil, readCounts, readCountsOfMany, readCustomers, replaceCounts } from './counts.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const HOUR = (29_000_000 / 60) | 0;
const START = HOUR * 60;
const checkout = { kind: 'slo', name: 'checkout' } as const;
const search = { kind: 'slo', name: 'search' } as const;
const whole = { fromMinute: START, toMinute: START + 600 };

describe('counts', () => {
  test('that replace others leave nothing of them, and all around them', async () => {
    const put = (
      fromMinute: number,
      toMinute: number,
      minutes: readonly [number, number, number][],
      customer = '',
    ) =>
      inTransaction(database.db, (tx) =>
        replaceCounts(tx, {
          series: [checkout],
          fromMinute,
          toMinute,
          counts: [
            {
              series: checkout,
              customer,
              minutes: minutes.map(([minute, good, total]) => ({ minute, good, total })),
            },
          ],
        }),
      );
    await put(START, START + 120, [
      [START + 58, 5, 7],
      [START + 61, 2 ** 40, 2 ** 41],
    ]);
    await put(START + 61, START + 62, []);
    await put(START + 59, START + 65, [[START + 64, 1, 1]]);
    await put(START + 59, START + 65, [[START + 64, 1, 1]]);
    expect(await readCounts(database.db, { series: checkout, ...whole })).toEqual({
      minute: [START + 58, START + 64],
      good: [5, 1],
      total: [7, 1],
    });
    expect(await countedUntil(database.db)).toEqual(new Map([['slo checkout', START + 120]]));
  });

  test('of many series come in the order they were asked for, of unknown ones as nothing', async () => {
    const [none, known] = await readCountsOfMany(database.db, {
      series: [search, checkout],
      fromMinute: START + 60,
      toMinute: START + 65,
    });
    expect(none).toEqual({ minute: [], good: [], total: [] });
    expect(known).toEqual({ minute: [START + 64], good: [1], total: [1] });
  });

  test('of customers are summed to the minute', async () => {
    const counts = ['acme', 'umbrella'].map((customer, index) => ({
      series: search,
      customer,
      minutes: [30, 90, 150].map((minute) => ({
        minute: START + minute,
        good: 10 * index,
        total: 10 + minute,
      })),
    }));
    await inTransaction(database.db, (tx) => replaceCounts(tx, { series: [search], ...whole, counts }));
    const asked = { series: search, most: 10 };
    expect(
      await readCustomers(database.db, { ...asked, fromMinute: START + 30, toMinute: START + 151 }),
    ).toEqual([
      { customer: 'acme', good: 0, total: 300 },
      { customer: 'umbrella', good: 30, total: 300 },
    ]);
    expect(
      await readCustomers(database.db, { ...asked, fromMinute: START + 31, toMinute: START + 150 }),
    ).toEqual([
      { customer: 'acme', good: 0, total: 100 },
      { customer: 'umbrella', good: 10, total: 100 },
    ]);
  });

  test('with more good than all are refused', async () => {
    const minutes = [{ minute: START, good: 3, total: 2 }];
    const replace = inTransaction(database.db, (tx) =>
      replaceCounts(tx, { series: [search], ...whole, counts: [{ series: search, minutes }] }),
    );
    await expect(replace).rejects.toThrow(RangeError);
  });
});
