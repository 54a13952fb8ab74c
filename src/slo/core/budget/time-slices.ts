import { allowance, type Ppm } from '../objective/ppm.ts';
import type { Bounds } from '../objective/time-window.ts';
import { type CountSeries, countsBetween, leftOutBetween, sumBetween, sumUp } from './counts.ts';
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
  readonly emptyUpTo: Float64Array;
}

/** Always shown beside a verdict on time. */
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
    emptyUpTo: new Float64Array(length),
  };
  for (const slice of slicesWithin(series, rule.minutes)) {
    const { as, empty } = judge(series, slice, rule);
    const index = slice.toMinute - series.fromMinute;
    if (empty) judged.emptyUpTo[index] = 1;
    if (as === 'leftOut') judged.leftOutUpTo[index] = 1;
    if (as === 'good') judged.goodUpTo[index] = 1;
    if (as === 'good' || as === 'bad') judged.totalUpTo[index] = 1;
  }
  for (const sums of Object.values(judged)) sumUp(sums);
  const { fromMinute, toMinute } = series;
  return { fromMinute, toMinute, ...judged, sliceMinutes: rule.minutes };
}

/** What became of the slices that end in these minutes. */
export function sliceNumbers(series: SliceSeries, bounds: Bounds): SliceNumbers {
  const { good, total } = countsBetween(series, bounds);
  return {
    good,
    bad: total - good,
    empty: sumBetween(series, series.emptyUpTo, bounds),
    leftOut: leftOutBetween(series, bounds),
  };
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
