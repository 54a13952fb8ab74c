import type { Counts } from '../budget/counts.ts';
import { dividedBy, type Fraction, fraction, times } from '../objective/fraction.ts';
import { allowance, type Ppm } from '../objective/ppm.ts';

/**
 * How many times as fast as allowed the budget is spent: 1 spends exactly the budget of a window within it. Nothing can be said of no
 * events; where nothing is allowed, any bad event burns without limit.
 */
export type Burn =
  | { readonly kind: 'no-data' }
  | { readonly kind: 'rate'; readonly rate: Fraction }
  | { readonly kind: 'unlimited' };

const NOTHING: Burn = { kind: 'no-data' };

/** Of any window's counts: the share of bad events over the share that is allowed. */
export function burnRate(counts: Counts, targetPpm: Ppm): Burn {
  return counts.total === 0 ? NOTHING : burn(counts, fraction(counts.total), targetPpm);
}

/**
 * The burn corrected by traffic: over the events that the window would have if the period's came evenly, instead of those it had. So
 * a bad hour at night burns as little as it costs, and burn × window / period is the share of the period's budget that was spent.
 * As Sloth's `denominator_corrected_rules`.
 */
export function correctedBurn(given: {
  readonly counts: Counts;
  readonly minutes: number;
  readonly period: Counts;
  readonly periodMinutes: number;
  readonly targetPpm: Ppm;
}): Burn {
  const { counts, minutes, period, periodMinutes, targetPpm } = given;
  if (period.total === 0) return NOTHING;
  return burn(counts, times(fraction(period.total), fraction(minutes, periodMinutes)), targetPpm);
}

/** Minutes until what is left (1: the whole budget of the period) is gone at this rate; `undefined` when it never is. */
export function minutesToExhaustion(rate: Burn, left: Fraction, periodMinutes: number): Fraction | undefined {
  if (left.numerator <= 0n || rate.kind === 'unlimited') return fraction(0);
  if (rate.kind === 'no-data' || rate.rate.numerator === 0n) return undefined;
  return dividedBy(times(left, fraction(periodMinutes)), rate.rate);
}

function burn({ good, total }: Counts, expected: Fraction, targetPpm: Ppm): Burn {
  const allowed = allowance(targetPpm);
  const bad = fraction(total - good);
  if (allowed.numerator > 0n) {
    return { kind: 'rate', rate: dividedBy(dividedBy(bad, expected), allowed) };
  }
  return bad.numerator > 0n ? { kind: 'unlimited' } : { kind: 'rate', rate: fraction(0) };
}
