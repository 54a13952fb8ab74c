import { allowance, type Ppm } from '../objective/ppm.ts';
import type { Bounds } from '../objective/time-window.ts';
import { type CountSeries, countsBetween, leftOutBetween, sumUp } from './counts.ts';
import { noMoreBadThan } from './exact-share.ts';

/** What a slice in which nothing happened counts as. There is no good answer for all, so a definition has to say. */
export type EmptySlice = 'good' | 'bad' | 'not-judged';

export interface SliceRule {
  readonly minutes: number;
  /** A slice is good when at least this share of its events is. */
  readonly targetPpm: Ppm;
  readonly empty: EmptySlice;
}

/** Slices of time as counts: each slice is one event in the minute in which it ends, so budgets, burn and alerts work alike. */
export interface SliceSeries extends CountSeries {
  readonly sliceMinutes: number;
  /** Always shown beside a verdict on time. */
  readonly slices: SliceNumbers;
}

export interface SliceNumbers {
  readonly good: number;
  readonly bad: number;
  /** Without any event, also counted above as the rule says. */
  readonly empty: number;
  /** Whole slices that corrections left out. */
  readonly leftOut: number;
}

/**
 * Judges every slice that lies in the series as a whole. Slices begin at multiples of their length since 1970 in UTC, so that a
 * verdict does not change while a rolling window moves; the window in which a slice ends owns it.
 */
export function judgeSlices(series: CountSeries, rule: SliceRule): SliceSeries {
  const length = series.totalUpTo.length;
  const judged = {
    goodUpTo: new Float64Array(length),
    totalUpTo: new Float64Array(length),
    leftOutUpTo: new Float64Array(length),
  };
  const slices = { good: 0, bad: 0, empty: 0, leftOut: 0 };
  for (const slice of slicesWithin(series, rule.minutes)) {
    const verdict = judge(series, slice, rule);
    const index = slice.toMinute - series.fromMinute;
    if (verdict.empty) slices.empty += 1;
    if (verdict.as === 'not-judged') continue;
    slices[verdict.as] += 1;
    if (verdict.as === 'leftOut') judged.leftOutUpTo[index] = 1;
    else judged.totalUpTo[index] = 1;
    if (verdict.as === 'good') judged.goodUpTo[index] = 1;
  }
  for (const sums of Object.values(judged)) sumUp(sums);
  const { fromMinute, toMinute } = series;
  return { fromMinute, toMinute, ...judged, sliceMinutes: rule.minutes, slices };
}

/** How many slices end in these minutes: those that a window has still to come. */
export const slicesEnding = ({ fromMinute, toMinute }: Bounds, minutes: number): number =>
  Math.max(0, Math.floor(toMinute / minutes) - Math.floor(fromMinute / minutes));

function judge(
  series: CountSeries,
  slice: Bounds,
  rule: SliceRule,
): { readonly as: EmptySlice | 'leftOut'; readonly empty: boolean } {
  if (leftOutBetween(series, slice) === rule.minutes) return { as: 'leftOut', empty: false };
  const { good, total } = countsBetween(series, slice);
  if (total === 0) return { as: rule.empty, empty: true };
  const kept = noMoreBadThan(total - good, total, allowance(rule.targetPpm));
  return { as: kept ? 'good' : 'bad', empty: false };
}

function* slicesWithin({ fromMinute, toMinute }: Bounds, minutes: number): Iterable<Bounds> {
  const first = Math.ceil(fromMinute / minutes) * minutes;
  for (let from = first; from + minutes <= toMinute; from += minutes) {
    yield { fromMinute: from, toMinute: from + minutes };
  }
}
