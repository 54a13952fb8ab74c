import { BUCKETS, bucketOf, type LatencySketch } from '../series/latency-sketch.ts';
import { sketchOf, type ViewSample } from './observation.ts';

/** What people waited for in the views of a sample. */
export interface Waiting {
  /** Of each request, its part of the time until the last one of the chain had ended, over all views: 0 to 1. */
  readonly shares: readonly number[];
  /** When the chain had ended. */
  readonly ends: LatencySketch;
}

/** `after`: by request, -1 for none. `waitedFor`: bits of requests of which the last one ends the wait. */
export function waitingOf(
  { seen, failed, size, timesUs, views }: ViewSample,
  after: readonly number[],
  waitedFor: number,
): Waiting {
  const times = new Float64Array(size);
  const ends = new Float64Array(BUCKETS);
  let all = 0;
  for (let view = 0; view < views; view += 1) {
    const came = (seen[view] ?? 0) & waitedFor & ~(failed[view] ?? 0);
    const timeOf = (request: number): number =>
      ((seen[view] ?? 0) & (1 << request)) === 0 ? 0 : (timesUs[view * size + request] ?? 0);
    const endOf = (request: number): number => {
      let end = 0;
      for (let at = request, steps = 0; at >= 0 && steps < size; at = after[at] ?? -1, steps += 1)
        end += timeOf(at);
      return end;
    };
    let last = -1;
    let end = -1;
    for (let request = 0; request < size; request += 1) {
      if ((came & (1 << request)) === 0) continue;
      const own = endOf(request);
      if (own > end) [last, end] = [request, own];
    }
    if (last < 0) continue;
    const bucket = bucketOf(end / 1000);
    ends[bucket] = (ends[bucket] ?? 0) + 1;
    all += end;
    for (let at = last, steps = 0; at >= 0 && steps < size; at = after[at] ?? -1, steps += 1)
      times[at] = (times[at] ?? 0) + timeOf(at);
  }
  return { shares: Array.from(times, (time) => (all === 0 ? 0 : time / all)), ends: sketchOf(ends) };
}
