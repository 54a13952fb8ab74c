import type { Counts } from '../budget/counts.ts';
import { type Fraction, toNumber } from '../objective/fraction.ts';
import { allowance, type Ppm } from '../objective/ppm.ts';
import { betaCdf, betaTail } from './beta.ts';

/** From here on a page may say that it is not by chance. */
export const ENOUGH_PROBABILITY = 0.95;

/** No traffic reaches this; an objective that needs more events cannot be proven. */
const MOST_EVENTS = 2 ** 50;

/** How probable it is, after these events, that the true share of bad ones is above this; by Jeffreys' prior. */
export const probabilityAbove = ({ good, total }: Counts, badShare: Fraction): number =>
  betaTail(toNumber(badShare), total - good + 0.5, good + 0.5);

/** What events prove of an objective, such as those of one customer: few of them leave it open. */
export type Proof = 'kept' | 'missed' | 'open';

/** At 95 % confidence on either side, by Clopper and Pearson. */
export function proofOf({ good, total }: Counts, targetPpm: Ppm): Proof {
  if (provesKept(total, total - good, targetPpm)) return 'kept';
  return provesMissed(total, total - good, targetPpm) ? 'missed' : 'open';
}

/**
 * How many events, with no more than `bad` bad ones among them, would show with 95 % confidence that the objective is kept: the least
 * n for which so few bad ones would be a 5 % chance if it were just missed. `undefined` for 100 %, which no number of events proves.
 */
export const eventsToProve = (targetPpm: Ppm, bad = 0): number | undefined =>
  leastWhere((total) => provesKept(total, bad, targetPpm), bad + 1);

/** So few bad ones would be a 5 % chance if exactly the allowed share were bad. */
const provesKept = (total: number, bad: number, targetPpm: Ppm): boolean =>
  total > bad && betaCdf(toNumber(allowance(targetPpm)), bad + 1, total - bad) >= ENOUGH_PROBABILITY;

/** So many bad ones would be a 5 % chance then. */
const provesMissed = (total: number, bad: number, targetPpm: Ppm): boolean =>
  bad > 0 && betaTail(toNumber(allowance(targetPpm)), bad, total - bad + 1) >= ENOUGH_PROBABILITY;

/** How many events of which all are bad make a page: fewer prove nothing, however bad. `undefined` when none ever does. */
export function badEventsToPage(badShare: Fraction): number | undefined {
  const isProof = (n: number) => probabilityAbove({ good: 0, total: n }, badShare) >= ENOUGH_PROBABILITY;
  return toNumber(badShare) >= 1 ? undefined : leastWhere(isProof, 1);
}

/** The least n from `from` on with the property, which holds for all larger ones; by doubling, then halving. */
function leastWhere(holds: (n: number) => boolean, from: number): number | undefined {
  let [low, high] = [from - 1, from];
  while (!holds(high)) {
    [low, high] = [high, 2 * high];
    if (high > MOST_EVENTS) return undefined;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
