import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs, type PersonName } from '#core-values';
import { CHALLENGE_LIFE_MS, type ChallengeUse, endOfChallenge, makeChallenge } from './challenges.ts';

const party = { key: 'key of the server' };
const uses: fc.Arbitrary<ChallengeUse> = fc.record(
  {
    purpose: fc.constantFrom('sign-in', 'enrol', 'confirm'),
    person: fc.constantFrom('hanako', 'taro').map((name) => name as PersonName),
  },
  { requiredKeys: ['purpose'] },
);
const times = fc.integer({ min: 0, max: 4_000_000_000_000 }).map(epochMs);
const made = (use: ChallengeUse, at: number) =>
  Buffer.from(makeChallenge(party, use, epochMs(at))).toString('base64url');

describe('a challenge', () => {
  it('is good for what it was made for, for five minutes', () => {
    fc.assert(
      fc.property(uses, times, (use, at) => {
        const challenge = made(use, at);
        const end = epochMs(at + CHALLENGE_LIFE_MS);
        expect(endOfChallenge(party, challenge, use, at)).toBe(end);
        expect(endOfChallenge(party, challenge, use, epochMs(end - 1))).toBe(end);
        expect(endOfChallenge(party, challenge, use, end)).toBeUndefined();
      }),
    );
  });

  it('attack 24: is good for no other use, nobody else, under no other key, and with no byte changed', () => {
    fc.assert(
      fc.property(
        uses,
        uses,
        times,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (use, other, at, pick, flip) => {
          const challenge = made(use, at);
          const isSame = use.purpose === other.purpose && use.person === other.person;
          expect(endOfChallenge(party, challenge, other, at) !== undefined).toBe(isSame);
          expect(endOfChallenge({ key: 'another' }, challenge, use, at)).toBeUndefined();
          const bytes = Buffer.from(challenge, 'base64url');
          bytes[pick % bytes.length] = (bytes[pick % bytes.length] ?? 0) ^ flip;
          expect(endOfChallenge(party, bytes.toString('base64url'), use, at)).toBeUndefined();
        },
      ),
    );
  });

  it('is never one that a statement or a stranger makes', () => {
    for (const length of [0, 31, 32, 33, 55, 57, 64]) {
      const challenge = Buffer.alloc(length, 7).toString('base64url');
      expect(endOfChallenge(party, challenge, { purpose: 'sign-in' }, epochMs(0))).toBeUndefined();
    }
  });
});
