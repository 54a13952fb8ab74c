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

/**
 * How many events, with no more than `bad` bad ones among them, would show with 95 % confidence that the objective is kept: the least
 * n for which so few bad ones would be a 5 % chance if it were just missed (one-sided Clopper–Pearson). `undefined` for 100 %, which
 * no number of events proves.
 */
export function eventsToProve(targetPpm: Ppm, bad = 0): number | undefined {
  const share = toNumber(allowance(targetPpm));
  const isProof = (n: number) => n > bad && betaCdf(share, bad + 1, n - bad) >= ENOUGH_PROBABILITY;
  return leastWhere(isProof, bad + 1);
}

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
