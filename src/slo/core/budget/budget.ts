import { compare, dividedBy, type Fraction, fraction, minus, times } from '../objective/fraction.ts';
import { allowance, type Ppm } from '../objective/ppm.ts';
import type { Counts } from './counts.ts';

/** What may be lost, what was, and what is left. Exact: sums over sums, never averages of averages. */
export interface Budget {
  readonly unit: 'events' | 'minutes';
  /** Events, or minutes of judged time and of time to come. */
  readonly whole: number;
  readonly lost: number;
  readonly allowed: Fraction;
  /** Below 0 when overspent. */
  readonly remaining: Fraction;
  /** Lost of allowed; absent where nothing is allowed, for then no share says anything. */
  readonly spent?: Fraction;
  /** `spent`: more was lost than allowed, so the objective is missed. Exactly as much as allowed is still kept. */
  readonly verdict: 'no-data' | 'kept' | 'spent';
}

/** A share of the whole that must be good; or a fixed time that may be lost, as shimesaba's `error_budget_size: 200m`. */
export type Allowance =
  | { readonly kind: 'target'; readonly targetPpm: Ppm }
  | { readonly kind: 'minutes'; readonly minutes: number };

/** The budget of events: only those that came count, whatever the window has still ahead. */
export function eventBudget({ good, total }: Counts, targetPpm: Ppm): Budget {
  return budget('events', total, total - good, times(fraction(total), allowance(targetPpm)));
}

/**
 * The budget of time, from slices of `sliceMinutes` that were judged (1 where alerts are downtime). Time to come is known in
 * advance, so a calendar window has its whole budget from its first minute.
 */
export function timeBudget(given: {
  readonly slices: Counts;
  readonly sliceMinutes: number;
  readonly slicesToCome: number;
  readonly allowance: Allowance;
}): Budget {
  const { slices, sliceMinutes, slicesToCome } = given;
  const whole = (slices.total + slicesToCome) * sliceMinutes;
  const lost = (slices.total - slices.good) * sliceMinutes;
  const allowed =
    given.allowance.kind === 'minutes'
      ? fraction(given.allowance.minutes)
      : times(fraction(whole), allowance(given.allowance.targetPpm));
  return budget('minutes', whole, lost, allowed);
}

function budget(unit: Budget['unit'], whole: number, lost: number, allowed: Fraction): Budget {
  const remaining = minus(allowed, fraction(lost));
  const verdict = whole === 0 ? 'no-data' : compare(remaining, fraction(0)) < 0 ? 'spent' : 'kept';
  const known = { unit, whole, lost, allowed, remaining, verdict } as const;
  return allowed.numerator === 0n ? known : { ...known, spent: dividedBy(fraction(lost), allowed) };
}
