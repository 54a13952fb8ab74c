import { type RequestBatch, SPANS, spanEnd, spanStart } from '../logs/batch.ts';
import type { RouteTable } from '../routes/route-table.ts';
import { arrivalQueue } from './arrivals.ts';
import { correlation, type ViewTimes } from './correlation.ts';
import { type RowKeys, rowKeys } from './keys-of-rows.ts';
import type { OpenViews } from './open-views.ts';
import { screenRoutes } from './routes-of-screens.ts';
import { microseconds } from './score.ts';
import type { CompiledScreen } from './screen.ts';
import { type ScreenCause, type ScreenMinute, type ViewCounts, viewCounts } from './view-counts.ts';

export const VIEW_TIMES: ViewTimes = { gapMs: 10_000, longestMs: 60_000, latenessMs: 120_000, clockMs: 1000 };

/** What became of all requests: their sum. */
export interface ViewRequestsAccount {
  /** Of no screen. */
  readonly elsewhere: number;
  /** Part of a view. */
  readonly placed: number;
  /** Of a route of a screen, but of no view that was open. */
  readonly unplaced: number;
  /** Read when others that began long after them had been judged; not counted. */
  readonly late: number;
  /** Not decided yet; 0 after `finish`. */
  readonly waiting: number;
}

export interface ScreenViews {
  /** Requests in any pieces and in the order of their log. Routes are those of the table. */
  readonly add: (batch: RequestBatch) => void;
  /** Judges all views there are. What comes then may be of any time: another log. */
  readonly finish: () => void;
  readonly account: () => ViewRequestsAccount;
  readonly minutes: () => readonly ScreenMinute[];
  readonly causes: () => readonly ScreenCause[];
}

/** Sees a view that is closed, before it is counted; false where it should not be counted. It must not keep what it sees. */
export type ViewWatcher = (views: OpenViews, place: number) => boolean;

/** Below the minutes that fit a key: until 2096. */
const LAST_MS = 4e12;
/** How often requests that waited are judged, as a part of the time that they wait. */
const RELEASES = 8;

/** Puts requests together to page views and counts them. Memory is that of the views that are open at once, and of the counts. */
export function screenViews(
  screens: readonly CompiledScreen[],
  routes: RouteTable,
  times: ViewTimes = VIEW_TIMES,
  watch?: ViewWatcher,
  keys: RowKeys = rowKeys(),
): ScreenViews {
  const { latenessMs, clockMs } = times;
  const ofScreens = screenRoutes(screens, routes);
  const counts = viewCounts(screens);
  const queue = arrivalQueue();
  const { rows } = queue;
  const views = correlation({ screens, routes: ofScreens, rows, counts: watched(counts, watch), times });
  const step = Math.max(1000, Math.floor(latenessMs / RELEASES));
  let newest = Number.NEGATIVE_INFINITY;
  let released = Number.NEGATIVE_INFINITY;
  let elsewhere = 0;
  let late = 0;

  const release = (beforeMs: number): void => {
    queue.release(2 * beforeMs, views.take);
    views.closeBefore(beforeMs);
    released = beforeMs;
  };

  const keep = (batch: RequestBatch, row: number, beganMs: number): void => {
    const route = batch.route[row] ?? 0;
    const opens = ofScreens.opens(route);
    keys.read(batch, row, opens >= 0);
    const place = queue.place();
    const durationMs = batch.durationMs[row] ?? Number.NaN;
    const timeUs = Number.isNaN(durationMs) ? -1 : microseconds(durationMs);
    const status = batch.status[row] ?? 0;
    rows.began[place] = beganMs;
    rows.timeUs[place] = timeUs;
    rows.status[place] = status;
    rows.route[place] = route;
    rows.opens[place] = opens;
    rows.client[place] = keys.client;
    rows.page[place] = keys.page;
    rows.trace[place] = keys.trace;
    rows.view[place] = keys.view;
    rows.bot[place] = keys.bot ? 1 : 0;
    rows.customer[place] = counts.customerOf(
      batch.bytes,
      spanStart(batch, row, SPANS.customer),
      spanEnd(batch, row, SPANS.customer),
    );
    rows.time[place] = opens >= 0 ? 2 * (beganMs - clockMs) : 2 * beganMs + 1;
    rows.tie[place] = tieOf(keys, timeUs, status);
  };

  return {
    add: (batch) => {
      ofScreens.update();
      for (let row = 0; row < batch.count; row += 1) {
        const beganMs = Math.floor(batch.beganMs[row] ?? 0);
        const isInTime = beganMs >= newest - latenessMs && beganMs >= clockMs && beganMs <= LAST_MS;
        if (!isInTime) {
          late += 1;
          continue;
        }
        if (beganMs > newest) newest = beganMs;
        if (ofScreens.isUsed(batch.route[row] ?? 0)) keep(batch, row, beganMs);
        else elsewhere += 1;
      }
      const due = newest - latenessMs - clockMs;
      if (due > released + step) release(due);
    },
    finish: () => {
      release(2 * LAST_MS);
      newest = Number.NEGATIVE_INFINITY;
      released = Number.NEGATIVE_INFINITY;
    },
    account: () => ({
      elsewhere,
      placed: views.placed(),
      unplaced: views.unplaced(),
      late,
      waiting: queue.waiting(),
    }),
    minutes: counts.minutes,
    causes: counts.causes,
  };
}

const watched = (counts: ViewCounts, watch: ViewWatcher = () => true): ViewCounts => ({
  ...counts,
  add: (views, place) => {
    if (watch(views, place)) counts.add(views, place);
  },
});

/** Of requests that began at the same time, which comes first: by what they are. */
function tieOf({ client, page, trace, view }: RowKeys, timeUs: number, status: number): number {
  const texts = Math.imul(client | 0, 31) ^ Math.imul(page | 0, 37) ^ Math.imul(view | 0, 41);
  return texts ^ Math.imul(trace | 0, 43) ^ Math.imul(timeUs, 47) ^ Math.imul(status, 0x9e3779b1);
}
