import { type EpochMs, epochMs, err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { SloDetailAnswer } from '../core/api/slos-api.ts';
import {
  type Bounds,
  type CountSeries,
  countSeriesOfColumns,
  countsBetween,
  eventBudget,
  firingSpans,
  leftOutBetween,
  proofOf,
  type Slo,
  writeYaml,
} from '../core/index.ts';
import { correctionAnswer } from '../corrections/correction-answer.ts';
import { changesOf } from '../incidents/about-incident.ts';
import { incidentAnswer } from '../incidents/incident-answer.ts';
import type { IncidentsRoom } from '../incidents/room.ts';
import { currentIncidents, listIncidents } from '../incidents/store.ts';
import { readCounts, readCustomers } from '../store/counts.ts';
import { budgetLine, minuteTime } from './budget-line.ts';
import { sloInShort } from './list-slos.ts';
import { budgetAnswer, intervalOf, objectiveAnswer, shareOf } from './objective-answer.ts';
import {
  correctionsOf,
  inForce,
  isBurning,
  type ObjectiveInFull,
  objectivesInFull,
  type SloStatus,
} from './status-of-slo.ts';

const LONGEST_MINUTES = 92 * 1440;
const HOUR = 60;
const MOST_STEPS = 400;
const MOST = { changes: 100, incidents: 100, customers: 50 } as const;

export interface AskedSpan {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
}

/** An SLO with what charts need; `not-found`, or `bad-input` for a time that makes no sense. */
export async function showSlo(
  room: IncidentsRoom,
  name: string,
  asked: AskedSpan,
): Promise<Result<SloDetailAnswer, Problem>> {
  const { slos, corrections, at } = await room.statuses.now();
  const status = slos.find(({ slo }) => slo.metadata.name === name);
  if (status === undefined) return err(unknown(name));
  const { slo } = status;
  const bounds = spanOf(status, asked, at);
  if (!bounds.ok) return bounds;
  const own = correctionsOf(slo, corrections);
  const series = await seriesBack(room, status, bounds.value);
  const objectives = series === undefined ? [] : objectivesInFull(slo, series, inForce(own));
  const within = { from: epochMs(bounds.value.fromMinute * 60_000), to: asked.to ?? at };
  const kept = await listIncidents(room.db, { slo: name, within }, MOST.incidents);
  const current = (await currentIncidents(room.db)).find(({ incident }) => incident.slo === name);
  const changes = await changesOf(room, slo.service, within, MOST.changes);
  const answer = { now: at, firing: isBurning(status) };
  return ok({
    slo: sloInShort(status, current, at),
    ...{ from: minuteTime(bounds.value.fromMinute), to: minuteTime(bounds.value.toMinute) },
    definition: definitionOf(room, slo),
    objectives: objectives.flatMap((full, place) => {
      const now = status.objectives[place];
      if (now === undefined) return [];
      const answer = objectiveAnswer(now);
      const sli = { ...answer.sli, interval: intervalOf(now.sli) };
      return { ...answer, sli, ...linesOf(full, bounds.value) };
    }),
    incidents: kept.map((one) => incidentAnswer(one, answer)),
    corrections: own.filter(({ from, to }) => from < within.to && to > within.from).map(correctionAnswer),
    changes: changes.map((change) => ({ ...change })),
    ...(await customersOf(room, status)),
  });
}

/** From the begin of the window up to now, where nothing else is asked. */
function spanOf({ objectives }: SloStatus, { from, to }: AskedSpan, now: EpochMs): Result<Bounds, Problem> {
  const toMinute = Math.floor((to ?? now) / 60_000);
  const begin = objectives[0]?.status.bounds.fromMinute ?? toMinute - 28 * 1440;
  const fromMinute = from === undefined ? Math.min(begin, toMinute - HOUR) : Math.floor(from / 60_000);
  const length = toMinute - fromMinute;
  return length > 0 && length <= LONGEST_MINUTES && (to ?? now) <= now + 60_000
    ? ok({ fromMinute, toMinute })
    : err(badSpan);
}

/** Of the asked time, and as far back as alerts look at its begin. */
async function seriesBack(
  room: IncidentsRoom,
  { slo, data }: SloStatus,
  bounds: Bounds,
): Promise<CountSeries | undefined> {
  if (data.state === 'none') return undefined;
  const back = slo.objectives.flatMap(({ alerts, slices }) => [
    slices?.minutes ?? 0,
    ...alerts.map(({ longMinutes, forMinutes }) => longMinutes + forMinutes),
  ]);
  const fromMinute = bounds.fromMinute - Math.max(0, ...back);
  const toMinute = Math.max(fromMinute, Math.min(bounds.toMinute, data.upTo / 60_000));
  const wanted = { fromMinute, toMinute };
  const columns = await readCounts(room.db, { series: { kind: 'slo', name: slo.metadata.name }, ...wanted });
  return countSeriesOfColumns(wanted, columns);
}

function linesOf(
  { counted, status, objective, each }: ObjectiveInFull,
  bounds: Bounds,
): Pick<SloDetailAnswer['objectives'][number], 'hours' | 'burnDown' | 'firing'> {
  const first = Math.floor(bounds.fromMinute / HOUR) * HOUR;
  const steps = Array.from({ length: Math.ceil((bounds.toMinute - first) / HOUR) }, (_, step) => {
    const fromMinute = first + step * HOUR;
    return { fromMinute, toMinute: fromMinute + HOUR };
  });
  const counts = steps.map((step) => countsBetween(counted, step));
  const toMinute = Math.min(bounds.toMinute, counted.toMinute);
  // The window's own budget where it is all that is asked for; else that of the asked time.
  const isWindow = bounds.fromMinute === status.bounds.fromMinute;
  const budget = isWindow ? status.budget : eventBudget(countsBetween(counted, bounds), objective.targetPpm);
  return {
    hours: {
      ...{ from: minuteTime(first), stepMinutes: HOUR },
      good: counts.map(({ good }) => good),
      total: counts.map(({ total }) => total),
      leftOutMinutes: steps.map((step) => leftOutBetween(counted, step) * each),
    },
    burnDown: budgetLine(
      { counted, status: { ...status, budget }, each: isWindow ? each : 1 },
      bounds,
      MOST_STEPS,
    ),
    firing: objective.alerts.flatMap((alert, place) =>
      firingSpans(alert, counted, {
        fromMinute: bounds.fromMinute,
        toMinute: Math.max(bounds.fromMinute, toMinute),
      }).map((span) => ({
        ...{ severity: alert.severity, alert: place },
        ...{ from: minuteTime(span.fromMinute), to: minuteTime(span.toMinute) },
      })),
    ),
  };
}

/** Of the first objective's window. Corrections are of all customers, and not applied here; slices of time have none. */
async function customersOf(
  room: IncidentsRoom,
  { slo, objectives: [first] }: SloStatus,
): Promise<Pick<SloDetailAnswer, 'customers' | 'moreCustomers'>> {
  if (first === undefined || first.objective.slices !== undefined) return { customers: [], moreCustomers: 0 };
  const { targetPpm } = first.objective;
  const all = await readCustomers(room.db, {
    series: { kind: 'slo', name: slo.metadata.name },
    ...{ ...first.status.bounds, toMinute: first.upToMinute, most: 100_000 },
  });
  return {
    customers: all.slice(0, MOST.customers).map((counts) => ({
      ...counts,
      ...shareOf(counts),
      ...{ interval: intervalOf(counts), proof: proofOf(counts, targetPpm) },
      budget: budgetAnswer(eventBudget(counts, targetPpm)),
    })),
    moreCustomers: Math.max(0, all.length - MOST.customers),
  };
}

/** The SLO's own document, with its indicator's and its screen's where they stand apart. */
function definitionOf(room: IncidentsRoom, { metadata, indicator }: Slo): string {
  const documents = room.definitions().documents ?? [];
  const own = documents.filter(({ kind, metadata: { name } }) => kind === 'SLO' && name === metadata.name);
  const screens = documents.filter(
    ({ kind, metadata: { name } }) =>
      kind === 'Screen' && indicator.kind === 'screen' && name === indicator.screen,
  );
  return writeYaml([...own, ...screens]);
}

const unknown = (name: string): Problem =>
  problem('not-found', {
    rule: 'slo.unknown',
    message: text(
      `No SLO is named ${JSON.stringify(name)}.`,
      `${JSON.stringify(name)} という SLO はありません。`,
    ),
    remedy: text('List them with `sekisho slo status`.', '`sekisho slo status` で一覧を確認してください。'),
  });

export const badSpan: Problem = problem('bad-input', {
  rule: 'slo.span',
  message: text(
    'This is no time that can be shown: from before to, not ahead, 92 days at most.',
    '表示できない期間です。from は to より前、未来は不可、最長 92 日です。',
  ),
  remedy: text('Ask for a shorter or earlier time.', '期間を短くするか、過去の期間を指定してください。'),
});
