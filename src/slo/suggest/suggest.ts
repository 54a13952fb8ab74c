import type { RequestBatch } from '../core/logs/batch.ts';
import type { LogFormat } from '../core/logs/formats.ts';
import { unparsedOf } from '../core/logs/lines.ts';
import { LINE_FAULTS } from '../core/logs/parser.ts';
import { NO_ROUTE, routeTable } from '../core/routes/route-table.ts';
import { type CompiledScreen, compileScreens, type Screen } from '../core/screens/screen.ts';
import { screenViews, VIEW_TIMES } from '../core/screens/screen-views.ts';
import { type Choice, choose } from '../core/suggest/choice.ts';
import {
  allDays,
  type DayCounts,
  requestMeasurement,
  screenMeasurement,
} from '../core/suggest/measurement.ts';
import { nameOf } from '../core/suggest/names.ts';
import { objectiveOf } from '../core/suggest/objective.ts';
import { observation } from '../core/suggest/observation.ts';
import { LEAST_EVENTS, type Outline, outlineOf } from '../core/suggest/outline.ts';
import { namings, patternsOf, surveyedBy } from '../core/suggest/patterns.ts';
import type { SuggestedRequests, SuggestedScreen, Suggestion } from '../core/suggest/suggestion.ts';
import { type Surveyed, survey } from '../core/suggest/survey.ts';
import { thresholdOf } from '../core/suggest/threshold.ts';
import { type LogReport, type LogSource, readLogs } from '../logs/read-logs.ts';
import { type Reach, reaches, withLateness } from './reaches.ts';

/** Which logs, and how they are read. */
export interface SuggestFrom {
  readonly sources: readonly LogSource[];
  readonly format?: LogFormat | undefined;
  /** Patterns that people named. */
  readonly patterns: readonly string[];
  readonly service: string;
  /** Requests that began from this time on, and before that one; milliseconds since 1970. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** The number of a day, and how it is called. */
  readonly dayOf: (ms: number) => number;
  readonly dayWords: (day: number) => string;
}

const DAY_MS = 86_400_000;

export interface Suggested {
  readonly suggestion: Suggestion;
  readonly reports: readonly LogReport[];
}

/**
 * Reads the logs three times: to find pages and what they ask for; to see the views of each page; and to count what was found as a report
 * of it would. Memory is that of the routes and of the views that are open, whatever the logs' size.
 */
export async function suggest(from: SuggestFrom): Promise<Suggested> {
  const found = routeTable({ patterns: from.patterns });
  const look = survey(found);
  const order = reaches();
  const reports = await readThrough(from, from.sources, found, (batch, source) => {
    order.add(batch, source);
    look.add(batch);
  });
  const first = look.surveyed();
  const patterns = patternsOf(first, found);
  const named = [...from.patterns, ...patterns.taken.map(({ pattern }) => pattern), ...namings(first, found)];
  const table = routeTable({ patterns: named });
  const surveyed = surveyedBy(first, found, table);
  const outline = outlineOf(surveyed, table);
  const seen = await see(from, order.reach(), outline);
  const choices = choicesOf(outline, seen, surveyed);
  const counted = await count(from, order.reach(), choices.chosen, seen.alone);
  return {
    reports,
    suggestion: {
      ...{ service: from.service, surveyed, sign: outline.sign, patterns, late: seen.late },
      lines: {
        files: reports.length,
        lines: reports.reduce((sum, { counts }) => sum + counts.lines, 0),
        unparsed: reports.reduce((sum, { counts }) => sum + unparsedOf(counts), 0),
        faults: LINE_FAULTS.filter((fault) => reports.some(({ counts }) => counts.unparsed[fault] > 0)),
      },
      ...{ span: spanOf(surveyed, from), dayWords: from.dayWords },
      ...counted,
      ...{ rare: outline.rare, beyond: outline.beyond, thin: choices.thin },
    },
  };
}

type Consume = (batch: RequestBatch, source: LogSource) => void;

/** Requests outside the asked time become requests without a route: of no screen and of no SLO. */
function readThrough(
  { format, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }: SuggestFrom,
  sources: Iterable<LogSource>,
  routes: ReturnType<typeof routeTable>,
  consume: Consume,
): Promise<readonly LogReport[]> {
  return readLogs(sources, {
    ...(format === undefined ? {} : { format }),
    routes,
    consume: (batch, source) => {
      for (let row = 0; row < batch.count; row += 1) {
        const beganMs = batch.beganMs[row] ?? 0;
        if (beganMs < fromMs || beganMs >= toMs) batch.route[row] = NO_ROUTE;
      }
      consume(batch, source);
    },
  });
}

interface Seen {
  readonly observed: ReturnType<ReturnType<typeof observation>['observed']>;
  readonly alone: readonly { readonly route: string; readonly threshold: ReturnType<typeof thresholdOf> }[];
  readonly late: number;
}

/** The routes are those of the report: definitions name their patterns, and nothing else does. */
const routesOf = (screens: readonly Screen[], alone: readonly string[]): readonly string[] => [
  ...new Set([...screens.flatMap(({ requests }) => requests.flatMap(({ routes }) => routes)), ...alone]),
];

async function see(from: SuggestFrom, reach: Reach, outline: Outline): Promise<Seen> {
  const compiled = compiledOf(outline.screens);
  const table = routeTable({ patterns: routesOf(outline.screens, outline.alone) });
  const watching = observation(compiled);
  const requests = requestMeasurement(
    outline.alone.map((route) => ({ route })),
    table,
    from.dayOf,
  );
  const views = screenViews(compiled, table, withLateness(VIEW_TIMES, reach), watching.watch);
  await readInOrder(from, reach, table, views, requests.add);
  const sketches = requests.latencies();
  return {
    observed: watching.observed(),
    alone: outline.alone.map((route, place) => ({ route, threshold: thresholdOf(sketches[place] ?? []) })),
    late: views.account().late,
  };
}

async function readInOrder(
  from: SuggestFrom,
  { groups }: Reach,
  table: ReturnType<typeof routeTable>,
  views: ReturnType<typeof screenViews>,
  also: (batch: RequestBatch) => void,
): Promise<void> {
  for (const sources of groups) {
    await readThrough(from, sources, table, (batch) => {
      views.add(batch);
      also(batch);
    });
    views.finish();
  }
}

function compiledOf(screens: readonly Screen[]): readonly CompiledScreen[] {
  const compiled = compileScreens(screens);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error.reasons));
  return compiled.value;
}

function choicesOf({ kinds, screens }: Outline, { observed }: Seen, { told, wholeSeconds }: Surveyed) {
  const durations = told.duration > 0;
  const all = screens.map((screen, index) => ({ screen, kinds: kinds[index] ?? [], seen: observed[index] }));
  const chosen: Choice[] = [];
  const thin: { readonly route: string; readonly views: number }[] = [];
  for (const { screen, kinds: own, seen } of all) {
    const views = seen?.views ?? 0;
    if (seen === undefined || views < LEAST_EVENTS)
      thin.push({ route: screen.requests[0]?.routes[0] ?? '', views });
    else chosen.push(choose(screen, own, seen, { durations, order: durations && !wholeSeconds }));
  }
  return { chosen, thin };
}

async function count(
  from: SuggestFrom,
  reach: Reach,
  chosen: readonly Choice[],
  alone: Seen['alone'],
): Promise<Pick<Suggestion, 'screens' | 'requests'>> {
  const screens = chosen.map(({ screen }) => screen);
  const compiled = compiledOf(screens);
  const routes = alone.map(({ route }) => route);
  const table = routeTable({ patterns: routesOf(screens, routes) });
  const measured = screenMeasurement(compiled, from.dayOf);
  const requests = requestMeasurement(
    alone.map(({ route, threshold }) => ({ route, thresholdMs: threshold?.thresholdMs })),
    table,
    from.dayOf,
  );
  const views = screenViews(compiled, table, withLateness(VIEW_TIMES, reach), measured.watch);
  await readInOrder(from, reach, table, views, requests.add);
  const [ofScreens, ofRequests] = [measured.days(), requests.days()];
  const names = new Set(screens.map(({ name }) => `${name}-views`));
  const none: DayCounts = new Map();
  return {
    screens: chosen.map((choice, index): SuggestedScreen => {
      const days = ofScreens[index] ?? none;
      return { ...choice, days, objective: objectiveOf(allDays(days)) };
    }),
    requests: alone.map(({ route, threshold }, index): SuggestedRequests => {
      const days = ofRequests[index] ?? none;
      return { name: nameOf(route, names), route, threshold, days, objective: objectiveOf(allDays(days)) };
    }),
  };
}

function spanOf({ fromMs, toMs }: Surveyed, { dayOf, dayWords }: SuggestFrom): Suggestion['span'] {
  if (fromMs > toMs) return undefined;
  return { first: dayWords(dayOf(fromMs)), last: dayWords(dayOf(toMs)), days: (toMs - fromMs) / DAY_MS };
}
