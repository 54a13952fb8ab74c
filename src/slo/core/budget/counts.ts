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

/** Counts in columns, row by row; as they come from a database or a log by the ten thousand. */
export interface CountColumns {
  readonly minute: ArrayLike<number>;
  readonly good: ArrayLike<number>;
  readonly total: ArrayLike<number>;
}

/** Minutes may come in any order and more than once (their counts add up); those outside the bounds are not counted. */
export function countSeries(bounds: Bounds, minutes: Iterable<MinuteCounts>): CountSeries {
  const rows = Array.from(minutes);
  return countSeriesOfColumns(bounds, {
    minute: rows.map(({ minute }) => minute),
    good: rows.map(({ good }) => good),
    total: rows.map(({ total }) => total),
  });
}

/** The same from columns, in less than a millisecond for a month. */
export function countSeriesOfColumns(bounds: Bounds, { minute, good, total }: CountColumns): CountSeries {
  const length = Math.max(0, bounds.toMinute - bounds.fromMinute);
  const goodUpTo = new Float64Array(length + 1);
  const totalUpTo = new Float64Array(length + 1);
  for (let row = 0; row < minute.length; row += 1) {
    const at = minute[row] ?? Number.NaN;
    const [rowGood, rowTotal] = [good[row] ?? Number.NaN, total[row] ?? Number.NaN];
    const areIntegers = Number.isInteger(at) && Number.isInteger(rowGood) && Number.isInteger(rowTotal);
    if (!areIntegers || rowGood < 0 || rowGood > rowTotal) {
      throw new RangeError(`Not counts of a minute: ${rowGood} good of ${rowTotal} at ${at}`);
    }
    const index = at - bounds.fromMinute + 1;
    if (index < 1 || index > length) continue;
    goodUpTo[index] = (goodUpTo[index] ?? 0) + rowGood;
    totalUpTo[index] = (totalUpTo[index] ?? 0) + rowTotal;
  }
  sumUp(goodUpTo);
  // Every sum is at most the last one: where that is a safe integer, so are all, and nothing was rounded.
  if (!Number.isSafeInteger(sumUp(totalUpTo))) throw new RangeError('More events than can be counted');
  return { ...bounds, goodUpTo, totalUpTo, leftOutUpTo: new Float64Array(length + 1) };
}

/** The events of these minutes, as far as the series has them. */
export const countsBetween = (series: CountSeries, bounds: Bounds): Counts => ({
  good: sumBetween(series, series.goodUpTo, bounds),
  total: sumBetween(series, series.totalUpTo, bounds),
});

/** How many of these minutes corrections left out. */
export const leftOutBetween = (series: CountSeries, bounds: Bounds): number =>
  sumBetween(series, series.leftOutUpTo, bounds);

/** Of running sums over the minutes of `whole`, what these minutes add; minutes outside add nothing. */
export function sumBetween(whole: Bounds, sums: Float64Array, { fromMinute, toMinute }: Bounds): number {
  const last = sums.length - 1;
  const from = Math.min(last, Math.max(0, fromMinute - whole.fromMinute));
  const to = Math.max(from, Math.min(last, toMinute - whole.fromMinute));
  return (sums[to] ?? 0) - (sums[from] ?? 0);
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
