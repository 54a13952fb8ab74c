import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import rBinom from '../../../../test/slo/arithmetic/r-binom.json' with { type: 'json' };
import scipy from '../../../../test/slo/arithmetic/scipy.json' with { type: 'json' };
import { fraction } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { betaCdf, betaQuantile, betaTail } from './beta.ts';
import { type Confidence, clopperPearson, type Interval, jeffreys, wilson } from './intervals.ts';
import { badEventsToPage, eventsToProve, probabilityAbove, proofOf } from './proof.ts';

const expectClose = (actual: number, expected: number, error: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(error * Math.abs(expected));

const expectInterval = (actual: Interval, [low = 0, high = 1]: readonly number[], error: number) => {
  expectClose(actual.low, low, error);
  expectClose(actual.high, high, error);
};

describe('the beta distribution', () => {
  it("has SciPy's probabilities to ten digits, in both tails, from half an event to billions", () => {
    for (const { x, a, b, cdf, tail } of scipy.beta) {
      expectClose(betaCdf(x, a, b), cdf, 2e-11);
      expectClose(betaTail(x, a, b), tail, 2e-11);
    }
  });

  it("has SciPy's quantiles", () => {
    for (const { p, a, b, x } of scipy.quantiles) expectClose(betaQuantile(p, a, b), x, 1e-12);
  });
});

describe('intervals', () => {
  it.each(rBinom.intervals)("of $good of $total are R's", ({ good, total, exact, wilson: score }) => {
    expectInterval(clopperPearson({ good, total }), exact, 1e-7);
    expectInterval(wilson({ good, total }), score, 1e-7);
  });

  it.each(scipy.intervals)("of $good of $total are SciPy's at 90, 95 and 99 %", (expected) => {
    for (const confidence of [0.9, 0.95, 0.99] satisfies Confidence[]) {
      const { exact, wilson: score, jeffreys: equalTailed } = expected[confidence];
      // SciPy finds these by searching for a root.
      expectInterval(clopperPearson(expected, confidence), exact, 1e-10);
      expectInterval(wilson(expected, confidence), score, 1e-11);
      expectInterval(jeffreys(expected, confidence), equalTailed, 1e-11);
    }
  });

  it('hold the observed share and mirror when good and bad change places', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (good, bad) => {
        const total = good + bad;
        for (const interval of [wilson, clopperPearson, jeffreys]) {
          const { low, high } = interval({ good, total });
          if (total > 0) expect(low <= good / total && good / total <= high).toBe(true);
          const mirrored = interval({ good: bad, total });
          expect(mirrored.low).toBeCloseTo(1 - high, 10);
          expect(mirrored.high).toBeCloseTo(1 - low, 10);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('without events say that nothing is known', () => {
    for (const interval of [wilson, clopperPearson, jeffreys]) {
      expect(interval({ good: 0, total: 0 })).toEqual({ low: 0, high: 1 });
    }
  });
});

describe('events needed to prove an objective', () => {
  // reliability.readthedocs.io, "Sample size required for no failures": 99.9 % at 95 % confidence takes 2995 items.
  it('without a bad one are those of the success run, about three over the allowance', () => {
    expect(eventsToProve(ppm(999_000))).toBe(2995);
    for (const target of [900_000, 950_000, 990_000, 999_900, 999_999]) {
      const expected = Math.ceil(Math.log(0.05) / Math.log1p(-(1_000_000 - target) / 1_000_000));
      expect(eventsToProve(ppm(target))).toBe(expected);
    }
  });

  // Wilks, "Determination of sample sizes for setting tolerance limits" (1941): the orders of a 95 %/95 % one-sided limit.
  it("with some bad ones are Wilks's sample sizes", () => {
    const sizes = [0, 1, 2, 3, 4, 5].map((bad) => eventsToProve(ppm(950_000), bad));
    expect(sizes).toEqual([59, 93, 124, 153, 181, 208]);
  });

  it('grow with the objective and with every bad event, and do not exist for 100 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_998 }), fc.nat(30), (target, bad) => {
        const needed = eventsToProve(ppm(target), bad) ?? 0;
        expect(eventsToProve(ppm(target + 1), bad)).toBeGreaterThanOrEqual(needed);
        expect(eventsToProve(ppm(target), bad + 1)).toBeGreaterThan(needed);
      }),
      { numRuns: 50 },
    );
    expect(eventsToProve(ppm(1_000_000))).toBeUndefined();
    expect(eventsToProve(ppm(0))).toBe(1);
  });
});

describe('what events prove', () => {
  it('is that the objective is kept from just as many events on as it takes to prove it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500_000, max: 999_999 }).map(ppm), fc.nat(20), (target, bad) => {
        const total = eventsToProve(target, bad) ?? 0;
        expect(proofOf({ good: total - bad, total }, target)).toBe('kept');
        expect(proofOf({ good: total - 1 - bad, total: total - 1 }, target)).not.toBe('kept');
      }),
      { numRuns: 30 },
    );
  });

  it('is what the Clopper–Pearson interval of 90 % lies wholly above or below', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.integer({ min: 0, max: 1_000_000 }), (good, bad, target) => {
        const counts = { good, total: good + bad };
        const { low, high } = counts.total === 0 ? { low: 0, high: 1 } : clopperPearson(counts, 0.9);
        fc.pre(Math.min(Math.abs(low - target / 1e6), Math.abs(high - target / 1e6)) > 1e-9);
        const expected = low > target / 1e6 ? 'kept' : high < target / 1e6 ? 'missed' : 'open';
        expect(proofOf(counts, ppm(target))).toBe(expected);
      }),
    );
  });

  it('is nothing without events, and that 100 % is missed by one bad event', () => {
    expect(proofOf({ good: 0, total: 0 }, ppm(999_000))).toBe('open');
    expect(proofOf({ good: 9, total: 9 }, ppm(1_000_000))).toBe('open');
    expect(proofOf({ good: 8, total: 9 }, ppm(1_000_000))).toBe('missed');
    // A customer of whose 20 requests one failed: nobody knows.
    expect(proofOf({ good: 19, total: 20 }, ppm(990_000))).toBe('open');
  });
});

test('One bad event of one makes no page at a threshold that a coin might pass, and three of three do', () => {
  const half = fraction(1, 2);
  expect(probabilityAbove({ good: 0, total: 1 }, half)).toBeLessThan(0.95);
  expect(probabilityAbove({ good: 0, total: 3 }, half)).toBeGreaterThan(0.95);
  expect(badEventsToPage(half)).toBe(3);
  expect(badEventsToPage(fraction(144, 10_000))).toBe(1);
  expect(badEventsToPage(fraction(1))).toBeUndefined();
});
