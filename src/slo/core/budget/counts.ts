import type { Bounds } from '../objective/time-window.ts';

/** Events, or slices of time, that were judged: how many, and how many of them were good. Integers, good ≤ total. */
export interface Counts {
  readonly good: number;
  readonly total: number;
}

export interface MinuteCounts extends Counts {
  /** Minutes since 1970-01-01T00:00Z. */
  readonly minute: number;
}

/**
 * Counts of every minute of some bounds, as running sums: the counts of any part are two look-ups, so that burn over any window
 * costs the same. `goodUpTo[i]` sums the first i minutes.
 */
export interface CountSeries extends Bounds {
  readonly goodUpTo: Float64Array;
  readonly totalUpTo: Float64Array;
  /** Minutes that corrections left out, summed likewise; nothing was counted in them. */
  readonly leftOutUpTo: Float64Array;
}

/** Minutes may come in any order and more than once (their counts add up); those outside the bounds are not counted. */
export function countSeries(bounds: Bounds, minutes: Iterable<MinuteCounts>): CountSeries {
  const length = Math.max(0, bounds.toMinute - bounds.fromMinute);
  const series = {
    ...bounds,
    goodUpTo: new Float64Array(length + 1),
    totalUpTo: new Float64Array(length + 1),
    leftOutUpTo: new Float64Array(length + 1),
  };
  for (const { minute, good, total } of minutes) {
    checkCounts(good, total);
    if (minute < bounds.fromMinute || minute >= bounds.toMinute) continue;
    const index = minute - bounds.fromMinute + 1;
    series.goodUpTo[index] = (series.goodUpTo[index] ?? 0) + good;
    series.totalUpTo[index] = (series.totalUpTo[index] ?? 0) + total;
  }
  sumUp(series.goodUpTo);
  if (!Number.isSafeInteger(sumUp(series.totalUpTo))) throw new RangeError('More events than can be counted');
  return series;
}

/** The events of these minutes, as far as the series has them. */
export function countsBetween(series: CountSeries, bounds: Bounds): Counts {
  const [from, to] = indexes(series, bounds);
  return {
    good: difference(series.goodUpTo, from, to),
    total: difference(series.totalUpTo, from, to),
  };
}

/** How many of these minutes corrections left out. */
export function leftOutBetween(series: CountSeries, bounds: Bounds): number {
  return difference(series.leftOutUpTo, ...indexes(series, bounds));
}

export const wholeOf = (series: CountSeries): Counts => countsBetween(series, series);

export const sumOf = (parts: readonly Counts[]): Counts => ({
  good: parts.reduce((sum, { good }) => sum + good, 0),
  total: parts.reduce((sum, { total }) => sum + total, 0),
});

/** Makes running sums of single values, in place; answers the whole. */
export function sumUp(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    sum += values[index] ?? 0;
    values[index] = sum;
  }
  return sum;
}

function checkCounts(good: number, total: number): void {
  if (!Number.isSafeInteger(good) || !Number.isSafeInteger(total) || good < 0 || good > total) {
    throw new RangeError(`Not counts: ${good} good of ${total}`);
  }
}

function indexes(series: CountSeries, { fromMinute, toMinute }: Bounds): [from: number, to: number] {
  const length = series.totalUpTo.length - 1;
  const from = Math.min(length, Math.max(0, fromMinute - series.fromMinute));
  return [from, Math.max(from, Math.min(length, toMinute - series.fromMinute))];
}

const difference = (sums: Float64Array, from: number, to: number): number =>
  (sums[to] ?? 0) - (sums[from] ?? 0);
