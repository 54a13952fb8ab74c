import {
  clearRow,
  type LogRequest,
  newBatch,
  type RequestBatch,
  SPANS,
  setSpan,
  spanEnd,
  spanStart,
  TEXT_FIELDS,
} from '../logs/batch.ts';
import { bytesOf } from '../logs/bytes.ts';
import { ppm } from '../objective/ppm.ts';
import { type RouteTable, routeTable } from '../routes/route-table.ts';
import type { ViewTimes } from './correlation.ts';
import { type CompiledScreen, compileScreens, type Screen, type ScreenRequest } from './screen.ts';
import { type ScreenViews, screenViews, VIEW_TIMES } from './screen-views.ts';

export const request = (route: string, more: Partial<ScreenRequest> = {}): ScreenRequest => ({
  routes: [route],
  weight: 1,
  required: true,
  thresholdMs: 100,
  ...more,
});

export const screenOf = (requests: readonly ScreenRequest[], more: Partial<Screen> = {}): Screen => ({
  name: 'item',
  requests,
  document: 0,
  barPpm: ppm(800_000),
  thresholdMs: 1000,
  ...more,
});

export function compiledOne(screen: Screen): CompiledScreen {
  const compiled = compileScreens([screen]);
  const [first] = compiled.ok ? compiled.value : [];
  if (first === undefined) throw new Error('The screen is wrong');
  return first;
}

/** 2026-11-02T00:00Z. */
export const START_MS = 1_793_577_600_000;

export interface TestRequest extends Partial<Omit<LogRequest, 'beganMs'>> {
  /** Milliseconds since the start. */
  readonly at: number;
  /** `GET /items/1`. */
  readonly line: string;
}

/** Rows as a parser makes them; all of them in one batch. */
export function batchOf(requests: readonly TestRequest[], routes: RouteTable): RequestBatch {
  const batch = newBatch(Math.max(1, requests.length), 1000 * requests.length + 1);
  for (const { at, line, status = 200, durationMs = Number.NaN, ...texts } of requests) {
    clearRow(batch);
    const row = batch.count;
    batch.beganMs[row] = START_MS + at;
    batch.durationMs[row] = durationMs;
    batch.status[row] = status;
    const [method = '', path = ''] = line.split(' ');
    const all = { ...texts, method, path };
    for (const field of TEXT_FIELDS) {
      const bytes = bytesOf(all[field] ?? '');
      batch.bytes.set(bytes, batch.free);
      setSpan(batch, SPANS[field], batch.free, batch.free + bytes.length);
      batch.free += bytes.length;
    }
    batch.route[row] = routes.idOf(
      batch.bytes,
      spanStart(batch, row, SPANS.method),
      spanEnd(batch, row, SPANS.method),
      spanStart(batch, row, SPANS.path),
      spanEnd(batch, row, SPANS.path),
    );
    batch.count += 1;
  }
  return batch;
}

/** All of a log's requests, given in pieces of these sizes. */
export function viewsOf(
  screens: readonly Screen[],
  requests: readonly TestRequest[],
  {
    times = VIEW_TIMES,
    pieces = [],
  }: { readonly times?: ViewTimes; readonly pieces?: readonly number[] } = {},
): ScreenViews {
  const compiled = compileScreens(screens);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error.reasons));
  const routes = routeTable();
  const views = screenViews(compiled.value, routes, times);
  let from = 0;
  for (const size of [...pieces, requests.length]) {
    views.add(batchOf(requests.slice(from, from + size), routes));
    from += size;
  }
  views.finish();
  return views;
}
