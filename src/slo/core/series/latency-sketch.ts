/*
 * Latencies as counts of logarithmic buckets (DDSketch: Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with
 * relative-error guarantees", VLDB 2019). Each quantile is within 1 % of the true one; merging adds integers, so that it is exact and
 * its order does not matter. @datadog/sketches-js does the same with an object and a growing array for each sketch; ours is one table
 * for all minutes and routes, and tests hold it against theirs.
 */

/** 1 %. */
export const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** A microsecond; what is shorter counts as no time. */
const LEAST_MS = 1e-3;
/** 11 days; what is longer counts as that. */
const MOST_MS = 1e9;
const LOWEST = Math.ceil(Math.log(LEAST_MS) / LOG_GAMMA);

/** Bucket of what took no time. All others are above. */
const NO_TIME = 0;

/** The bucket of a latency: bucket n above 0 holds γ^(n+L-1) < ms ≤ γ^(n+L), with γ = 1.01/0.99. */
export function bucketOf(ms: number): number {
  if (!(ms >= LEAST_MS)) return NO_TIME;
  return Math.ceil(Math.log(Math.min(ms, MOST_MS)) / LOG_GAMMA) - LOWEST + 1;
}

/** Buckets are below this. */
export const BUCKETS = bucketOf(MOST_MS) + 1;

/** What stands for a bucket's latencies: none is further from it than 1 %. */
export const latencyOf = (bucket: number): number =>
  bucket <= NO_TIME ? 0 : (2 * GAMMA ** (bucket + LOWEST - 1)) / (GAMMA + 1);

/** Counts by bucket, ascending; buckets without any are left out. */
export type LatencySketch = readonly (readonly [bucket: number, count: number])[];

export const latencyCount = (sketch: LatencySketch): number =>
  sketch.reduce((sum, [, count]) => sum + count, 0);

export function mergedSketch(sketches: Iterable<LatencySketch>): LatencySketch {
  const counts = new Map<number, number>();
  for (const sketch of sketches) {
    for (const [bucket, count] of sketch) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return [...counts].toSorted(([a], [b]) => a - b);
}

/** The latency, in ms, of the request at rank ⌊q·(n-1)⌋, 0 ≤ q ≤ 1; undefined without any request. */
export function latencyQuantile(sketch: LatencySketch, q: number): number | undefined {
  const rank = Math.floor(q * (latencyCount(sketch) - 1));
  let below = 0;
  for (const [bucket, count] of sketch) {
    below += count;
    if (below > rank) return latencyOf(bucket);
  }
  return undefined;
}

/** How many requests took at most `ms`: at least and at most so many, for those in its own bucket are on either side. */
export function countWithin(
  sketch: LatencySketch,
  ms: number,
): { readonly least: number; readonly most: number } {
  const own = bucketOf(ms);
  let least = 0;
  let most = 0;
  for (const [bucket, count] of sketch) {
    if (bucket < own) least += count;
    if (bucket <= own) most += count;
  }
  return { least, most };
}
