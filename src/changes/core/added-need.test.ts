import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sshCrypto } from '#platform';
import { extraNeedsDigest } from './added-need.ts';

const digest = (needs: Parameters<typeof extraNeedsDigest>[0]) => extraNeedsDigest(needs, sshCrypto.sha256);
const words = fc.string({ maxLength: 8 });
const need = fc.record({ action: words, resource: words });
const keysOf = (needs: readonly { action: string; resource: string }[]): string =>
  [...new Set(needs.map(({ action, resource }) => JSON.stringify([action, resource])))].toSorted().join();

test('The same permissions have one digest, in whatever order and however often; others have another', () => {
  fc.assert(
    fc.property(fc.array(need), fc.array(need), (some, others) => {
      expect(digest([...some, ...some].toReversed())).toBe(digest(some));
      const same = keysOf(some) === keysOf(others);
      expect(digest(some) === digest(others)).toBe(same);
    }),
  );
});

test('Who added a permission does not change it, and none has no digest', () => {
  const pair = { action: 'sns:TagResource', resource: 'arn:aws:sns:x:1:y' };
  expect(digest([{ ...pair, reason: 'one' } as typeof pair])).toBe(digest([pair]));
  expect(digest([pair])).toMatch(/^[0-9a-f]{64}$/);
  expect(digest([])).toBeUndefined();
});
