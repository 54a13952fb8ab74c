import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fraction } from '../objective/fraction.ts';
import { noMoreBadThan } from './exact-share.ts';

test('A share is compared exactly, however large the counts', () => {
  const counts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const shares = fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 1_000_000 }));
  fc.assert(
    fc.property(counts, shares, fc.integer({ min: -1, max: 1 }), (total, [above, below], beside) => {
      const atTheShare = (BigInt(total) * BigInt(above)) / BigInt(below) + BigInt(beside);
      const bad = Number(atTheShare);
      fc.pre(bad >= 0 && Number.isSafeInteger(bad));
      const expected = BigInt(bad) * BigInt(below) <= BigInt(total) * BigInt(above);
      expect(noMoreBadThan(bad, total, fraction(above, below))).toBe(expected);
    }),
  );
});
