import { ok, type Problem, type Result } from '#core-values';
import {
  compileScreens,
  type LogFormat,
  routeTable,
  type Screen,
  type ScreenMinute,
  VIEW_TIMES,
} from '#slo/core';
import type { Observations } from '../core/backtest/observations.ts';
import { watching } from '../core/backtest/observe.ts';
import type { Wanted } from '../core/backtest/wanted.ts';
import { fileSource, type LogReport, type LogSource, readLogs } from '../logs/read-logs.ts';
import type { Share } from './shares.ts';
import { tailSource } from './tail.ts';

/** Plain values, so that a thread can be told. */
export interface ShareReading {
  readonly share: Share;
  /** Where the next share begins; Infinity for the last. */
  readonly endMs: number;
  readonly wanted: Wanted;
  readonly format?: LogFormat;
}

export interface ShareHistory {
  readonly observations: Observations;
  readonly reports: readonly LogReport[];
  /** How its views were put together, by minute summed up. */
  readonly views: readonly ScreenMinute[];
  /** Requests that were read too long after later ones, and not counted as views. */
  readonly late: number;
  /** Its files tell of times that belong to another share: they cannot be divided by time. */
  readonly overlapped: boolean;
  /** Files that begin before others ended: their views were put together for each by itself. */
  readonly beside: boolean;
}

/** What is open is decided so long after it began, at the latest. */
const SETTLED_MS = VIEW_TIMES.longestMs + VIEW_TIMES.gapMs + VIEW_TIMES.latenessMs;
/** A log's last lines may be of the time of the next file, but not much. */
const OVERLAP_MS = 10 * 60_000;

export async function readShare({
  share,
  endMs,
  wanted,
  format,
}: ShareReading): Promise<Result<ShareHistory, Problem>> {
  const screens = compileScreens(wanted.screens);
  if (!screens.ok) return screens;
  const { fromMs, toMs } = share;
  const named = [
    ...wanted.screens.flatMap(routesOfScreen),
    ...wanted.requests.flatMap(([, { routes }]) => routes),
  ];
  const routes = routeTable({ patterns: [...new Set(named)] });
  const sight = {
    screens: screens.value,
    requests: new Map(wanted.requests),
    subjects: wanted.subjects,
    fromMs,
    toMs,
  };
  const history = watching(sight, routes);
  const options = { ...(format && { format }), routes, consume: history.add };
  if (share.before !== undefined) await readLogs([tailSource(share.before.file)], options);
  const reports: LogReport[] = [];
  let beside = false;
  for (const { file, firstMs } of share.files) {
    if (firstMs < history.newestMs() - VIEW_TIMES.latenessMs) {
      history.finish();
      beside = true;
    }
    reports.push(...(await readLogs([fileSource(file)], options)));
  }
  const overlapped = history.newestMs() > endMs + OVERLAP_MS;
  const isOpen = (): boolean => history.newestMs() < toMs + SETTLED_MS;
  for (const next of overlapped ? [] : share.behind) {
    if (isOpen()) await readLogs([sourceWhile(next.file, isOpen)], options);
  }
  history.finish();
  const observations = history.observations();
  if (!observations.ok) return observations;
  const { late } = history.account();
  return ok({
    observations: observations.value,
    reports,
    views: summed(history.views()),
    late,
    overlapped,
    beside,
  });
}

const routesOfScreen = ({ requests }: Screen): readonly string[] =>
  requests.flatMap((request) => request.routes);

const sourceWhile = (file: string, isWanted: () => boolean): LogSource => ({
  name: file,
  open: async function* () {
    for await (const chunk of fileSource(file).open()) {
      if (!isWanted()) return;
      yield chunk;
    }
  },
});

/** One row for each screen: only sums are told of them. */
function summed(rows: readonly ScreenMinute[]): readonly ScreenMinute[] {
  const sums = new Map<string, ScreenMinute>();
  for (const row of rows) {
    const { screen } = row;
    const sum = sums.get(screen);
    sums.set(screen, sum === undefined ? row : added(sum, row));
  }
  return [...sums.values()];
}

const added = (one: ScreenMinute, other: ScreenMinute): ScreenMinute => ({
  minute: Math.min(one.minute, other.minute),
  screen: one.screen,
  good: one.good + other.good,
  total: one.total + other.total,
  abandoned: one.abandoned + other.abandoned,
  bots: one.bots + other.bots,
  sure: one.sure + other.sure,
  incomplete: one.incomplete + other.incomplete,
  unmeasured: one.unmeasured + other.unmeasured,
  ways: {
    'page-view-id': one.ways['page-view-id'] + other.ways['page-view-id'],
    trace: one.ways.trace + other.ways.trace,
    referer: one.ways.referer + other.ways.referer,
    client: one.ways.client + other.ways.client,
    alone: one.ways.alone + other.ways.alone,
  },
});
