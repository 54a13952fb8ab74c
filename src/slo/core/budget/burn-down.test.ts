import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { eventBudget } from './budget.ts';
import { burnDown, ppmFloor, remainingPpm } from './burn-down.ts';
import { wholeOf } from './counts.ts';
import { anySeries } from './testing.ts';

describe('a burn-down', () => {
  it('goes down only, and ends where the budget is', () => {
    fc.assert(
      fc.property(anySeries(60), fc.integer({ min: 1, max: 20 }), (series, stepMinutes) => {
        const budget = eventBudget(wholeOf(series), ppm(990_000));
        const line = burnDown({ budget, series, bounds: series, stepMinutes, each: 1 });
        const values = line.flatMap((value) => value ?? []);
        expect(values).toEqual(values.toSorted((a, b) => b - a));
        expect(values.at(-1)).toBe(remainingPpm(budget));
      }),
    );
  });

  it('knows nothing of time that was not counted, nor of a budget that allows nothing', () => {
    const series = { fromMinute: 0, toMinute: 2, ...sums([0, 1, 2]) };
    const bounds = { fromMinute: 0, toMinute: 4 };
    const line = (target: number) =>
      burnDown({
        budget: eventBudget({ good: 2, total: 2 }, ppm(target)),
        series,
        bounds,
        stepMinutes: 1,
        each: 1,
      });
    expect(line(990_000)).toEqual([1_000_000, 1_000_000, null, null]);
    expect(line(1_000_000)).toEqual([null, null, null, null]);
  });

  it('is rounded down, also below nothing', () => {
    expect(ppmFloor(fraction(1, 3))).toBe(333_333);
    expect(ppmFloor(fraction(-1, 3))).toBe(-333_334);
    expect(ppmFloor(fraction(-2))).toBe(-2_000_000);
  });
});

const sums = (values: readonly number[]) => ({
  goodUpTo: Float64Array.from(values),
  totalUpTo: Float64Array.from(values),
  leftOutUpTo: new Float64Array(values.length),
});
