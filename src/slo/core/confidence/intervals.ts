import type { Counts } from '../budget/counts.ts';
import { betaQuantile } from './beta.ts';

/** How sure an interval is to hold the true share, two-sided: half of the rest lies on each side. */
export type Confidence = 0.9 | 0.95 | 0.99;

/** Bounds of the true share of good events. Floats: they say how little is known, nothing is decided by their last digit. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Standard normal quantiles of ½ + confidence / 2. */
const Z: Readonly<Record<Confidence, number>> = {
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
};

/** Without events everything is possible. */
const UNKNOWN: Interval = { low: 0, high: 1 };

/** Wilson's score interval: close to its confidence on average, cheap; for lists of customers. */
export function wilson({ good, total }: Counts, confidence: Confidence = 0.95): Interval {
  if (total === 0) return UNKNOWN;
  const z = Z[confidence];
  const share = good / total;
  const middle = share + z ** 2 / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + (z / (2 * total)) ** 2);
  const scale = 1 + z ** 2 / total;
  return {
    low: good === 0 ? 0 : (middle - spread) / scale,
    high: good === total ? 1 : (middle + spread) / scale,
  };
}

/** Clopper and Pearson's interval: at least its confidence, always; where something is to be proven. */
export function clopperPearson({ good, total }: Counts, confidence: Confidence = 0.95): Interval {
  const rest = (1 - confidence) / 2;
  return {
    low: good === 0 ? 0 : betaQuantile(rest, good, total - good + 1),
    high: good === total ? 1 : betaQuantile(1 - rest, good + 1, total - good),
  };
}

/**
 * Jeffreys' interval: where the share lies by a prior that knows nothing, Beta(½, ½); what the gate of pages uses. The ends go to 0
 * and 1 where no or all events were good (Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion", 2001).
 */
export function jeffreys({ good, total }: Counts, confidence: Confidence = 0.95): Interval {
  if (total === 0) return UNKNOWN;
  const rest = (1 - confidence) / 2;
  const [a, b] = [good + 0.5, total - good + 0.5];
  return {
    low: good === 0 ? 0 : betaQuantile(rest, a, b),
    high: good === total ? 1 : betaQuantile(1 - rest, a, b),
  };
}
