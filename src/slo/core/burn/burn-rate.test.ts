import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { eventBudget } from '../budget/budget.ts';
import { type Counts, countsBetween, wholeOf } from '../budget/counts.ts';
import { anySeries, withCuts } from '../budget/testing.ts';
import { compare, type Fraction, fraction, plus, times } from '../objective/fraction.ts';
import { ppm, ppmOfPercent } from '../objective/ppm.ts';
import { type Burn, burnRate, correctedBurn, minutesToExhaustion } from './burn-rate.ts';

const targets = fc.integer({ min: 0, max: 999_999 }).map(ppm);
const tiled = anySeries().chain((series) => fc.tuple(fc.constant(series), withCuts(series)));
const rateOf = (burn: Burn): Fraction => (burn.kind === 'rate' ? burn.rate : fraction(0));
const sum = (parts: readonly Fraction[]) => parts.reduce(plus, fraction(0));

describe('the burn rate', () => {
  it("over a window is the mean of its parts' burn rates, weighted by their events", () => {
    fc.assert(
      fc.property(tiled, targets, ([series, parts], target) => {
        const counts = parts.map((part) => countsBetween(series, part));
        const weighted = counts.map((part) => times(fraction(part.total), rateOf(burnRate(part, target))));
        const whole = wholeOf(series);
        expect(sum(weighted)).toEqual(times(fraction(whole.total), rateOf(burnRate(whole, target))));
      }),
    );
  });

  it('is above 1 exactly when the budget of the same events is spent', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), targets, (good, bad, target) => {
        const counts: Counts = { good, total: good + bad };
        const burns = compare(rateOf(burnRate(counts, target)), fraction(1)) > 0;
        expect(burns).toBe(eventBudget(counts, target).verdict === 'spent');
      }),
    );
  });

  it('of nothing is no rate, and where nothing is allowed one bad event burns without limit', () => {
    expect(burnRate({ good: 0, total: 0 }, ppm(990_000))).toEqual({ kind: 'no-data' });
    expect(burnRate({ good: 9, total: 9 }, ppm(1_000_000))).toEqual({ kind: 'rate', rate: fraction(0) });
    expect(burnRate({ good: 8, total: 9 }, ppm(1_000_000))).toEqual({ kind: 'unlimited' });
  });
});

describe('the burn corrected by traffic', () => {
  it("times its share of the period is the share of the period's budget, so all parts make the whole", () => {
    fc.assert(
      fc.property(tiled, targets, ([series, parts], targetPpm) => {
        const [period, periodMinutes] = [wholeOf(series), series.toMinute - series.fromMinute];
        const shares = parts
          .map((part) => ({ counts: countsBetween(series, part), minutes: part.toMinute - part.fromMinute }))
          .filter(({ minutes }) => minutes > 0)
          .map(({ counts, minutes }) => {
            const burn = correctedBurn({ counts, minutes, period, periodMinutes, targetPpm });
            return times(rateOf(burn), fraction(minutes, periodMinutes));
          });
        expect(sum(shares)).toEqual(rateOf(burnRate(period, targetPpm)));
      }),
    );
  });

  it('is the plain one when traffic is even', () => {
    const counts = { good: 50, total: 60 };
    const period = { good: 60 * 24, total: 60 * 24 };
    const burn = correctedBurn({ counts, minutes: 60, period, periodMinutes: 1440, targetPpm: ppm(990_000) });
    expect(burn).toEqual(burnRate(counts, ppm(990_000)));
  });
});

// Google's SRE workbook, "Alerting on SLOs", table of burn rates and times to complete budget exhaustion for 99.9 % in 30 days.
test.each([
  [1, 1, 1000, 30 * 1440],
  [2, 2, 1000, 15 * 1440],
  [10, 1, 100, 3 * 1440],
  [1000, 1, 1, 43.2],
])(
  'A burn rate of %d is %d bad event of %d, and exhausts 30 days at 99.9 %% in %d minutes',
  (rate, bad, total, minutes) => {
    const target = ppmOfPercent('99.9');
    if (!target.ok) throw new Error('refused');
    const burn = burnRate({ good: total - bad, total }, target.value);
    expect(burn).toEqual({ kind: 'rate', rate: fraction(rate) });
    expect(minutesToExhaustion(burn, fraction(1), 43_200)).toEqual(fraction(minutes * 10, 10));
  },
);

test('What is spent is exhausted, and what does not burn never is', () => {
  expect(minutesToExhaustion({ kind: 'unlimited' }, fraction(1), 43_200)).toEqual(fraction(0));
  expect(minutesToExhaustion({ kind: 'rate', rate: fraction(1) }, fraction(-1, 2), 43_200)).toEqual(
    fraction(0),
  );
  expect(minutesToExhaustion({ kind: 'no-data' }, fraction(1), 43_200)).toBeUndefined();
  expect(minutesToExhaustion({ kind: 'rate', rate: fraction(0) }, fraction(1), 43_200)).toBeUndefined();
});
