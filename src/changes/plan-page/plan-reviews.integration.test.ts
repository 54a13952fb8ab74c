import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StoredPlan } from '../store/plans.ts';
import { mustBeTaken, openShop, type Shop } from '../testing/shop.ts';
import { planReviews } from './plan-reviews.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

/** Counts how often a plan's record was opened: once to compare it, once more where the review had to be read. */
function counting(mostCharacters?: number) {
  let opened = 0;
  const { decrypt } = shop.room.keyring;
  const reviews = planReviews(
    {
      db: shop.room.db,
      keyring: {
        ...shop.room.keyring,
        decrypt: (...of) => {
          opened += 1;
          return decrypt(...of);
        },
      },
    },
    mostCharacters,
  );
  return {
    /** How often its record was opened for it. */
    read: async (plan: StoredPlan): Promise<number> => {
      const before = opened;
      const review = await reviews.of(plan);
      expect(review.ok && review.value.changes.rows.length).toBe(1);
      return opened - before;
    },
    reviews,
    opened: () => opened,
  };
}

const plans = async () => ({
  first: await shop.uploaded('shop-staging'),
  second: mustBeTaken(await shop.upload('shop-production')).plan,
});

describe('opened reviews', () => {
  it('are read once, and their record compared each time', async () => {
    const { first } = await plans();
    const { read } = counting();
    expect([await read(first), await read(first), await read(first)]).toEqual([2, 1, 1]);
  });

  it('are read once by all who ask at the same moment', async () => {
    const { first } = await plans();
    const { reviews, opened } = counting();
    await Promise.all([reviews.of(first), reviews.of(first), reviews.of(first)]);
    expect(opened()).toBe(4);
  });

  it('take no more room than they may: what nobody asked for longest goes first, and one that is too large stays out', async () => {
    const { first, second } = await plans();
    const roomForNone = counting(1);
    expect([await roomForNone.read(first), await roomForNone.read(first)]).toEqual([2, 2]);
    const review = await counting().reviews.of(first);
    if (!review.ok) return expect.unreachable();
    const { texts, searchable } = review.value.changes;
    const one = [...texts, ...searchable].join('').length;
    const { read } = counting(one + 20);
    expect([await read(first), await read(first), await read(second), await read(second)]).toEqual([
      2, 1, 2, 1,
    ]);
    expect(await read(first)).toBe(2);
  });
});
