import type { Arrivals } from './arrivals.ts';
import { type KeyMap, keyMap } from './key-map.ts';
import {
  ABANDONED,
  BOT,
  CUSTOMER_SETTLED,
  nextPlace,
  type OpenViews,
  openViews,
  UNMEASURED,
  UNSURE,
  WAY,
} from './open-views.ts';
import type { ScreenRoutes } from './routes-of-screens.ts';
import { type CompiledScreen, isFailure } from './screen.ts';
import { NO_KEY } from './text-keys.ts';
import type { ViewCounts } from './view-counts.ts';

/** How requests are put together; all in milliseconds of the log's time. */
export interface ViewTimes {
  /** A view is closed when nothing of it ran for so long. */
  readonly gapMs: number;
  /** What begins later than this after its document is not of the view: pages that poll would never close. */
  readonly longestMs: number;
  /**
   * Lines may come so much later than lines of requests that began after them: at least the longest request, for most logs are written
   * at its end.
   */
  readonly latenessMs: number;
  /** Clocks that tell whole seconds may have a request begin so much before its document. */
  readonly clockMs: number;
}

export interface Correlation {
  /** Rows must be given in the order of their time. */
  readonly take: (row: number) => void;
  /** Closes views that nothing beginning at this time or later can be of. */
  readonly closeBefore: (ms: number) => void;
  readonly placed: () => number;
  readonly unplaced: () => number;
}

interface Given {
  readonly screens: readonly CompiledScreen[];
  readonly routes: ScreenRoutes;
  readonly rows: Arrivals;
  readonly counts: ViewCounts;
  readonly times: ViewTimes;
}

/** Open views that have a key in common, from the newest to the oldest. */
interface Chain {
  readonly key: 'client' | 'page';
  readonly older: 'olderOfClient' | 'olderOfPage';
  readonly newer: 'newerOfClient' | 'newerOfPage';
  readonly newest: KeyMap;
}

interface State extends Given {
  readonly views: OpenViews;
  readonly free: number[];
  readonly byView: KeyMap;
  readonly byTrace: KeyMap;
  readonly ofClient: Chain;
  readonly ofPage: Chain;
  /** Views that a request could be of, as far as they are known. */
  readonly candidates: Int32Array;
  /** By what the last one was found. */
  way: number;
  placed: number;
  unplaced: number;
}

/**
 * Of a client's views that are open, and of those of one of its pages, so many are looked at: more people behind one address and user agent
 * cannot be told apart.
 */
const MOST_CANDIDATES = 64;
const NONE = -1;

/** CloudFront's 000, nginx's 499, ALB's 460. */
export const isClosedByClient = (status: number): boolean => status === 0 || status === 499 || status === 460;

/**
 * Finds the view of each request: by page-view id, else trace, else the page that it was asked from, else its client; among several the
 * newest that lacks this request. A document always opens a view, unless its page-view id has one of that screen.
 */
export function correlation(given: Given): Correlation {
  const state: State = {
    ...given,
    views: openViews(Math.max(1, ...given.screens.map(({ size }) => size))),
    free: [],
    ...{ byView: keyMap(), byTrace: keyMap() },
    ofClient: { key: 'client', older: 'olderOfClient', newer: 'newerOfClient', newest: keyMap() },
    ofPage: { key: 'page', older: 'olderOfPage', newer: 'newerOfPage', newest: keyMap() },
    candidates: new Int32Array(MOST_CANDIDATES),
    ...{ way: 0, placed: 0, unplaced: 0 },
  };
  return {
    take: (row) => take(state, row),
    closeBefore: (ms) => closeBefore(state, ms),
    placed: () => state.placed,
    unplaced: () => state.unplaced,
  };
}

function take(state: State, row: number): void {
  const { rows, routes, views } = state;
  const screen = rows.opens[row] ?? NONE;
  const route = rows.route[row] ?? 0;
  if (screen >= 0) {
    const same = openBy(state, state.byView, rows.view[row] ?? NO_KEY, row);
    const view = same >= 0 && views.screen[same] === screen ? same : open(state, row, screen);
    put(state, view, row, routes.requestOf(screen, route), WAY.alone);
    return;
  }
  const view = viewOf(state, row);
  const request = view < 0 ? NONE : routes.requestOf(views.screen[view] ?? NONE, route);
  if (request < 0) state.unplaced += 1;
  else put(state, view, row, request, state.way);
}

const isOpenAt = ({ views, times }: State, view: number, beganMs: number): boolean =>
  beganMs <= (views.ended[view] ?? 0) + times.gapMs && beganMs <= (views.began[view] ?? 0) + times.longestMs;

function openBy(state: State, map: KeyMap, key: number, row: number): number {
  if (key === NO_KEY) return NONE;
  const view = map.get(key);
  return view >= 0 && isOpenAt(state, view, state.rows.began[row] ?? 0) ? view : NONE;
}

function viewOf(state: State, row: number): number {
  const { rows, views } = state;
  const id = rows.view[row] ?? NO_KEY;
  const named = openBy(state, state.byView, id, row);
  state.way = WAY['page-view-id'];
  if (named >= 0) return named;
  const traced = openBy(state, state.byTrace, rows.trace[row] ?? NO_KEY, row);
  state.way = WAY.trace;
  const found = traced >= 0 ? traced : byClient(state, row);
  // A document is often asked for without the id that its page then makes: who has found it once needs to guess no more.
  if (found >= 0 && id !== NO_KEY && views.view[found] === NO_KEY) {
    views.view[found] = id;
    state.byView.set(id, found);
  }
  return found;
}

function byClient(state: State, row: number): number {
  state.way = WAY.referer;
  const found = among(state, row, state.ofPage);
  if (found >= 0) return found;
  state.way = WAY.client;
  return among(state, row, state.ofClient);
}

/** The best of a chain's views that a request could be of. Where there are several, each of them is unsure from then on. */
function among(state: State, row: number, chain: Chain): number {
  const { candidates, rows, routes, views } = state;
  const key = rows[chain.key][row] ?? NO_KEY;
  if (key === NO_KEY) return NONE;
  const route = rows.route[row] ?? 0;
  const id = rows.view[row] ?? NO_KEY;
  const beganMs = rows.began[row] ?? 0;
  let count = 0;
  let looked = 0;
  let best = NONE;
  let bestRank = NONE;
  for (let view = chain.newest.get(key); view >= 0 && looked < MOST_CANDIDATES; ) {
    const current = view;
    view = views[chain.older][current] ?? NONE;
    if (!isOpenAt(state, current, beganMs)) {
      // Time goes on: nothing that is taken later can be of it.
      close(state, current);
      continue;
    }
    looked += 1;
    const request = routes.requestOf(views.screen[current] ?? NONE, route);
    const known = views.view[current] ?? NO_KEY;
    if (request < 0 || (id !== NO_KEY && known !== NO_KEY && known !== id)) continue;
    const lacks = ((views.seen[current] ?? 0) & (1 << request)) === 0;
    // Documents of clocks that tell whole seconds are taken early.
    const rank = (lacks ? 2 : 0) + ((views.began[current] ?? 0) <= beganMs ? 1 : 0);
    if (rank > bestRank) {
      // Those that have this request already are no rivals to one that lacks it.
      if (lacks && bestRank < 2) count = 0;
      bestRank = rank;
      best = current;
    }
    if (lacks || bestRank < 2) {
      candidates[count] = current;
      count += 1;
    }
  }
  for (let index = 0; index < count && count > 1; index += 1) {
    const view = candidates[index] ?? 0;
    views.flags[view] = (views.flags[view] ?? 0) | UNSURE;
  }
  return best;
}

function open(state: State, row: number, screen: number): number {
  const { byTrace, byView, free, rows, views } = state;
  const view = free.pop() ?? nextPlace(views);
  const id = rows.view[row] ?? NO_KEY;
  const trace = rows.trace[row] ?? NO_KEY;
  const customer = rows.customer[row] ?? 0;
  views.screen[view] = screen;
  views.began[view] = rows.began[row] ?? 0;
  views.ended[view] = rows.began[row] ?? 0;
  views.client[view] = rows.client[row] ?? NO_KEY;
  views.page[view] = rows.page[row] ?? NO_KEY;
  views.trace[view] = trace;
  views.view[view] = id;
  views.customer[view] = customer;
  views.flags[view] = (rows.bot[row] === 1 ? BOT : 0) | (customer === 0 ? 0 : CUSTOMER_SETTLED);
  views.way[view] = WAY.alone;
  views.seen[view] = 0;
  views.failed[view] = 0;
  if (id !== NO_KEY) byView.set(id, view);
  if (trace !== NO_KEY) byTrace.set(trace, view);
  link(state, state.ofClient, view);
  link(state, state.ofPage, view);
  return view;
}

function link({ views }: State, { key, newer, newest, older }: Chain, view: number): void {
  const value = views[key][view] ?? NO_KEY;
  const before = value === NO_KEY ? NONE : newest.get(value);
  views[newer][view] = NONE;
  views[older][view] = before;
  if (before >= 0) views[newer][before] = view;
  if (value !== NO_KEY) newest.set(value, view);
}

function unlink({ views }: State, { key, newer, newest, older }: Chain, view: number): void {
  const value = views[key][view] ?? NO_KEY;
  const before = views[older][view] ?? NONE;
  const after = views[newer][view] ?? NONE;
  if (before >= 0) views[newer][before] = after;
  if (after >= 0) views[older][after] = before;
  else if (before >= 0) newest.set(value, before);
  else if (value !== NO_KEY) newest.delete(value);
}

/** Of requests that come more than once the slowest counts, and one that failed is enough. */
function put(state: State, view: number, row: number, request: number, way: number): void {
  const { counts, rows, screens, views } = state;
  const screen = screens[views.screen[view] ?? NONE];
  if (screen === undefined) return;
  const bit = 1 << request;
  const status = rows.status[row] ?? 0;
  const timeUs = rows.timeUs[row] ?? 0;
  const seen = views.seen[view] ?? 0;
  const customer = rows.customer[row] ?? 0;
  state.placed += 1;
  if (way !== WAY.alone) {
    const before = views.way[view] ?? WAY.alone;
    views.way[view] = before === WAY.alone ? way : Math.max(before, way);
  }
  views.ended[view] = Math.max(views.ended[view] ?? 0, (rows.began[row] ?? 0) + Math.max(0, timeUs) / 1000);
  if (customer !== 0 && ((views.flags[view] ?? 0) & CUSTOMER_SETTLED) === 0) {
    views.customer[view] = counts.customerAmong(views.customer[view] ?? 0, customer);
  }
  const failed = isFailure(screen, request, status);
  if (!failed && isClosedByClient(status)) {
    // An optional request that the client took back was not waited for.
    if ((screen.required & bit) !== 0) views.flags[view] = (views.flags[view] ?? 0) | ABANDONED;
    return;
  }
  const at = view * views.stride + request;
  views.timesUs[at] = Math.max((seen & bit) === 0 ? 0 : (views.timesUs[at] ?? 0), timeUs, 0);
  const afterMs = (rows.began[row] ?? 0) - (views.began[view] ?? 0);
  views.afterMs[at] = (seen & bit) === 0 ? afterMs : Math.min(views.afterMs[at] ?? 0, afterMs);
  views.seen[view] = seen | bit;
  if (failed) views.failed[view] = (views.failed[view] ?? 0) | bit;
  if (timeUs < 0) views.flags[view] = (views.flags[view] ?? 0) | UNMEASURED;
}

function closeBefore(state: State, ms: number): void {
  const { views } = state;
  for (let view = 0; view < views.top; view += 1) {
    if ((views.screen[view] ?? NONE) >= 0 && !isOpenAt(state, view, ms)) close(state, view);
  }
}

function close(state: State, view: number): void {
  const { byTrace, byView, counts, free, screens, views } = state;
  const size = screens[views.screen[view] ?? NONE]?.size ?? 0;
  // Where nothing but the document was found, and no id says that there is nothing else, the rest may have been missed.
  if (views.way[view] === WAY.alone && size > 1 && views.view[view] === NO_KEY) {
    views.flags[view] = (views.flags[view] ?? 0) | UNSURE;
  }
  counts.add(views, view);
  forget(byView, views.view[view] ?? NO_KEY, view);
  forget(byTrace, views.trace[view] ?? NO_KEY, view);
  unlink(state, state.ofClient, view);
  unlink(state, state.ofPage, view);
  views.screen[view] = NONE;
  free.push(view);
}

function forget(map: KeyMap, key: number, view: number): void {
  if (key !== NO_KEY && map.get(key) === view) map.delete(key);
}
