import type { Definitions } from '../definitions/resolve.ts';
import { newBatch, type RequestBatch, SPAN_WIDTH, SPANS } from '../logs/batch.ts';
import { bytesOf } from '../logs/bytes.ts';
import { NO_ROUTE, OTHERS, type RouteTable, routeTable } from '../routes/route-table.ts';
import type { RowKeys } from '../screens/keys-of-rows.ts';
import { type CompiledScreen, compileScreens } from '../screens/screen.ts';
import { screenViews, VIEW_TIMES } from '../screens/screen-views.ts';
import { addKey, beginKey, type KeyDraft, keyOf, NO_KEY } from '../screens/text-keys.ts';
import type { ScreenCause, ScreenMinute } from '../screens/view-counts.ts';
import { type MinuteCount, requestCounts } from '../series/request-counts.ts';
import { SLOT_MINUTES, SLOT_MS, type SpoolRows } from './rows.ts';
import { type RequestSlo, type SloMinute, sloRequestCounts } from './slo-counts.ts';

/** What of some definitions is judged by requests. */
export interface RequestJudges {
  readonly screens: readonly CompiledScreen[];
  readonly slos: readonly RequestSlo[];
  /** SLOs of a screen, by its name. */
  readonly screenSlos: ReadonlyMap<string, readonly string[]>;
  /** Routes that the definitions name. */
  readonly patterns: readonly string[];
}

export function requestJudges({ screens, slos }: Pick<Definitions, 'screens' | 'slos'>): RequestJudges {
  const compiled = compileScreens(screens.map(({ screen }) => screen));
  if (!compiled.ok) throw new RangeError(compiled.error.reasons[0].message.en);
  const requestSlos = slos.flatMap(({ metadata: { name }, indicator }) =>
    indicator.kind === 'requests' ? [{ name, indicator }] : [],
  );
  const screenSlos = new Map<string, string[]>();
  for (const { metadata, indicator } of slos) {
    if (indicator.kind !== 'screen') continue;
    screenSlos.set(indicator.screen, [...(screenSlos.get(indicator.screen) ?? []), metadata.name]);
  }
  const patterns = [
    ...screens.flatMap(({ screen }) => screen.requests.flatMap(({ routes }) => routes)),
    ...requestSlos.flatMap(({ indicator }) => indicator.routes),
  ];
  // A path alone comes behind the same with a method: both name the same pattern.
  return { screens: compiled.value, slos: requestSlos, screenSlos, patterns: [...new Set(patterns)] };
}

/** Longer than any view: what began so much before a slot cannot be part of what happens in it. */
export const LOOK_BACK_SLOTS = 1;
/** After its slot a view goes on for so long; documents of clocks that tell whole seconds are taken early. */
export const LOOK_AHEAD_MS = VIEW_TIMES.longestMs + 2 * VIEW_TIMES.clockMs;

export interface Judged {
  readonly views: readonly ScreenMinute[];
  readonly causes: readonly ScreenCause[];
  readonly slos: readonly SloMinute[];
  readonly routes: readonly RouteMinute[];
}

export interface RouteMinute extends Omit<MinuteCount, 'route'> {
  /** `GET /items/{id}`. */
  readonly route: string;
}

/**
 * Counts of a slot's minutes before `untilMinute`, from all requests of it and around it. The answer depends on which requests there are,
 * and not on how they are parted or in which order they stand.
 */
export function judgeSlot(
  judges: RequestJudges,
  spooled: readonly SpoolRows[],
  { slot, untilMinute }: { readonly slot: number; readonly untilMinute: number },
): Judged {
  const bounds = {
    fromMs: (slot - LOOK_BACK_SLOTS) * SLOT_MS,
    slotMs: slot * SLOT_MS,
    slotEndMs: Math.min((slot + 1) * SLOT_MS, untilMinute * 60_000),
    toMs: (slot + 1) * SLOT_MS + LOOK_AHEAD_MS,
  };
  const routes = routeTable({ patterns: judges.patterns });
  const keys = keysOfSpool();
  const views = screenViews(judges.screens, routes, ALL_IN_TIME, undefined, keys);
  const slos = sloRequestCounts(judges.slos, routes);
  const perRoute = requestCounts();
  const isFirst = firstOfIds(spooled);
  for (const [part, rows] of spooled.entries()) {
    const places = Array.from({ length: rows.count }, (_, row) => row).filter((row) => {
      const beganMs = rows.beganMs[row] ?? 0;
      return beganMs >= bounds.fromMs && beganMs < bounds.toMs && isFirst(part, row);
    });
    keys.use(rows, places);
    views.add(batchOf(rows, places, routes));
    const own = places.filter((row) => {
      const beganMs = rows.beganMs[row] ?? 0;
      return beganMs >= bounds.slotMs && beganMs < bounds.slotEndMs;
    });
    const batch = batchOf(rows, own, routes);
    slos.add(batch);
    perRoute.add(batch);
  }
  views.finish();
  const isOwn = ({ minute }: { readonly minute: number }): boolean =>
    minute >= slot * SLOT_MINUTES && minute < Math.min((slot + 1) * SLOT_MINUTES, untilMinute);
  return {
    views: views.minutes().filter(isOwn),
    causes: views.causes().filter(isOwn),
    slos: slos.rows(),
    routes: perRoute.rows().map(({ route, ...counts }) => {
      const { method, pattern } = routes.route(route);
      return { ...counts, route: method === '' ? pattern : `${method} ${pattern}` };
    }),
  };
}

/** All requests there are have come: none is late. */
const ALL_IN_TIME = { ...VIEW_TIMES, latenessMs: 4 * SLOT_MS };

/** Of requests that say the same id, one counts: the earliest, of those the fastest, then that of the lowest status. */
function firstOfIds(spooled: readonly SpoolRows[]): (part: number, row: number) => boolean {
  const first = new Map<number, readonly [rows: SpoolRows, part: number, row: number]>();
  for (const [part, rows] of spooled.entries()) {
    for (let row = 0; row < rows.count; row += 1) {
      const id = rows.id[row] ?? 0;
      if (id === 0) continue;
      const known = first.get(id);
      if (known === undefined || orderOf(rows, row, known[0], known[2]) < 0) first.set(id, [rows, part, row]);
    }
  }
  return (part, row) => {
    const id = spooled[part]?.id[row] ?? 0;
    if (id === 0) return true;
    const known = first.get(id);
    return known?.[1] === part && known[2] === row;
  };
}

const orderOf = (a: SpoolRows, rowOfA: number, b: SpoolRows, rowOfB: number): number =>
  (a.beganMs[rowOfA] ?? 0) - (b.beganMs[rowOfB] ?? 0) ||
  (a.timeUs[rowOfA] ?? 0) - (b.timeUs[rowOfB] ?? 0) ||
  (a.status[rowOfA] ?? 0) - (b.status[rowOfB] ?? 0);

const PAGE = 2;

/** Keys as they were spooled, in place of those of texts. */
function keysOfSpool(): RowKeys & { readonly use: (rows: SpoolRows, places: readonly number[]) => void } {
  const draft: KeyDraft = { low: 0, high: 0 };
  let rows: SpoolRows | undefined;
  let places: readonly number[] = [];
  const keys = {
    ...{ client: NO_KEY, page: NO_KEY, trace: NO_KEY, view: NO_KEY, bot: false },
    use: (used: SpoolRows, usedPlaces: readonly number[]): void => {
      rows = used;
      places = usedPlaces;
    },
    read: (_: RequestBatch, place: number, opens: boolean): void => {
      const row = places[place] ?? -1;
      keys.client = rows?.client[row] ?? NO_KEY;
      keys.trace = rows?.trace[row] ?? NO_KEY;
      keys.view = rows?.view[row] ?? NO_KEY;
      keys.bot = rows?.bot[row] === 1;
      const page = (opens ? rows?.page[row] : rows?.referer[row]) ?? NO_KEY;
      keys.page = NO_KEY;
      if (keys.client === NO_KEY || page === NO_KEY) return;
      beginKey(draft, PAGE);
      addKey(draft, keys.client);
      addKey(draft, page);
      keys.page = keyOf(draft);
    },
  };
  return keys;
}

/** Some rows as a batch without texts but the customer's. */
function batchOf(rows: SpoolRows, places: readonly number[], routes: RouteTable): RequestBatch {
  const ids = rows.routes.map((route) => routeId(route, routes));
  const customers = rows.customers.map(bytesOf);
  const ends: number[] = [];
  for (const name of customers) ends.push((ends.at(-1) ?? 0) + name.length);
  const batch = newBatch(Math.max(1, places.length), Math.max(1, ends.at(-1) ?? 0));
  for (const [index, name] of customers.entries()) batch.bytes.set(name, (ends[index] ?? 0) - name.length);
  for (const [index, row] of places.entries()) {
    const timeUs = rows.timeUs[row] ?? -1;
    const customer = rows.customer[row] ?? 0;
    batch.beganMs[index] = rows.beganMs[row] ?? 0;
    batch.durationMs[index] = timeUs < 0 ? Number.NaN : timeUs / 1000;
    batch.status[index] = rows.status[row] ?? 0;
    batch.route[index] = ids[rows.route[row] ?? 0] ?? NO_ROUTE;
    if (customer === 0) continue;
    batch.spans[index * SPAN_WIDTH + SPANS.customer] = ends[customer - 2] ?? 0;
    batch.spans[index * SPAN_WIDTH + SPANS.customer + 1] = ends[customer - 1] ?? 0;
  }
  batch.count = places.length;
  return batch;
}

/** A route as it was found when its request came; patterns that were named since then take it in. */
function routeId(route: string, routes: RouteTable): number {
  const space = route.indexOf(' ');
  if (space < 0) return route === routes.route(OTHERS).pattern ? OTHERS : NO_ROUTE;
  const bytes = bytesOf(route);
  const pathStart = bytesOf(route.slice(0, space)).length + 1;
  return routes.idOf(bytes, 0, pathStart - 1, pathStart, bytes.length);
}
