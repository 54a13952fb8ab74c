import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compare, fraction, plus } from '../objective/fraction.ts';
import { ppm, ppmOfPercent } from '../objective/ppm.ts';
import { eventBudget, timeBudget } from './budget.ts';
import { countSeries, countSeriesOfColumns, countsBetween, sumOf, wholeOf } from './counts.ts';
import { anySeries, withCuts } from './testing.ts';

const targets = fc.integer({ min: 0, max: 1_000_000 }).map(ppm);
const tiled = anySeries().chain((series) => fc.tuple(fc.constant(series), withCuts(series)));

describe('an event budget', () => {
  it('of a whole is the sum of the budgets of its parts, however they are cut', () => {
    fc.assert(
      fc.property(tiled, targets, ([series, parts], target) => {
        const counts = parts.map((part) => countsBetween(series, part));
        expect(sumOf(counts)).toEqual(wholeOf(series));
        const budgets = counts.map((part) => eventBudget(part, target));
        const whole = eventBudget(wholeOf(series), target);
        expect(budgets.map(({ remaining }) => remaining).reduce(plus, fraction(0))).toEqual(whole.remaining);
        expect(budgets.map(({ allowed }) => allowed).reduce(plus, fraction(0))).toEqual(whole.allowed);
      }),
    );
  });

  it('is spent exactly when the share of good events is below the objective', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), targets, (good, bad, target) => {
        const { verdict } = eventBudget({ good, total: good + bad }, target);
        const below = compare(fraction(good * 1_000_000), fraction((good + bad) * target)) < 0;
        expect(verdict).toBe(good + bad === 0 ? 'no-data' : below ? 'spent' : 'kept');
      }),
    );
  });

  it('is no average of averages: a quiet minute weighs what its events weigh', () => {
    const series = countSeries({ fromMinute: 0, toMinute: 2 }, [
      { minute: 0, good: 9_999, total: 9_999 },
      { minute: 1, good: 0, total: 1 },
    ]);
    // The average of 100 % and 0 % would miss any objective above 50 %.
    expect(eventBudget(wholeOf(series), ppm(999_900))).toMatchObject({
      verdict: 'kept',
      remaining: fraction(0),
    });
  });

  it('stays exact where floats do not, and beyond what products of numbers can hold', () => {
    const budget = eventBudget(
      { good: 9_000_000_000_000_000 - 4_500_000_000_000, total: 9_000_000_000_000_000 },
      ppm(999_500),
    );
    expect(budget).toMatchObject({ verdict: 'kept', remaining: fraction(0), spent: fraction(1) });
    const one = eventBudget(
      { good: 9_000_000_000_000_000 - 4_500_000_000_001, total: 9_000_000_000_000_000 },
      ppm(999_500),
    );
    expect(one).toMatchObject({ verdict: 'spent', remaining: fraction(-1) });
  });

  it('that allows nothing shows no share, and one bad event spends it', () => {
    expect(eventBudget({ good: 5, total: 5 }, ppm(1_000_000))).toMatchObject({ verdict: 'kept' });
    expect(eventBudget({ good: 4, total: 5 }, ppm(1_000_000))).toMatchObject({ verdict: 'spent' });
    expect(eventBudget({ good: 4, total: 5 }, ppm(1_000_000)).spent).toBeUndefined();
  });
});

test('A time budget counts the time to come from its first minute', () => {
  const target = ppmOfPercent('99.95');
  if (!target.ok) throw new Error('refused');
  const week = timeBudget({
    slices: { good: 0, total: 0 },
    sliceMinutes: 1,
    slicesToCome: 10_080,
    allowance: { kind: 'target', targetPpm: target.value },
  });
  expect(week).toMatchObject({ unit: 'minutes', allowed: fraction(504, 100), verdict: 'kept' });
});

describe('counts of minutes', () => {
  it('add up in any order, and repeated minutes too', () => {
    const bounds = { fromMinute: 10, toMinute: 13 };
    const minutes = [
      { minute: 12, good: 1, total: 2 },
      { minute: 10, good: 3, total: 3 },
      { minute: 12, good: 4, total: 5 },
      { minute: 13, good: 9, total: 9 },
      { minute: 9, good: 9, total: 9 },
    ];
    const series = countSeries(bounds, minutes);
    expect(wholeOf(series)).toEqual({ good: 8, total: 10 });
    expect(countSeries(bounds, minutes.toReversed())).toEqual(series);
    expect(countsBetween(series, { fromMinute: 12, toMinute: 99 })).toEqual({ good: 5, total: 7 });
    expect(countsBetween(series, { fromMinute: 0, toMinute: 5 })).toEqual({ good: 0, total: 0 });
  });

  it('that are no counts are a bug and thrown', () => {
    const bounds = { fromMinute: 0, toMinute: 2 };
    expect(() => countSeries(bounds, [{ minute: 0, good: 2, total: 1 }])).toThrow(RangeError);
    expect(() => countSeries(bounds, [{ minute: 0, good: 0.5, total: 1 }])).toThrow(RangeError);
    expect(() => countSeries(bounds, [{ minute: 0.5, good: 1, total: 1 }])).toThrow(RangeError);
    expect(() => countSeries(bounds, [{ minute: 0, good: 1, total: Number.NaN }])).toThrow(RangeError);
    expect(() => countSeriesOfColumns(bounds, { minute: [0, 1], good: [1], total: [1, 1] })).toThrow(
      RangeError,
    );
    const most = Number.MAX_SAFE_INTEGER;
    expect(() =>
      countSeries(bounds, [
        { minute: 0, good: 0, total: most },
        { minute: 1, good: 0, total: most },
      ]),
    ).toThrow(RangeError);
  });
});
