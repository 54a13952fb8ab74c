import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ppm, ppm } from '../objective/ppm.ts';
import { countSeries, countsBetween, sumOf, wholeOf } from './counts.ts';
import { anySeries, withCuts } from './testing.ts';
import { type EmptySlice, judgeSlices, type SliceRule, sliceNumbers, slicesEnding } from './time-slices.ts';

const rules: fc.Arbitrary<SliceRule> = fc.record({
  minutes: fc.integer({ min: 1, max: 15 }),
  targetPpm: fc.integer({ min: 0, max: 1_000_000 }).map(ppm),
  empty: fc.constantFrom<EmptySlice>('good', 'bad', 'not-judged'),
});

/** Four slices of five minutes: all good, one bad in twenty, two bad in twenty, empty. */
const FOUR = countSeries({ fromMinute: 100, toMinute: 120 }, [
  { minute: 100, good: 7, total: 7 },
  { minute: 105, good: 10, total: 10 },
  { minute: 109, good: 9, total: 10 },
  { minute: 112, good: 18, total: 20 },
]);

describe('time slices', () => {
  it.each([
    ['good', { good: 3, bad: 1, empty: 1, leftOut: 0 }, { good: 3, total: 4 }],
    ['bad', { good: 2, bad: 2, empty: 1, leftOut: 0 }, { good: 2, total: 4 }],
    ['not-judged', { good: 2, bad: 1, empty: 1, leftOut: 0 }, { good: 2, total: 3 }],
  ] as const)('count an empty slice as %s, and always say how many were empty', (empty, slices, whole) => {
    const judged = judgeSlices(FOUR, { minutes: 5, targetPpm: ppm(950_000), empty });
    expect(sliceNumbers(judged, judged)).toEqual(slices);
    expect(wholeOf(judged)).toEqual(whole);
  });

  it('summed over the windows that tile a time equal the whole', () => {
    const cases = anySeries().chain((series) => fc.tuple(fc.constant(series), withCuts(series)));
    fc.assert(
      fc.property(cases, rules, ([series, parts], rule) => {
        const judged = judgeSlices(series, rule);
        expect(sumOf(parts.map((part) => countsBetween(judged, part)))).toEqual(wholeOf(judged));
        const { good, bad, empty } = sliceNumbers(judged, judged);
        expect(wholeOf(judged)).toEqual({ good, total: good + bad });
        expect(empty).toBeLessThanOrEqual(slicesEnding(series, rule.minutes));
        expect(sumOf(parts.map((part) => ({ good: 0, total: slicesEnding(part, rule.minutes) }))).total).toBe(
          slicesEnding(series, rule.minutes),
        );
      }),
    );
  });

  it('do not change their verdict while a window moves over them', () => {
    fc.assert(
      fc.property(anySeries(60), rules, fc.nat(20), (series, rule, later) => {
        const from = Math.min(series.toMinute, series.fromMinute + later);
        const minutes = Array.from({ length: series.toMinute - from }, (_, index) => {
          const minute = from + index;
          return { minute, ...countsBetween(series, { fromMinute: minute, toMinute: minute + 1 }) };
        });
        const moved = judgeSlices(
          countSeries({ fromMinute: from, toMinute: series.toMinute }, minutes),
          rule,
        );
        const kept = { fromMinute: from + rule.minutes, toMinute: series.toMinute };
        expect(countsBetween(moved, kept)).toEqual(countsBetween(judgeSlices(series, rule), kept));
      }),
    );
  });

  it('of one minute agree with judging each minute by itself', () => {
    fc.assert(
      fc.property(anySeries(), fc.integer({ min: 0, max: 1_000_000 }), (series, target) => {
        const judged = judgeSlices(series, { minutes: 1, targetPpm: target as Ppm, empty: 'not-judged' });
        for (let minute = series.fromMinute; minute < series.toMinute; minute += 1) {
          const one = { fromMinute: minute, toMinute: minute + 1 };
          const { good, total } = countsBetween(series, one);
          const isGood = BigInt(good) * 1_000_000n >= BigInt(total) * BigInt(target);
          const expected = total === 0 ? { good: 0, total: 0 } : { good: isGood ? 1 : 0, total: 1 };
          expect(countsBetween(judged, one)).toEqual(expected);
        }
      }),
      { numRuns: 30 },
    );
  });
});
