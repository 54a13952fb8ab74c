import { type EpochMs, epochMs, err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { ScreenAnswer, ScreenDetailAnswer, ScreensAnswer } from '../core/api/screens-api.ts';
import { ppmFloor, remainingPpm } from '../core/budget/burn-down.ts';
import { statusWords } from '../core/definitions/requests.ts';
import {
  type Blame,
  type Bounds,
  blame,
  type Counts,
  countSeriesOfColumns,
  countsBetween,
  type Definitions,
  type LatencySketch,
  latencyCount,
  latencyOf,
  latencyQuantile,
  mergedSketch,
  type Ppm,
  ppm,
  type ScreenRequest,
  wholeOf,
} from '../core/index.ts';
import type { IncidentsRoom } from '../incidents/room.ts';
import { countedUntil, readCounts, readCustomers, seriesKey } from '../store/counts.ts';
import { type RouteSums, readCauses, readRoutes, readScreenSums } from '../store/judged.ts';
import { minuteTime } from './budget-line.ts';
import { budgetAnswer, dataAnswer, intervalOf, shareOf } from './objective-answer.ts';
import { type AskedSpan, badSpan } from './show-slo.ts';
import { type DataState, dataState } from './status-of-slo.ts';

const WEEK_MINUTES = 7 * 1440;
const LONGEST_MINUTES = 92 * 1440;
const MOST_CUSTOMERS = 50;
const MOST_BARS = 60;

type DefinedScreen = Definitions['screens'][number];

/** All screens with their views within some time. */
export async function listScreens(
  room: IncidentsRoom,
  asked: AskedSpan,
): Promise<Result<ScreensAnswer, Problem>> {
  const bounds = spanOf(room, asked, WEEK_MINUTES);
  if (!bounds.ok) return bounds;
  const { screens } = room.definitions().definitions;
  const answers = await Promise.all(screens.map((screen) => screenAnswer(room, screen, bounds.value)));
  const upTo = await dataOf(
    room,
    screens.map(({ screen }) => screen.name),
  );
  return ok({ ...timesOf(bounds.value), data: dataAnswer(upTo), screens: answers });
}

/** A screen with its requests as a waterfall, and who spent its budget. */
export async function showScreen(
  room: IncidentsRoom,
  name: string,
  asked: AskedSpan,
): Promise<Result<ScreenDetailAnswer, Problem>> {
  const { definitions } = room.definitions();
  const defined = definitions.screens.find(({ screen }) => screen.name === name);
  if (defined === undefined) return err(unknown(name));
  const { screen } = defined;
  const slo = definitions.slos.find(
    ({ indicator }) => indicator.kind === 'screen' && indicator.screen === name,
  );
  const objective = slo?.objectives.find(({ slices }) => slices === undefined);
  const window = objective?.window.kind === 'rolling' ? objective.window.minutes : WEEK_MINUTES;
  const bounds = spanOf(room, asked, window);
  if (!bounds.ok) return bounds;
  const series = { kind: 'screen', name } as const;
  const counted = countSeriesOfColumns(bounds.value, await readCounts(room.db, { series, ...bounds.value }));
  const causes = await readCauses(room.db, { screen: name, ...bounds.value });
  const { fromMinute: minute } = bounds.value;
  const blamed = blame({
    ...{ screen, bounds: bounds.value, targetPpm: objective?.targetPpm ?? ppm(0) },
    minutes: [{ ...NO_SUMS, ...wholeOf(counted), minute, screen: name }],
    causes: causes.map((cause) => ({ ...cause, minute, screen: name })),
  });
  const routes = screen.requests.flatMap((request) => request.routes);
  const sums = await readRoutes(room.db, { routes, ...bounds.value });
  const customers = await readCustomers(room.db, { series, ...bounds.value, most: 100_000 });
  return ok({
    screen: await screenAnswer(room, defined, bounds.value),
    ...timesOf(bounds.value),
    data: dataAnswer(await dataOf(room, [name])),
    requests: requestAnswers(defined, sums, blamed, objective?.targetPpm),
    shared: blamed.shared.map((one) => ({ ...one, requests: [...one.requests] })),
    ...(slo === undefined || objective === undefined
      ? {}
      : {
          objective: {
            ...{ slo: slo.metadata.name, targetPpm: objective.targetPpm },
            budget: budgetAnswer(blamed.budget),
          },
        }),
    hours: hoursOf(counted, bounds.value),
    customers: customers.slice(0, MOST_CUSTOMERS).map((counts) => ({
      ...counts,
      ...shareOf(counts),
      interval: intervalOf(counts),
    })),
    moreCustomers: Math.max(0, customers.length - MOST_CUSTOMERS),
  });
}

const NO_SUMS = {
  ...{ abandoned: 0, bots: 0, sure: 0, incomplete: 0, unmeasured: 0 },
  ways: { 'page-view-id': 0, trace: 0, referer: 0, client: 0, alone: 0 },
};

function spanOf(room: IncidentsRoom, { from, to }: AskedSpan, minutes: number): Result<Bounds, Problem> {
  const now = room.clock.now();
  const toMinute = Math.floor((to ?? now) / 60_000);
  const fromMinute = from === undefined ? toMinute - minutes : Math.floor(from / 60_000);
  const length = toMinute - fromMinute;
  return length > 0 && length <= LONGEST_MINUTES && (to ?? now) <= now + 60_000
    ? ok({ fromMinute, toMinute })
    : err(badSpan);
}

const timesOf = ({ fromMinute, toMinute }: Bounds) => ({
  from: minuteTime(fromMinute),
  to: minuteTime(toMinute),
});

async function screenAnswer(
  room: IncidentsRoom,
  { screen, service, metadata }: DefinedScreen,
  bounds: Bounds,
): Promise<ScreenAnswer> {
  const { name, barPpm, thresholdMs } = screen;
  const columns = await readCounts(room.db, { series: { kind: 'screen', name }, ...bounds });
  const { good, total } = wholeOf(countSeriesOfColumns(bounds, columns));
  const { ways, sure, incomplete, unmeasured, abandoned, bots } = await readScreenSums(room.db, {
    screen: name,
    ...bounds,
  });
  const { slos } = room.definitions().definitions;
  return {
    name,
    ...(metadata.displayName === undefined ? {} : { displayName: metadata.displayName }),
    ...{ service, barPpm, thresholdMs },
    views: { good, total, ...shareOf({ good, total }), abandoned, bots },
    confidence: { ways, sure, incomplete, unmeasured },
    slos: slos.flatMap(({ metadata: { name: slo }, indicator }) =>
      indicator.kind === 'screen' && indicator.screen === name ? [slo] : [],
    ),
  };
}

/** Up to when all of these screens were counted. */
async function dataOf(room: IncidentsRoom, screens: readonly string[]): Promise<DataState> {
  const until = await countedUntil(room.db);
  const minutes = screens.flatMap((name) => until.get(seriesKey({ kind: 'screen', name })) ?? []);
  const upTo: EpochMs | undefined = minutes.length === 0 ? undefined : epochMs(Math.min(...minutes) * 60_000);
  return dataState(room, upTo);
}

function requestAnswers(
  { screen }: DefinedScreen,
  sums: ReadonlyMap<string, RouteSums>,
  { requests: blames }: Blame,
  targetPpm: Ppm | undefined,
): ScreenDetailAnswer['requests'] {
  const found = screen.requests.map(({ routes }) => routes.flatMap((route) => sums.get(route) ?? []));
  const sketches = found.map((own) => mergedSketch(own.map(({ latencies }) => latencies)));
  const medians = sketches.map((sketch) => latencyQuantile(sketch, 0.5) ?? 0);
  return screen.requests.map((request, place) => {
    const own = found[place] ?? [];
    const sketch = sketches[place] ?? [];
    const sum = (of: (sums: RouteSums) => number): number => own.reduce((all, one) => all + of(one), 0);
    const blamed = blames.find((one) => one.request === place);
    const { ofLost, ofAllowed, fixed } = blamed ?? {};
    const fixedPpm = fixed && remainingPpm(fixed);
    return {
      ...{ routes: [...request.routes], document: place === screen.document },
      ...{ weight: request.weight, required: request.required, thresholdMs: request.thresholdMs },
      failedStatus: (request.failed ?? [{ from: 500, to: 599 }]).map(statusWords),
      ...(request.after === undefined ? {} : { after: request.after }),
      ...{ requests: sum(({ total }) => total), failed: sum(({ failed }) => failed) },
      ...(sketch.length === 0
        ? {}
        : { times: timesOfRequest(sketch, startOf(screen.requests, medians, place)) }),
      blame: {
        ...{ alone: blamed?.alone ?? 0, givesBack: blamed?.givesBack ?? 0 },
        ...(ofLost && { ofLostPpm: ppmFloor(ofLost) }),
        ...(targetPpm !== undefined && ofAllowed && { ofAllowedPpm: ppmFloor(ofAllowed) }),
        ...(targetPpm !== undefined && fixedPpm !== undefined && { fixedRemainingPpm: fixedPpm }),
      },
    };
  });
}

/** The medians of those that it waits for, one after the other; they wait in no circle. */
function startOf(requests: readonly ScreenRequest[], medians: readonly number[], place: number): number {
  const after = requests[place]?.after;
  return after === undefined ? 0 : startOf(requests, medians, after) + (medians[after] ?? 0);
}

function timesOfRequest(sketch: LatencySketch, startsMs: number) {
  const at = (q: number): number => round(latencyQuantile(sketch, q) ?? 0);
  return {
    measured: latencyCount(sketch),
    ...{ p50Ms: at(0.5), p75Ms: at(0.75), p95Ms: at(0.95), p99Ms: at(0.99) },
    startsMs: round(startsMs),
    distribution: distributionOf(sketch),
  };
}

/** Neighbouring buckets together, so that there are few enough to draw. */
function distributionOf(sketch: LatencySketch): { upToMs: number; count: number }[] {
  const first = sketch[0]?.[0] ?? 0;
  const width = Math.max(1, Math.ceil(((sketch.at(-1)?.[0] ?? 0) - first + 1) / MOST_BARS));
  const bars = Map.groupBy(sketch, ([bucket]) => Math.floor((bucket - first) / width));
  return [...bars].map(([bar, own]) => ({
    upToMs: round(latencyOf(first + (bar + 1) * width - 1)),
    count: own.reduce((sum, [, count]) => sum + count, 0),
  }));
}

const round = (ms: number): number => Number(ms.toPrecision(3));

function hoursOf(counted: Parameters<typeof countsBetween>[0], { fromMinute, toMinute }: Bounds) {
  const first = Math.floor(fromMinute / 60) * 60;
  const counts: Counts[] = [];
  for (let hour = first; hour < toMinute; hour += 60) {
    counts.push(countsBetween(counted, { fromMinute: hour, toMinute: hour + 60 }));
  }
  return {
    ...{ from: minuteTime(first), stepMinutes: 60 },
    good: counts.map(({ good }) => good),
    total: counts.map(({ total }) => total),
    leftOutMinutes: counts.map(() => 0),
  };
}

const unknown = (name: string): Problem =>
  problem('not-found', {
    rule: 'slo.unknown-screen',
    message: text(
      `No screen is named ${JSON.stringify(name)}.`,
      `${JSON.stringify(name)} という画面はありません。`,
    ),
    remedy: text('Take a name from the definitions.', '定義にある名前を指定してください。'),
  });
