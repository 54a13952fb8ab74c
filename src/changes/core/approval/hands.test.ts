import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PersonName } from '#core-values';
import { type HandWord, oneHandOnce } from './hands.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e').map((letter) => letter as PersonName);
const words: fc.Arbitrary<readonly HandWord[]> = fc.uniqueArray(
  fc.record({ who: name, standsOn: fc.uniqueArray(name, { maxLength: 3 }) }),
  { selector: ({ who }) => who, maxLength: 5 },
);
const said = (who: string, ...standsOn: readonly string[]): HandWord => ({
  who: who as PersonName,
  standsOn: standsOn.map((one) => one as PersonName),
});
const countedOf = (...of: readonly HandWord[]) => oneHandOnce(of).counted.map(({ who }) => who);

describe('approvals that may be of one hand', () => {
  test('count once: no two that count have anybody in common', () => {
    fc.assert(
      fc.property(words, (of) => {
        const { counted, doubled } = oneHandOnce(of);
        expect(counted.length + doubled.length).toBe(of.length);
        const borrowed = counted.filter(({ standsOn }) => standsOn.length > 0);
        for (const one of borrowed) {
          for (const other of counted.filter((word) => word !== one)) {
            const hands = [one.who, ...one.standsOn];
            expect(hands.filter((hand) => [other.who, ...other.standsOn].includes(hand))).toEqual([]);
          }
        }
      }),
    );
  });

  test('never drop one that stands on nobody’s word, whatever others bring', () => {
    fc.assert(
      fc.property(words, (of) => {
        const own = of.filter(({ standsOn }) => standsOn.length === 0);
        expect(oneHandOnce(of).counted).toEqual(expect.arrayContaining(own));
      }),
    );
  });

  test('are those of a maker of links and of everybody enrolled by them', () => {
    expect(countedOf(said('yuki', 'hanako'), said('hanako'))).toEqual(['hanako']);
    expect(countedOf(said('yuki', 'kenji'), said('hanako', 'kenji'))).toEqual(['yuki']);
    expect(countedOf(said('yuki', 'hanako'), said('kenji', 'yuki', 'hanako'))).toEqual(['yuki']);
    expect(countedOf(said('yuki', 'hanako'), said('kenji', 'taro'))).toEqual(['yuki', 'kenji']);
  });

  test('of one person by two ways are one person’s, whoever vouched for one of them', () => {
    expect(countedOf(said('yuki'), said('yuki', 'hanako'))).toEqual(['yuki', 'yuki']);
    expect(countedOf(said('yuki'), said('yuki', 'hanako'), said('hanako'))).toEqual(['yuki', 'hanako']);
  });
});
