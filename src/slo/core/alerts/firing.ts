import { type CountSeries, type Counts, countsBetween } from '../budget/counts.ts';
import { noMoreBadThan } from '../budget/exact-share.ts';
import { ENOUGH_PROBABILITY, probabilityAbove } from '../confidence/proof.ts';
import type { Fraction } from '../objective/fraction.ts';
import type { Bounds } from '../objective/time-window.ts';
import type { BurnAlert } from './burn-alert.ts';

/** `unproven`: burning too fast, but so few events may be chance. */
export type AlertCondition = 'quiet' | 'unproven' | 'burning';

/** What the finished minutes before this one say; the series should reach back as far as the long window. */
export function alertCondition(
  alert: BurnAlert,
  series: CountSeries,
  atMinute: number,
  isProof: Proof = (counts) => probabilityAbove(counts, alert.badShare) >= ENOUGH_PROBABILITY,
): AlertCondition {
  for (const minutes of [alert.shortMinutes, alert.longMinutes]) {
    const { good, total } = countsBetween(series, { fromMinute: atMinute - minutes, toMinute: atMinute });
    if (noMoreBadThan(total - good, total, alert.badShare)) return 'quiet';
  }
  if (!alert.gated) return 'burning';
  const { longMinutes } = alert;
  const counts = countsBetween(series, { fromMinute: atMinute - longMinutes, toMinute: atMinute });
  return isProof(counts) ? 'burning' : 'unproven';
}

/** Whether some events are enough to page. */
type Proof = (counts: Counts) => boolean;

/**
 * Remembers what was proven, and what was not: as many bad events, or more, of as many, or fewer, prove it too. Where that holds, it
 * remembers a tenth fewer bad ones of a tenth more, so that hours of burning need few looks at the distribution.
 */
function rememberedProof(badShare: Fraction): Proof {
  const isProof: Proof = (counts) => probabilityAbove(counts, badShare) >= ENOUGH_PROBABILITY;
  let leastBad = Number.POSITIVE_INFINITY;
  let mostTotal = 0;
  let mostBad = -1;
  let leastTotal = 0;
  return ({ good, total }) => {
    const bad = total - good;
    if (bad >= leastBad && total <= mostTotal) return true;
    if (bad <= mostBad && total >= leastTotal) return false;
    if (!isProof({ good, total })) {
      const narrower = { bad: Math.ceil(bad * 1.1), total: Math.floor(total * 0.9) };
      const isNone =
        narrower.bad <= narrower.total &&
        !isProof({ good: narrower.total - narrower.bad, total: narrower.total });
      [mostBad, leastTotal] = isNone ? [narrower.bad, narrower.total] : [bad, total];
      return false;
    }
    const wider = { bad: Math.floor(bad * 0.9), total: Math.ceil(total * 1.1) };
    const holds = isProof({ good: wider.total - wider.bad, total: wider.total });
    [leastBad, mostTotal] = holds ? [wider.bad, wider.total] : [bad, total];
    return true;
  };
}

/** How probable it is that the true share of bad events is above the alert's, after those of the long window. */
export const pageProbability = (alert: BurnAlert, series: CountSeries, atMinute: number): number =>
  probabilityAbove(
    countsBetween(series, { fromMinute: atMinute - alert.longMinutes, toMinute: atMinute }),
    alert.badShare,
  );

/**
 * When the alert fires, evaluated at every minute of the bounds as Prometheus would: from the minute at which it has burned for
 * `forMinutes`, up to the first at which it does not burn.
 */
export function firingSpans(alert: BurnAlert, series: CountSeries, bounds: Bounds): readonly Bounds[] {
  const spans: Bounds[] = [];
  let minutesInARow = 0;
  const isProof = rememberedProof(alert.badShare);
  for (let at = bounds.fromMinute - alert.forMinutes; at < bounds.toMinute; at += 1) {
    minutesInARow = alertCondition(alert, series, at, isProof) === 'burning' ? minutesInARow + 1 : 0;
    if (minutesInARow <= alert.forMinutes) continue;
    const isGoingOn = spans.at(-1)?.toMinute === at;
    const fromMinute = (isGoingOn ? spans.pop()?.fromMinute : undefined) ?? at;
    spans.push({ fromMinute, toMinute: at + 1 });
  }
  return spans;
}

/** Whether it fires at this minute. */
export const isFiring = (alert: BurnAlert, series: CountSeries, atMinute: number): boolean =>
  firingSpans(alert, series, { fromMinute: atMinute, toMinute: atMinute + 1 }).length > 0;

export interface AlertState {
  readonly alert: BurnAlert;
  readonly condition: AlertCondition;
  /** Burning for as long as it waits. */
  readonly isFiring: boolean;
}

export const alertState = (alert: BurnAlert, series: CountSeries, atMinute: number): AlertState => ({
  alert,
  condition: alertCondition(alert, series, atMinute),
  isFiring: isFiring(alert, series, atMinute),
});
