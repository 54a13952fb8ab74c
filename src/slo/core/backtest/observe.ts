import { err, ok, type Problem, type Result } from '#core-values';
import type { RequestBatch } from '../logs/batch.ts';
import type { RouteTable } from '../routes/route-table.ts';
import type { CompiledScreen } from '../screens/screen.ts';
import { type ScreenViews, screenViews } from '../screens/screen-views.ts';
import type { ScreenMinute } from '../screens/view-counts.ts';
import type { Observations, Subject } from './observations.ts';
import { fewEnough, mergedObserved, type Observer, observer } from './observer.ts';
import { requestObserver, type WatchedRequests } from './watch-requests.ts';
import { viewObserver } from './watch-screens.ts';

/** What is to be seen of a log. */
export interface Sight {
  readonly screens: readonly CompiledScreen[];
  /** By the names of their subjects. */
  readonly requests: ReadonlyMap<string, WatchedRequests>;
  readonly subjects: readonly Subject[];
  /** Requests and views that began before or after are read, for they explain others, and not counted. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Watching {
  /** Requests in any pieces and in the order of their log. */
  readonly add: (batch: RequestBatch) => void;
  /** Decides about all views; what is added then may be of any time. */
  readonly finish: () => void;
  /** When the newest request that was read began. */
  readonly newestMs: () => number;
  readonly observations: () => Result<Observations, Problem>;
  /** How the views were put together. */
  readonly views: () => readonly ScreenMinute[];
  readonly account: ScreenViews['account'];
}

const MINUTE_MS = 60_000;

/** Makes a history of a log, once for all candidates. Its minutes are those from the first to the last request of any route. */
export function watching(sight: Sight, routes: RouteTable): Watching {
  const { fromMs, screens, subjects, toMs } = sight;
  const observers = subjects.map(observer);
  const named = (kind: Subject['kind']): ReadonlyMap<string, Observer> =>
    new Map(
      observers.flatMap((one) => (one.subject.kind === kind ? [[one.subject.name, one] as const] : [])),
    );
  const ofRequests = named('requests');
  const watchView = viewObserver(screens, named('screen'));
  const watchRequests = requestObserver(
    [...sight.requests].flatMap(([name, requests]) => {
      const found = ofRequests.get(name);
      return found === undefined ? [] : [{ requests, observer: found }];
    }),
    routes,
  );
  const views = screenViews(screens, routes, undefined, (open, place) => {
    const beganMs = open.began[place] ?? 0;
    const counts = beganMs >= fromMs && beganMs < toMs;
    if (counts) watchView(open, place);
    return counts;
  });
  const seen = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY, newest: 0 };
  const rows = (): number => observers.reduce((sum, one) => sum + one.rows(), 0);

  return {
    add: (batch) => {
      if (!fewEnough(rows()).ok) return;
      for (let row = 0; row < batch.count; row += 1) {
        const beganMs = batch.beganMs[row] ?? 0;
        if (beganMs > seen.newest) seen.newest = beganMs;
        if (beganMs < fromMs || beganMs >= toMs) continue;
        if (beganMs < seen.first) seen.first = beganMs;
        if (beganMs > seen.last) seen.last = beganMs;
      }
      watchRequests(batch, fromMs, toMs);
      if (screens.length > 0) views.add(batch);
    },
    finish: views.finish,
    newestMs: () => seen.newest,
    observations: () => {
      const few = fewEnough(rows());
      if (!few.ok) return few;
      const isEmpty = seen.first > seen.last;
      return ok({
        fromMinute: isEmpty ? 0 : Math.floor(seen.first / MINUTE_MS),
        toMinute: isEmpty ? 0 : Math.floor(seen.last / MINUTE_MS) + 1,
        observed: observers.map((one) => one.observed()),
      });
    },
    views: views.minutes,
    account: views.account,
  };
}

/** Histories of the same subjects, such as two threads saw. */
export function mergedObservations(parts: readonly Observations[]): Result<Observations, Problem> {
  const told = parts.filter(({ fromMinute, toMinute }) => fromMinute < toMinute);
  const [first = parts[0], ...others] = told;
  if (first === undefined) return ok({ fromMinute: 0, toMinute: 0, observed: [] });
  if (others.length === 0) return ok(first);
  const all = [first, ...others];
  const rows = all.reduce(
    (sum, { observed }) => sum + observed.reduce((n, { count }) => n + count.length, 0),
    0,
  );
  const few = fewEnough(rows);
  if (!few.ok) return err(few.error);
  return ok({
    fromMinute: Math.min(...all.map(({ fromMinute }) => fromMinute)),
    toMinute: Math.max(...all.map(({ toMinute }) => toMinute)),
    observed: first.observed.map(({ subject }, index) =>
      mergedObserved(
        all.flatMap(({ observed }) => observed[index] ?? []),
        subject,
      ),
    ),
  });
}
