import type { RequestBatch } from '../logs/batch.ts';
import { integerTable } from './integer-table.ts';
import { BUCKETS, bucketOf, type LatencySketch } from './latency-sketch.ts';

const MINUTE_MS = 60_000;
/** Routes are below this: an id of a minute and a route is exact in a double. */
const ROUTES = 2 ** 20;
/** Server errors; what the client did wrong is not the service's. */
const LEAST_FAILED_STATUS = 500;

/** Requests of a route within a minute. */
export interface MinuteCount {
  /** Minutes since 1970, by when requests began. */
  readonly minute: number;
  readonly route: number;
  readonly total: number;
  /** Status 500 and above. */
  readonly failed: number;
  /** The client had gone before there was a response: no status (CloudFront's 000), 499 (nginx), 460 (ALB). */
  readonly abandoned: number;
  /** Of those that were measured. */
  readonly latencies: LatencySketch;
}

export interface RequestCounts {
  readonly add: (batch: RequestBatch) => void;
  /** By minute, then route. Grows with minutes and routes, not with requests. */
  readonly rows: () => readonly MinuteCount[];
}

const FIELDS = 3;

/** Counts requests per minute and route. */
export function requestCounts(): RequestCounts {
  const table = integerTable();
  const buckets = integerTable();
  let counts = new Float64Array(1024 * FIELDS);
  let bucketCounts = new Float64Array(1024);

  const add = (minute: number, route: number, status: number, durationMs: number): void => {
    const place = table.placeOf(minute * ROUTES + route);
    if ((place + 1) * FIELDS > counts.length) counts = doubled(counts);
    const at = place * FIELDS;
    counts[at] = (counts[at] ?? 0) + 1;
    if (status >= LEAST_FAILED_STATUS) counts[at + 1] = (counts[at + 1] ?? 0) + 1;
    else if (status === 0 || status === 499 || status === 460) counts[at + 2] = (counts[at + 2] ?? 0) + 1;
    if (Number.isNaN(durationMs)) return;
    const bucket = buckets.placeOf(place * BUCKETS + bucketOf(durationMs));
    if (bucket >= bucketCounts.length) bucketCounts = doubled(bucketCounts);
    bucketCounts[bucket] = (bucketCounts[bucket] ?? 0) + 1;
  };

  return {
    add: ({ count, beganMs, route, status, durationMs }) => {
      for (let row = 0; row < count; row += 1) {
        const minute = Math.floor((beganMs[row] ?? 0) / MINUTE_MS);
        add(minute, route[row] ?? 0, status[row] ?? 0, durationMs[row] ?? Number.NaN);
      }
    },
    rows: () => {
      const sketches: [number, number][][] = Array.from({ length: table.size() }, () => []);
      for (let index = 0; index < buckets.size(); index += 1) {
        const key = buckets.keyAt(index);
        sketches[Math.floor(key / BUCKETS)]?.push([key % BUCKETS, bucketCounts[index] ?? 0]);
      }
      return sketches
        .map((latencies, place): MinuteCount => {
          const key = table.keyAt(place);
          const at = place * FIELDS;
          return {
            minute: Math.floor(key / ROUTES),
            route: key % ROUTES,
            total: counts[at] ?? 0,
            failed: counts[at + 1] ?? 0,
            abandoned: counts[at + 2] ?? 0,
            latencies: latencies.toSorted(([a], [b]) => a - b),
          };
        })
        .toSorted((a, b) => a.minute - b.minute || a.route - b.route);
    },
  };
}

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const more = new Float64Array(values.length * 2);
  more.set(values);
  return more;
}
