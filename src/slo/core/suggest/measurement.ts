import type { Counts } from '../budget/counts.ts';
import type { RequestBatch } from '../logs/batch.ts';
import type { RouteTable } from '../routes/route-table.ts';
import { isClosedByClient } from '../screens/correlation.ts';
import { ABANDONED, BOT, type OpenViews, viewAt } from '../screens/open-views.ts';
import { isGood } from '../screens/score.ts';
import type { CompiledScreen } from '../screens/screen.ts';
import { BUCKETS, bucketOf, type LatencySketch } from '../series/latency-sketch.ts';
import { sketchOf } from './observation.ts';

/** Good and all events by the number of a day. */
export type DayCounts = ReadonlyMap<number, Counts>;

export interface ScreenMeasurement {
  readonly watch: (views: OpenViews, place: number) => boolean;
  /** By screen. */
  readonly days: () => readonly DayCounts[];
}

/** Requests of one route. */
export interface RequestMeasurement {
  readonly add: (batch: RequestBatch) => void;
  /** By route: all that were judged by day, good ones those that neither failed nor took longer than its threshold. */
  readonly days: () => readonly DayCounts[];
  readonly latencies: () => readonly LatencySketch[];
}

/** Times of hostile logs must not fill the memory: what is of further days counts to the last one. */
const MOST_DAYS = 1000;
const LEAST_FAILED = 500;

/** What a report of these screens would count. */
export function screenMeasurement(
  screens: readonly CompiledScreen[],
  dayOf: (ms: number) => number,
): ScreenMeasurement {
  const counts = screens.map(() => dayCounts());
  return {
    watch: (views, place) => {
      const index = views.screen[place] ?? -1;
      const screen = screens[index];
      if (screen === undefined || ((views.flags[place] ?? 0) & (BOT | ABANDONED)) !== 0) return false;
      counts[index]?.add(dayOf(views.began[place] ?? 0), isGood(screen, viewAt(views, place)));
      return false;
    },
    days: () => counts.map(({ days }) => days),
  };
}

/** What a report of SLOs over single routes would count; without a threshold only failures are bad. */
export function requestMeasurement(
  measured: readonly { readonly route: string; readonly thresholdMs?: number | undefined }[],
  routes: RouteTable,
  dayOf: (ms: number) => number,
): RequestMeasurement {
  const places = new Map(measured.map(({ route }, place) => [route, place]));
  const counts = measured.map(() => dayCounts());
  const buckets = measured.map(() => new Float64Array(BUCKETS));
  const placeOf: number[] = [];
  const find = (route: number): number => {
    const { method, pattern } = routes.route(route);
    const place = places.get(`${method} ${pattern}`) ?? -1;
    placeOf[route] = place;
    return place;
  };
  return {
    add: ({ count, route, status: statuses, durationMs, beganMs }) => {
      for (let row = 0; row < count; row += 1) {
        const place = placeOf[route[row] ?? 0] ?? find(route[row] ?? 0);
        const status = statuses[row] ?? 0;
        if (place < 0 || isClosedByClient(status)) continue;
        const ms = durationMs[row] ?? Number.NaN;
        const failed = status >= LEAST_FAILED;
        const isSlow = ms > (measured[place]?.thresholdMs ?? Number.POSITIVE_INFINITY);
        counts[place]?.add(dayOf(beganMs[row] ?? 0), !failed && !isSlow);
        const column = buckets[place];
        if (failed || Number.isNaN(ms) || column === undefined) continue;
        const bucket = bucketOf(ms);
        column[bucket] = (column[bucket] ?? 0) + 1;
      }
    },
    days: () => counts.map(({ days }) => days),
    latencies: () => buckets.map(sketchOf),
  };
}

function dayCounts() {
  const days = new Map<number, { good: number; total: number }>();
  let last = { good: 0, total: 0 };
  return {
    days,
    add: (day: number, good: boolean): void => {
      const known = days.get(day);
      if (known !== undefined) last = known;
      else if (days.size < MOST_DAYS) {
        last = { good: 0, total: 0 };
        days.set(day, last);
      }
      last.total += 1;
      if (good) last.good += 1;
    },
  };
}

export function allDays(days: DayCounts): Counts {
  let [good, total] = [0, 0];
  for (const counts of days.values()) {
    good += counts.good;
    total += counts.total;
  }
  return { good, total };
}
