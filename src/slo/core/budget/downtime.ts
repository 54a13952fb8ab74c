import type { Bounds } from '../objective/time-window.ts';
import { type CountSeries, countSeries } from './counts.ts';

/** An alert of a monitoring system whose open time counts as downtime, as shimesaba does with Mackerel's. */
export interface DowntimeAlert {
  readonly openedMs: number;
  /** Absent while it is open. */
  readonly closedMs?: number;
  /** How long it really was, by what a person wrote when closing it; counted from when it was opened. */
  readonly downtimeMinutes?: number;
}

/**
 * Every minute of the bounds as one event, bad while any alert was open. Opening and closing are cut to their minutes, as in
 * shimesaba: from 10:00:50 to 10:02:10 are the minutes 10:00 and 10:01, and an alert within one minute is no downtime. An open
 * alert lasts to the end of the bounds; give bounds that end now.
 */
export function downtimeSeries(bounds: Bounds, alerts: readonly DowntimeAlert[]): CountSeries {
  const length = Math.max(0, bounds.toMinute - bounds.fromMinute);
  const bad = new Uint8Array(length);
  for (const alert of alerts) {
    const { fromMinute, toMinute } = downtimeOf(alert, bounds.toMinute);
    bad.fill(1, clip(fromMinute - bounds.fromMinute, length), clip(toMinute - bounds.fromMinute, length));
  }
  const minutes = Array.from(bad, (value, index) => ({
    minute: bounds.fromMinute + index,
    good: 1 - value,
    total: 1,
  }));
  return countSeries(bounds, minutes);
}

/** `downtime:1h50m` among the words with which an alert was closed, in whole minutes; `undefined` without. */
export function downtimeOfReason(words: string): number | undefined {
  const [, hours, minutes] = /(?:^| )downtime:(?=\d)(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?: |$)/.exec(words) ?? [];
  if (hours === undefined && minutes === undefined) return undefined;
  return Number(hours ?? 0) * 60 + Number(minutes ?? 0);
}

function downtimeOf(alert: DowntimeAlert, endMinute: number): Bounds {
  const fromMinute = Math.floor(alert.openedMs / 60_000);
  if (alert.downtimeMinutes !== undefined) {
    return { fromMinute, toMinute: fromMinute + alert.downtimeMinutes };
  }
  return {
    fromMinute,
    toMinute: alert.closedMs === undefined ? endMinute : Math.floor(alert.closedMs / 60_000),
  };
}

const clip = (index: number, length: number): number => Math.min(length, Math.max(0, index));
