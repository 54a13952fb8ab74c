import type { RequestIndicator } from '../definitions/indicators.ts';
import type { RequestBatch } from '../logs/batch.ts';
import type { RouteTable } from '../routes/route-table.ts';
import { isClosedByClient } from '../screens/correlation.ts';
import { microseconds } from '../screens/score.ts';
import type { StatusRange } from '../screens/screen.ts';
import type { Subject } from './observations.ts';
import { type Observer, placeOf } from './observer.ts';

/** Requests of an access log that an SLO counts, whatever they may take. */
export type WatchedRequests = Pick<RequestIndicator, 'routes' | 'badStatus'>;

const MINUTE_MS = 60_000;
const STATUSES = 1000;

interface Watch {
  readonly observer: Observer;
  readonly bad: Uint8Array;
  readonly cutsUs: Float64Array;
  readonly isOf: (method: string, pattern: string) => boolean;
}

/** Counts requests by how long they took. What the client took back without an answer is not judged, unless its status is called bad. */
export function requestObserver(
  watched: readonly { readonly requests: WatchedRequests; readonly observer: Observer }[],
  routes: RouteTable,
): (batch: RequestBatch, fromMs: number, toMs: number) => void {
  const watches = watched.map(({ requests, observer }): Watch => {
    const names = new Set(requests.routes);
    return {
      observer,
      bad: badStatuses(requests.badStatus),
      cutsUs: Float64Array.from(observer.subject.cutsUs[0] ?? []),
      isOf: (method, pattern) => names.size === 0 || names.has(pattern) || names.has(`${method} ${pattern}`),
    };
  });
  const ofRoute: (readonly Watch[])[] = [];
  const watchesOf = (route: number): readonly Watch[] => {
    const { method, pattern } = routes.route(route);
    const found = watches.filter(({ isOf }) => isOf(method, pattern));
    ofRoute[route] = found;
    return found;
  };
  return (batch, fromMs, toMs) => {
    if (watches.length === 0) return;
    for (let row = 0; row < batch.count; row += 1) {
      const beganMs = batch.beganMs[row] ?? 0;
      if (beganMs < fromMs || beganMs >= toMs) continue;
      const route = batch.route[row] ?? 0;
      for (const watch of ofRoute[route] ?? watchesOf(route)) {
        const status = batch.status[row] ?? 0;
        const failed = watch.bad[status] === 1;
        if (!failed && isClosedByClient(status)) continue;
        const timeUs = microseconds(batch.durationMs[row] ?? Number.NaN);
        watch.observer.draft[0] = placeOf(watch.cutsUs, true, failed, timeUs);
        watch.observer.count(Math.floor(beganMs / MINUTE_MS), 1);
      }
    }
  };
}

function badStatuses(ranges: readonly StatusRange[]): Uint8Array {
  const bad = new Uint8Array(STATUSES);
  for (const { from, to } of ranges) bad.fill(1, from, to + 1);
  return bad;
}

/** Longer than any time that is told, so that the slowest are still told from those that failed. */
const LONGER_THAN_ANY_US = 2 ** 31;

/** `slowerThanMs`: what candidates call slow, none where none does. */
export const requestsSubject = (name: string, slowerThanMs: readonly number[]): Subject => ({
  kind: 'requests',
  name,
  cutsUs: [
    [...[...new Set(slowerThanMs)].map((ms) => ms * 1000).toSorted((a, b) => a - b), LONGER_THAN_ANY_US],
  ],
});
