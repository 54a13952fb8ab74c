import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inBatches } from './batches.ts';

const recording = (fails: (items: readonly number[]) => boolean = () => false) => {
  const batches: (readonly number[])[] = [];
  const work = inBatches(async (items: readonly number[]) => {
    batches.push(items);
    await Promise.resolve();
    if (fails(items)) throw new Error(`cannot ${items.join(' ')}`);
    return items.map((item) => item * 10);
  });
  return { batches, work };
};

/** Batches that end one by one, the oldest first, when they are told to. */
const pausing = (apart?: (item: number) => string) => {
  const begun: number[] = [];
  const endings: (() => void)[] = [];
  const work = inBatches((items: readonly number[]) => {
    begun.push(items.length);
    return new Promise<readonly number[]>((resolve) => endings.push(() => resolve(items)));
  }, apart);
  const endNext = async (): Promise<void> => {
    endings.shift()?.();
    await setImmediate();
  };
  return { begun, endNext, work };
};

test('what comes while a batch is under way becomes the next one', async () => {
  const { batches, work } = recording();
  expect(await Promise.all([1, 2, 3].map(work))).toEqual([10, 20, 30]);
  expect(batches).toEqual([[1], [2, 3]]);
});

test('an item that comes alone is worked on at once', async () => {
  const { batches, work } = recording();
  expect(await work(1)).toBe(10);
  expect(await work(2)).toBe(20);
  expect(batches).toEqual([[1], [2]]);
});

test('an item that fails does not fail the others of its batch', async () => {
  const { batches, work } = recording((items) => items.includes(3));
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(work));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(batches).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
});

test('a batch holds 32 items at most', async () => {
  const { batches, work } = recording();
  await Promise.all(Array.from({ length: 70 }, (_, index) => work(index)));
  expect(batches.map(({ length }) => length)).toEqual([1, 12, 32, 25]);
});

test('two batches are under way at once at most, and the second only for twelve items or more', async () => {
  const { begun, endNext, work } = pausing();
  const items = Array.from({ length: 28 }, (_, index) => index);
  const answers = Promise.all(items.slice(0, 12).map(work));
  expect(begun).toEqual([1]);
  const more = Promise.all(items.slice(12).map(work));
  expect(begun).toEqual([1, 12]);
  await endNext();
  expect(begun).toEqual([1, 12, 15]);
  await endNext();
  await endNext();
  expect([...(await answers), ...(await more)]).toEqual(items);
});

test('a batch that is not answered item by item is an error of each', async () => {
  const work = inBatches(async (_items: readonly number[]) => [1, 2]);
  await expect(work(1)).rejects.toThrow('item by item');
});

test('items that must stay apart are worked on one after the other, and hold up nobody else', async () => {
  const batches: (readonly string[])[] = [];
  const work = inBatches(
    async (items: readonly string[]) => {
      batches.push(items);
      await Promise.resolve();
      return items;
    },
    (item) => item.slice(0, 1),
  );
  const items = ['a1', 'b1', 'b2', 'b3', 'c1', 'a2'];
  expect(await Promise.all(items.map(work))).toEqual(items);
  expect(batches).toEqual([['a1'], ['b1', 'c1', 'a2'], ['b2'], ['b3']]);
});

test('items that must stay apart are not in two batches at the same time either', async () => {
  const { begun, endNext, work } = pausing((item) => String(item % 13));
  const items = Array.from({ length: 26 }, (_, index) => index);
  const answers = Promise.all(items.map(work));
  // The first alone, then one of each other key; a second of any key waits for the first.
  expect(begun).toEqual([1, 12]);
  await endNext();
  expect(begun).toEqual([1, 12]);
  await endNext();
  expect(begun).toEqual([1, 12, 13]);
  await endNext();
  expect(await answers).toEqual(items);
});
