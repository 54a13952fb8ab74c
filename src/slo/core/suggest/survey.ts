import { type RequestBatch, SPANS, spanEnd, spanStart } from '../logs/batch.ts';
import { NO_ROUTE, OTHERS, type RouteTable } from '../routes/route-table.ts';
import { type RowKeys, rowKeys } from '../screens/keys-of-rows.ts';
import { NO_KEY } from '../screens/text-keys.ts';
import { recentPages } from './recent.ts';
import { type RouteKind, routeKind } from './route-kinds.ts';

/** What shows that requests belong to a page: it is named as their Referer; they have the same id; they follow it within seconds. */
export const PAGE_SIGNS = ['referer', 'id', 'client'] as const;
export type PageSign = (typeof PAGE_SIGNS)[number];

/** A route by its id in the table, counted without requests of bots. */
export interface SurveyedRoute {
  readonly route: number;
  readonly kind: RouteKind;
  readonly requests: number;
  /** Status 400 to 499. */
  readonly refused: number;
  /** Answered with a page's status: 2xx or 304. */
  readonly shown: number;
  readonly bots: number;
  /** Requests that named it as the page they were asked from. */
  readonly named: number;
  /** How often it came first, of its client after a pause, or of its id; and how often something followed. */
  readonly opened: Readonly<Record<'id' | 'client', number>>;
  readonly followed: Readonly<Record<'id' | 'client', number>>;
}

/** How often a route was asked for from a page. */
export interface Follower {
  readonly page: number;
  readonly route: number;
  readonly requests: number;
}

export interface Surveyed {
  readonly requests: number;
  readonly bots: number;
  /** Requests that tell it. */
  readonly told: Readonly<Record<'duration' | 'client' | 'userAgent' | 'referer' | 'trace' | 'view', number>>;
  /** Times are whole seconds: what began first within a second is not known. */
  readonly wholeSeconds: boolean;
  /** When the first and the last request began; infinite without any. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly routes: readonly SurveyedRoute[];
  readonly followers: Readonly<Record<PageSign, readonly Follower[]>>;
  /** Pairs that there was no room for. */
  readonly forgotten: number;
}

export interface Survey {
  readonly add: (batch: RequestBatch) => void;
  readonly surveyed: () => Surveyed;
}

/** Ids are below this: a page and a route are exact in a double. */
const ROUTES = 2 ** 20;
/** A scanner with a Referer to each path must not fill the memory. */
const MOST_PAIRS = 200_000;
/** A client that asked for nothing so long opens something new. */
const PAUSE_MS = 2000;
/** What names a page or has its id so long after it was opened is still of it. */
const ID_MS = 60_000;
const FIELDS = [
  'requests',
  'refused',
  'shown',
  'bots',
  'named',
  'idOpened',
  'idFollowed',
  'clientOpened',
  'clientFollowed',
] as const;
type Field = (typeof FIELDS)[number];

/** Looks at requests of logs in any order; memory is that of routes and pairs, which have their limits. */
export function survey(routes: RouteTable, mostPairs = MOST_PAIRS): Survey {
  const keys = rowKeys();
  const columns = columnsByRoute();
  const kinds: RouteKind[] = [];
  const pairs = { referer: pairCounts(mostPairs), id: pairCounts(mostPairs), client: pairCounts(mostPairs) };
  const pages = recentPages();
  const follow = {
    id: following('id', ID_MS, columns, pairs.id),
    client: following('client', PAUSE_MS, columns, pairs.client),
  };
  const told = { duration: 0, client: 0, userAgent: 0, referer: 0, trace: 0, view: 0 };
  const all = { requests: 0, bots: 0, wholeSeconds: true, fromMs: Infinity, toMs: -Infinity };

  const kindOf = (route: number): RouteKind => (kinds[route] ??= routeKind(routes.route(route)));
  const person = (batch: RequestBatch, row: number, route: number, beganMs: number): void => {
    const kind = kindOf(route);
    const status = batch.status[row] ?? 0;
    columns.add('requests', route);
    if (status >= 400 && status < 500) columns.add('refused', route);
    const isShown = (status >= 200 && status < 300) || status === 304;
    if (isShown) columns.add('shown', route);
    const { client, view, trace } = keys;
    if (keys.page !== NO_KEY) {
      const found = pages.find(keys.page, beganMs, ID_MS);
      if (found >= 0) {
        columns.add('named', pages.route(found));
        pairs.referer.add(pages.route(found), route);
      }
    }
    const durationMs = batch.durationMs[row] ?? Number.NaN;
    const endMs = beganMs + (Number.isNaN(durationMs) ? 0 : durationMs);
    const mayOpen = kind === 'page' && isShown;
    follow.id(view === NO_KEY ? trace : view, route, mayOpen, beganMs, endMs);
    follow.client(client, route, mayOpen, beganMs, endMs);
    if (!mayOpen) return;
    keys.read(batch, row, true);
    if (keys.page !== NO_KEY) pages.put(keys.page, route, beganMs);
  };

  return {
    add: (batch) => {
      for (let row = 0; row < batch.count; row += 1) {
        const route = batch.route[row] ?? 0;
        if (route === NO_ROUTE) continue;
        const beganMs = batch.beganMs[row] ?? 0;
        const durationMs = batch.durationMs[row] ?? Number.NaN;
        all.requests += 1;
        if (beganMs < all.fromMs) all.fromMs = beganMs;
        if (beganMs > all.toMs) all.toMs = beganMs;
        all.wholeSeconds &&= isWholeSecond(beganMs) || isWholeSecond(beganMs + durationMs);
        keys.read(batch, row, false);
        tell(told, batch, row, keys, durationMs);
        if (keys.bot) {
          all.bots += 1;
          columns.add('bots', route);
        } else if (route !== OTHERS) person(batch, row, route, beganMs);
      }
    },
    surveyed: () => ({
      ...all,
      told,
      routes: columns.rows(kindOf),
      followers: { referer: pairs.referer.rows(), id: pairs.id.rows(), client: pairs.client.rows() },
      forgotten: pairs.referer.forgotten() + pairs.id.forgotten() + pairs.client.forgotten(),
    }),
  };
}

/** Sees what comes first of an id or a client, and what follows it. */
function following(
  sign: 'id' | 'client',
  withinMs: number,
  columns: ReturnType<typeof columnsByRoute>,
  pairs: ReturnType<typeof pairCounts>,
) {
  const recent = recentPages();
  return (key: number, route: number, opens: boolean, beganMs: number, endMs: number): void => {
    if (key === NO_KEY) return;
    const found = recent.find(key, beganMs, withinMs);
    if (found < 0) {
      recent.put(key, opens ? route : NO_ROUTE, endMs);
      if (opens) columns.add(`${sign}Opened`, route);
      return;
    }
    const page = recent.route(found);
    if (page !== NO_ROUTE) {
      if (recent.followedFirst(found)) columns.add(`${sign}Followed`, page);
      pairs.add(page, route);
    }
    recent.touch(found, endMs);
  };
}

/** A duration was taken away from a time, in floats. */
const isWholeSecond = (ms: number): boolean => {
  const rest = ms % 1000;
  return rest < 0.01 || rest > 999.99;
};

function tell(
  told: Record<keyof Surveyed['told'], number>,
  batch: RequestBatch,
  row: number,
  { client, trace, view }: RowKeys,
  durationMs: number,
): void {
  if (!Number.isNaN(durationMs)) told.duration += 1;
  if (client !== NO_KEY) told.client += 1;
  if (trace !== NO_KEY) told.trace += 1;
  if (view !== NO_KEY) told.view += 1;
  if (spanEnd(batch, row, SPANS.userAgent) > spanStart(batch, row, SPANS.userAgent)) told.userAgent += 1;
  if (spanEnd(batch, row, SPANS.referer) > spanStart(batch, row, SPANS.referer)) told.referer += 1;
}

function columnsByRoute() {
  const columns = new Map<Field, Float64Array>(FIELDS.map((field) => [field, new Float64Array(1024)]));
  let most = 0;
  const at = (field: Field, route: number): number => columns.get(field)?.[route] ?? 0;
  return {
    add: (field: Field, route: number): void => {
      let column = columns.get(field) ?? new Float64Array();
      if (route >= column.length) {
        const more = new Float64Array(Math.max(column.length * 2, route + 1));
        more.set(column);
        columns.set(field, more);
        column = more;
      }
      column[route] = (column[route] ?? 0) + 1;
      if (route >= most) most = route + 1;
    },
    rows: (kindOf: (route: number) => RouteKind): readonly SurveyedRoute[] => {
      const rows: SurveyedRoute[] = [];
      for (let route = OTHERS + 1; route < most; route += 1)
        rows.push({
          ...{ route, kind: kindOf(route), requests: at('requests', route), refused: at('refused', route) },
          ...{ shown: at('shown', route), bots: at('bots', route), named: at('named', route) },
          opened: { id: at('idOpened', route), client: at('clientOpened', route) },
          followed: { id: at('idFollowed', route), client: at('clientFollowed', route) },
        });
      return rows;
    },
  };
}

function pairCounts(most: number) {
  const counts = new Map<number, number>();
  let forgotten = 0;
  return {
    add: (page: number, route: number): void => {
      const key = page * ROUTES + route;
      const before = counts.get(key);
      if (before === undefined && counts.size >= most) forgotten += 1;
      else counts.set(key, (before ?? 0) + 1);
    },
    forgotten: () => forgotten,
    rows: (): readonly Follower[] =>
      Array.from(counts, ([key, requests]) => ({
        page: Math.floor(key / ROUTES),
        route: key % ROUTES,
        requests,
      })),
  };
}
