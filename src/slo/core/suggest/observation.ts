import {
  ABANDONED,
  BOT,
  type OpenViews,
  UNMEASURED,
  UNSURE,
  VIEW_WAYS,
  type ViewWay,
} from '../screens/open-views.ts';
import type { CompiledScreen } from '../screens/screen.ts';
import { waysOf } from '../screens/view-counts.ts';
import { BUCKETS, bucketOf, type LatencySketch } from '../series/latency-sketch.ts';

/** What was seen of a screen's views, without those of bots and those that were abandoned. */
export interface Observed {
  readonly views: number;
  readonly bots: number;
  readonly abandoned: number;
  readonly sure: number;
  readonly unmeasured: number;
  readonly ways: Readonly<Record<ViewWay, number>>;
  readonly requests: readonly ObservedRequest[];
  /** Views taken by chance, as many as there is room for. */
  readonly sample: ViewSample;
}

export interface ObservedRequest {
  /** Views in which it came. */
  readonly seen: number;
  readonly failed: number;
  /** Of those that did not fail and were measured. */
  readonly latencies: LatencySketch;
}

/** Views by column: `size` places for each. */
export interface ViewSample {
  readonly views: number;
  readonly size: number;
  readonly seen: Int32Array;
  readonly failed: Int32Array;
  readonly timesUs: Int32Array;
  readonly afterMs: Int32Array;
}

export interface Observation {
  /** For `screenViews`: sees each view, and has none of them counted. */
  readonly watch: (views: OpenViews, place: number) => boolean;
  readonly observed: () => readonly Observed[];
}

const SAMPLED = 8192;

export function observation(screens: readonly CompiledScreen[]): Observation {
  const states = screens.map(({ size }) => observing(size));
  return {
    watch: (views, place) => {
      states[views.screen[place] ?? -1]?.add(views, place);
      return false;
    },
    observed: () => states.map((state) => state.observed()),
  };
}

function observing(size: number) {
  const counts = { views: 0, bots: 0, abandoned: 0, sure: 0, unmeasured: 0 };
  const ways = VIEW_WAYS.map(() => 0);
  const seen = new Float64Array(size);
  const failed = new Float64Array(size);
  const buckets = Array.from({ length: size }, () => new Float64Array(BUCKETS));
  const sample = {
    seen: new Int32Array(SAMPLED),
    failed: new Int32Array(SAMPLED),
    timesUs: new Int32Array(SAMPLED * size),
    afterMs: new Int32Array(SAMPLED * size),
  };
  let random = 1;
  /** Each view has the same chance (Vitter's algorithm R), and the same logs have the same sample. */
  const sampledAt = (view: number): number => {
    if (view < SAMPLED) return view;
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((random / 2 ** 32) * (view + 1));
  };
  const keep = (views: OpenViews, place: number): void => {
    const at = sampledAt(counts.views);
    if (at >= SAMPLED) return;
    const from = place * views.stride;
    sample.seen[at] = views.seen[place] ?? 0;
    sample.failed[at] = views.failed[place] ?? 0;
    sample.timesUs.set(views.timesUs.subarray(from, from + size), at * size);
    sample.afterMs.set(views.afterMs.subarray(from, from + size), at * size);
  };
  const add = (views: OpenViews, place: number): void => {
    const flags = views.flags[place] ?? 0;
    if ((flags & BOT) !== 0) counts.bots += 1;
    else if ((flags & ABANDONED) !== 0) counts.abandoned += 1;
    if ((flags & (BOT | ABANDONED)) !== 0) return;
    keep(views, place);
    counts.views += 1;
    if ((flags & UNSURE) === 0) counts.sure += 1;
    const measured = (flags & UNMEASURED) === 0;
    if (!measured) counts.unmeasured += 1;
    const way = views.way[place] ?? 0;
    ways[way] = (ways[way] ?? 0) + 1;
    const came = views.seen[place] ?? 0;
    const broke = views.failed[place] ?? 0;
    for (let request = 0; request < size; request += 1) {
      const bit = 1 << request;
      if ((came & bit) === 0) continue;
      seen[request] = (seen[request] ?? 0) + 1;
      if ((broke & bit) !== 0) failed[request] = (failed[request] ?? 0) + 1;
      else if (measured) {
        const bucket = bucketOf((views.timesUs[place * views.stride + request] ?? 0) / 1000);
        const column = buckets[request];
        if (column !== undefined) column[bucket] = (column[bucket] ?? 0) + 1;
      }
    }
  };
  return {
    add,
    observed: (): Observed => ({
      ...counts,
      ways: waysOf((way) => ways[VIEW_WAYS.indexOf(way)] ?? 0),
      requests: buckets.map((column, request) => ({
        seen: seen[request] ?? 0,
        failed: failed[request] ?? 0,
        latencies: sketchOf(column),
      })),
      sample: { ...sample, views: Math.min(SAMPLED, counts.views), size },
    }),
  };
}

/** Counts by bucket, as sketches are told. */
export const sketchOf = (buckets: Float64Array): LatencySketch =>
  Array.from(buckets, (count, bucket) => [bucket, count] as const).filter(([, count]) => count > 0);
