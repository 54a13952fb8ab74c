import { epochMs, formatTime, type Language, type Problem } from '#core-values';
import { minuteTime } from '../budgets/budget-line.ts';
import {
  type Bounds,
  type Definitions,
  LINE_FAULTS,
  type LogFormat,
  type RequestBatch,
  routeTable,
  type ScreenMinute,
  type Slo,
  screenViews,
  VIEW_TIMES,
} from '../core/index.ts';
import { unparsedOf } from '../core/logs/lines.ts';
import type { ReportedSlo, SloReport } from '../core/report/report-schema.ts';
import { requestJudges } from '../core/spool/judge.ts';
import { type SloMinute, sloRequestCounts } from '../core/spool/slo-counts.ts';
import { type MergedReport, mergeLogs } from '../logs/merge-logs.ts';
import type { LogReport, LogSource } from '../logs/read-logs.ts';
import { reportedObjectives, type SloCounts } from './report-objectives.ts';
import { reportedBlame, reportedScreen } from './report-screens.ts';

export interface ReportRequest {
  readonly definitions: Definitions;
  readonly sources: readonly LogSource[];
  /** Found by content, file by file, if not given. */
  readonly format?: LogFormat;
  readonly fromMs?: number;
  /** The end of the windows; without it, the minute after the last request. */
  readonly toMs?: number;
  readonly nowMs: number;
  /** Of what is told of logs that could not be read. */
  readonly language: Language;
  /** How far lines of one log may be out of order. */
  readonly latenessMs?: number;
  readonly progress?: (bytes: number) => void;
}

export interface MadeReport {
  readonly report: SloReport;
  /** Of logs that could not be read, or not to their end. */
  readonly problems: readonly Problem[];
}

/** Clocks of servers differ, but not by more than this: what comes later is a broken line, and must not hold up the rest. */
const MOST_AHEAD_MS = 24 * 3_600_000;

/** No access log is older than the year 2000; a broken time must not stretch what is judged. */
const LEAST_MS = 946_684_800_000;

/** Judges logs in one pass; memory grows with minutes, customers and views that are open at once, not with requests. */
export async function makeSloReport(request: ReportRequest): Promise<MadeReport> {
  const judges = requestJudges(request.definitions);
  const routes = routeTable({ patterns: judges.patterns });
  const views =
    judges.screens.length === 0
      ? undefined
      : screenViews(judges.screens, routes, {
          ...VIEW_TIMES,
          latenessMs: request.latenessMs ?? VIEW_TIMES.latenessMs,
        });
  const slos = sloRequestCounts(judges.slos, routes);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const consume = (batch: RequestBatch): void => {
    for (let row = 0; row < batch.count; row += 1) {
      const beganMs = batch.beganMs[row] ?? 0;
      if (beganMs < first) first = beganMs;
      if (beganMs > last) last = beganMs;
    }
    slos.add(batch);
    views?.add(batch);
  };
  const { format, progress } = request;
  const merged = await mergeLogs(request.sources, {
    ...{ routes, consume },
    fromMs: Math.max(LEAST_MS, request.fromMs ?? LEAST_MS),
    toMs: Math.min(request.toMs ?? Number.POSITIVE_INFINITY, request.nowMs + MOST_AHEAD_MS),
    ...(format === undefined ? {} : { format }),
    ...(progress === undefined ? {} : { progress }),
  });
  views?.finish();
  const covered = coveredBy(first, last, request);
  const account = views?.account();
  const judged: Judged = {
    slos: slos.rows(),
    minutes: views?.minutes() ?? [],
    causes: views?.causes() ?? [],
  };
  const report: SloReport = {
    version: 1,
    ...(last < first ? {} : { from: formatTime(epochMs(Math.floor(first))) }),
    ...(last < first && request.toMs === undefined ? {} : { to: minuteTime(covered.toMinute) }),
    logs: reportedLogs(merged, request),
    ...(account === undefined
      ? {}
      : {
          screenRequests: {
            ...{ placed: account.placed, unplaced: account.unplaced },
            ...{ elsewhere: account.elsewhere, late: account.late },
          },
        }),
    slos: request.definitions.slos.flatMap((slo) => reportedSlo(slo, judged, covered, request)),
    screens: request.definitions.screens.map((defined) =>
      reportedScreen(
        defined,
        judged.minutes.filter(({ screen }) => screen === defined.screen.name),
      ),
    ),
    notFromLogs: request.definitions.slos.flatMap(({ metadata: { name }, indicator }) => {
      if (indicator.kind === 'requests' || indicator.kind === 'screen') return [];
      const system = indicator.kind === 'freshness' ? indicator.dataset : indicator.system;
      return [{ slo: name, kind: indicator.kind, system }];
    }),
  };
  return { report, problems: merged.logs.flatMap(({ problem }) => problem ?? []) };
}

interface Judged {
  readonly slos: readonly SloMinute[];
  readonly minutes: readonly ScreenMinute[];
  readonly causes: ReturnType<ReturnType<typeof screenViews>['causes']>;
}

/** The minutes that the logs tell of: from the first request, or from when it was asked for, to the end; none without any. */
function coveredBy(first: number, last: number, { fromMs, toMs, nowMs }: ReportRequest): Bounds {
  const isEmpty = last < first;
  const toMinute =
    toMs === undefined && !isEmpty ? Math.floor(last / 60_000) + 1 : Math.floor((toMs ?? nowMs) / 60_000);
  const fromMinute = isEmpty ? toMinute : Math.floor((fromMs ?? first) / 60_000);
  return { fromMinute: Math.min(fromMinute, toMinute), toMinute };
}

function reportedSlo(
  slo: Slo,
  judged: Judged,
  covered: Bounds,
  { definitions }: ReportRequest,
): readonly ReportedSlo[] {
  const { indicator, metadata, service } = slo;
  if (indicator.kind !== 'requests' && indicator.kind !== 'screen') return [];
  const of = indicator.kind === 'screen' ? indicator.screen : undefined;
  const minutes = judged.minutes.filter(({ screen }) => screen === of);
  const causes = judged.causes.filter(({ screen }) => screen === of);
  const screen = definitions.screens.find((defined) => defined.screen.name === of)?.screen;
  const counts = of === undefined ? countsOfRequests(slo, judged.slos) : countsOfViews(minutes);
  const objectives = reportedObjectives(slo, counts, covered).map((objective, place) => {
    const defined = slo.objectives[place];
    if (screen === undefined || defined === undefined || defined.slices !== undefined) return objective;
    const window = boundsOfObjective(objective);
    return {
      ...objective,
      blame: reportedBlame({ screen, minutes, causes, bounds: window, targetPpm: defined.targetPpm }),
    };
  });
  return [
    {
      name: metadata.name,
      ...(metadata.displayName === undefined ? {} : { displayName: metadata.displayName }),
      service,
      indicator:
        indicator.kind === 'screen'
          ? { kind: indicator.kind, screen: indicator.screen }
          : { kind: indicator.kind, routes: [...indicator.routes] },
      objectives,
    },
  ];
}

/** None where the logs tell nothing of the window. */
const boundsOfObjective = ({ covered }: ReportedSlo['objectives'][number]): Bounds => ({
  fromMinute: Math.floor(Date.parse(covered?.from ?? '1970-01-01T00:00:00.000Z') / 60_000),
  toMinute: Math.floor(Date.parse(covered?.to ?? '1970-01-01T00:00:00.000Z') / 60_000),
});

function countsOfRequests({ metadata: { name } }: Slo, rows: readonly SloMinute[]): SloCounts {
  const own = rows.filter(({ slo }) => slo === name);
  return {
    all: own.filter(({ customer }) => customer === undefined),
    ofCustomers: own.filter(({ customer }) => customer !== undefined),
  };
}

/** Views of a customer are among all. */
const countsOfViews = (minutes: readonly ScreenMinute[]): SloCounts => ({
  all: minutes,
  ofCustomers: minutes.filter(({ customer }) => customer !== undefined),
});

function reportedLogs(
  { logs, before, after, twins }: MergedReport,
  request: ReportRequest,
): SloReport['logs'] {
  const sum = (of: (log: LogReport) => number): number => logs.reduce((all, log) => all + of(log), 0);
  const reasons = Object.fromEntries(
    LINE_FAULTS.map((fault) => [fault, sum(({ counts }) => counts.unparsed[fault])]),
  ) as SloReport['logs']['unparsed']['reasons'];
  return {
    files: logs.map((log) => reportedLog(log, request)),
    lines: sum(({ counts }) => counts.lines),
    requests: sum(({ counts }) => counts.requests),
    skipped: sum(({ counts }) => counts.skipped),
    unparsed: {
      total: sum(({ counts }) => unparsedOf(counts)),
      reasons,
      first: logs.flatMap(({ counts }) =>
        counts.kept.map(({ file, line, fault }) => ({ file, line, reason: fault })),
      ),
    },
    outside: { before, after },
    twins: twins.map(([one, other]) => [one, other]),
  };
}

function reportedLog(
  { name, compression, counts, detected, problem }: LogReport,
  { format, language }: ReportRequest,
): SloReport['logs']['files'][number] {
  const [reason] = problem?.reasons ?? [];
  const known = detected?.format.kind ?? format?.kind;
  return {
    ...{ name, compression },
    ...(known === undefined ? {} : { format: known }),
    ...(detected === undefined ? {} : { told: [...detected.told] }),
    ...{ lines: counts.lines, requests: counts.requests, skipped: counts.skipped },
    unparsed: unparsedOf(counts),
    ...(reason === undefined
      ? {}
      : {
          problem: { rule: reason.rule, message: reason.message[language], remedy: reason.remedy[language] },
        }),
  };
}
