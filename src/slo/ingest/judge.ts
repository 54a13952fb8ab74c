import { sql } from 'kysely';
import type { Tx } from '#platform';
import type { MinuteCounts } from '../core/budget/counts.ts';
import type { ScreenMinute } from '../core/screens/view-counts.ts';
import { waysOf } from '../core/screens/view-counts.ts';
import { mergedSketch } from '../core/series/latency-sketch.ts';
import {
  type Judged,
  judgeSlot,
  LOOK_AHEAD_MS,
  LOOK_BACK_SLOTS,
  type RequestJudges,
  type RouteMinute,
  requestJudges,
} from '../core/spool/judge.ts';
import { SLOT_MINUTES } from '../core/spool/rows.ts';
import type { SloRoom } from '../room.ts';
import { type NewCounts, replaceCounts, type SeriesName, seriesKey } from '../store/counts.ts';
import { type CauseSlot, type RouteSlot, replaceJudged, type ScreenSlot } from '../store/judged.ts';
import { markJudged, readSpool, type SlotState, slotsToJudge } from '../store/spool.ts';

const AT_ONCE = 32;

/** Everything that began before this minute has come, as far as `slo.lateness` says, and its views are over. */
export function judgedUntil({ clock, keeping }: Pick<SloRoom, 'clock' | 'keeping'>): number {
  return Math.floor((clock.now() - keeping().latenessMs - LOOK_AHEAD_MS) / 60_000);
}

/**
 * Judges every slot that has something new. Answers how many it judged; stops between two of them when it is enough, and the next
 * call goes on.
 */
export async function judgeDue(room: SloRoom, isEnough: () => boolean = () => false): Promise<number> {
  const { definitions, digest } = room.definitions();
  const judges = requestJudges(definitions);
  const untilMinute = judgedUntil(room);
  let judged = 0;
  for (;;) {
    const due = await slotsToJudge(room.db, { untilMinute, definitions: digest, most: AT_ONCE });
    const before = judged;
    for (const slot of due) {
      if (isEnough()) return judged;
      if (await judgeOne(room, slot, { judges, digest, untilMinute })) judged += 1;
    }
    // Who else judges the same slots is not disturbed.
    if (judged === before) return judged;
  }
}

interface By {
  readonly judges: RequestJudges;
  readonly digest: string;
  readonly untilMinute: number;
}

async function judgeOne(
  room: SloRoom,
  state: SlotState,
  { judges, digest, untilMinute }: By,
): Promise<boolean> {
  const { slot } = state;
  const until = Math.min(untilMinute, (slot + 1) * SLOT_MINUTES);
  const spooled = await readSpool(room.db, { from: slot - LOOK_BACK_SLOTS, to: slot + 1 });
  const judged = judgeSlot(judges, spooled, { slot, untilMinute: until });
  return room.inTransaction(async (tx) => {
    if (!(await markJudged(tx, state, { untilMinute: until, definitions: digest }))) return false;
    await writeCounts(tx, { slot, until, judges, judged });
    return true;
  });
}

async function writeCounts(
  tx: Tx,
  { slot, until, judges, judged }: { slot: number; until: number; judges: RequestJudges; judged: Judged },
): Promise<void> {
  const fromMinute = slot * SLOT_MINUTES;
  const toMinute = (slot + 1) * SLOT_MINUTES;
  const counts = countsOf(judges, judged);
  const screenSlos = [...judges.screenSlos.values()].flat();
  const series: SeriesName[] = [
    ...[...judges.slos.map(({ name }) => name), ...screenSlos].map((name) => ({
      kind: 'slo' as const,
      name,
    })),
    ...judges.screens.map(({ screen: { name } }) => ({ kind: 'screen' as const, name })),
    ...(await routesOfHour(tx, Math.floor(fromMinute / 60))),
    ...counts.map((row) => row.series),
  ];
  const distinct = [...new Map(series.map((one) => [seriesKey(one), one])).values()];
  await replaceCounts(tx, { series: distinct, counts, fromMinute, toMinute, countedUntil: until });
  await replaceJudged(tx, {
    slot,
    screens: screensOf(judged.views),
    causes: causesOf(judged),
    routes: routesOf(judged.routes),
  });
}

async function routesOfHour(tx: Tx, hour: number): Promise<readonly SeriesName[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT DISTINCT name FROM slo_counts JOIN slo_series ON id = series WHERE kind = 'route' AND hour = ${hour}`.execute(
    tx,
  );
  return rows.map(({ name }) => ({ kind: 'route', name }));
}

function countsOf(judges: RequestJudges, { views, slos, routes }: Judged): readonly NewCounts[] {
  const rows = new Map<
    string,
    { series: SeriesName; customer: string; minutes: Map<number, MinuteCounts> }
  >();
  const add = (series: SeriesName, customer: string, { minute, good, total }: MinuteCounts): void => {
    const key = `${seriesKey(series)} ${customer}`;
    const row = rows.get(key) ?? { series, customer, minutes: new Map() };
    rows.set(key, row);
    const known = row.minutes.get(minute);
    row.minutes.set(minute, { minute, good: good + (known?.good ?? 0), total: total + (known?.total ?? 0) });
  };
  for (const view of views) {
    const named = [
      { kind: 'screen' as const, name: view.screen },
      ...(judges.screenSlos.get(view.screen) ?? []).map((name) => ({ kind: 'slo' as const, name })),
    ];
    for (const series of named) {
      add(series, '', view);
      if (view.customer !== undefined) add(series, view.customer, view);
    }
  }
  for (const { slo, customer = '', ...minute } of slos) add({ kind: 'slo', name: slo }, customer, minute);
  // A route's events are those that were answered; good is what did not fail.
  for (const { route, minute, total, failed, abandoned } of routes)
    add({ kind: 'route', name: route }, '', {
      minute,
      good: total - failed - abandoned,
      total: total - abandoned,
    });
  return [...rows.values()].map(({ minutes, ...row }) => ({ ...row, minutes: [...minutes.values()] }));
}

function screensOf(views: readonly ScreenMinute[]): readonly ScreenSlot[] {
  const slots = Map.groupBy(views, ({ screen, customer = '' }) => `${screen}\n${customer}`);
  return [...slots.values()].flatMap((minutes) => {
    const [first] = minutes;
    if (first === undefined) return [];
    const sum = (of: (minute: ScreenMinute) => number): number =>
      minutes.reduce((all, minute) => all + of(minute), 0);
    return {
      screen: first.screen,
      customer: first.customer ?? '',
      total: sum(({ total }) => total),
      abandoned: sum(({ abandoned }) => abandoned),
      bots: sum(({ bots }) => bots),
      sure: sum(({ sure }) => sure),
      incomplete: sum(({ incomplete }) => incomplete),
      unmeasured: sum(({ unmeasured }) => unmeasured),
      ways: waysOf((way) => sum(({ ways }) => ways[way])),
    };
  });
}

function causesOf({ causes }: Judged): readonly CauseSlot[] {
  const slots = new Map<string, CauseSlot>();
  for (const { minute: _, customer = '', ...cause } of causes) {
    const key = JSON.stringify([cause.screen, customer, cause.kind, cause.requests]);
    const views = cause.views + (slots.get(key)?.views ?? 0);
    slots.set(key, { ...cause, customer, views });
  }
  return [...slots.values()];
}

function routesOf(routes: readonly RouteMinute[]): readonly RouteSlot[] {
  return [...Map.groupBy(routes, ({ route }) => route)].map(([route, minutes]) => ({
    route,
    total: minutes.reduce((sum, { total }) => sum + total, 0),
    failed: minutes.reduce((sum, { failed }) => sum + failed, 0),
    abandoned: minutes.reduce((sum, { abandoned }) => sum + abandoned, 0),
    latencies: mergedSketch(minutes.map(({ latencies }) => latencies)),
  }));
}
