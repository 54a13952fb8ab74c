import { type CountSeries, countsBetween } from '../budget/counts.ts';
import { noMoreBadThan } from '../budget/exact-share.ts';
import { ENOUGH_PROBABILITY, probabilityAbove } from '../confidence/proof.ts';
import type { Bounds } from '../objective/time-window.ts';
import type { BurnAlert } from './burn-alert.ts';

/** `unproven`: burning too fast, but so few events may be chance. */
export type AlertCondition = 'quiet' | 'unproven' | 'burning';

/** What the finished minutes before this one say; the series should reach back as far as the long window. */
export function alertCondition(alert: BurnAlert, series: CountSeries, atMinute: number): AlertCondition {
  for (const minutes of [alert.shortMinutes, alert.longMinutes]) {
    const { good, total } = countsBetween(series, { fromMinute: atMinute - minutes, toMinute: atMinute });
    if (noMoreBadThan(total - good, total, alert.badShare)) return 'quiet';
  }
  if (!alert.gated) return 'burning';
  return pageProbability(alert, series, atMinute) >= ENOUGH_PROBABILITY ? 'burning' : 'unproven';
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
  for (let at = bounds.fromMinute - alert.forMinutes; at < bounds.toMinute; at += 1) {
    minutesInARow = alertCondition(alert, series, at) === 'burning' ? minutesInARow + 1 : 0;
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
