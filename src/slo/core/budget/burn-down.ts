import { dividedBy, type Fraction, fraction, minus, times } from '../objective/fraction.ts';
import { WHOLE_PPM } from '../objective/ppm.ts';
import type { Bounds } from '../objective/time-window.ts';
import type { Budget } from './budget.ts';
import { type CountSeries, countsBetween } from './counts.ts';

/** Of what may be lost, in ppm rounded down; below 0 when overspent, absent where nothing may be lost or nothing came. */
export const remainingPpm = ({ remaining, allowed, verdict }: Budget): number | undefined =>
  verdict === 'no-data' || allowed.numerator === 0n ? undefined : ppmFloor(dividedBy(remaining, allowed));

/** Parts per million, rounded down: no figure looks better than it is. */
export function ppmFloor(share: Fraction): number {
  const { numerator, denominator } = times(share, fraction(WHOLE_PPM));
  const whole = numerator / denominator;
  return Number(numerator < 0n && numerator % denominator !== 0n ? whole - 1n : whole);
}

/**
 * How a budget went down from the begin of its bounds: what remained of the whole at the end of each step, in ppm. Its last value is that
 * of the budget itself. `null` from where the series ends.
 */
export function burnDown(given: {
  readonly budget: Budget;
  /** Judged slices where slices are judged. */
  readonly series: CountSeries;
  readonly bounds: Bounds;
  readonly stepMinutes: number;
  /** What one bad event costs: 1, or the minutes of a slice. */
  readonly each: number;
}): readonly (number | null)[] {
  const { budget, series, bounds, stepMinutes, each } = given;
  const { fromMinute } = bounds;
  const steps = Math.ceil((bounds.toMinute - fromMinute) / stepMinutes);
  return Array.from({ length: Math.max(0, steps) }, (_, step) => {
    const begins = fromMinute + step * stepMinutes;
    if (begins >= series.toMinute || budget.verdict === 'no-data' || budget.allowed.numerator === 0n)
      return null;
    const toMinute = Math.min(begins + stepMinutes, bounds.toMinute, series.toMinute);
    const { good, total } = countsBetween(series, { fromMinute, toMinute });
    const left = minus(budget.allowed, fraction((total - good) * each));
    return ppmFloor(dividedBy(left, budget.allowed));
  });
}
