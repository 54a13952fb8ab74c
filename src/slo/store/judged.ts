import { sql } from 'kysely';
import type { Db, Tx } from '#platform';
import type { Bounds } from '../core/objective/time-window.ts';
import type { CauseKind } from '../core/screens/cause.ts';
import type { ViewWay } from '../core/screens/open-views.ts';
import { waysOf } from '../core/screens/view-counts.ts';
import { type LatencySketch, latencyCount, mergedSketch } from '../core/series/latency-sketch.ts';
import { packedReader, packedWriter } from '../core/spool/packed.ts';
import { SLOT_MINUTES } from '../core/spool/rows.ts';

/** What is known of a screen's views beside how many were good. */
export interface ScreenSums {
  readonly total: number;
  readonly abandoned: number;
  readonly bots: number;
  readonly sure: number;
  readonly incomplete: number;
  readonly unmeasured: number;
  readonly ways: Readonly<Record<ViewWay, number>>;
}

export interface ScreenSlot extends ScreenSums {
  readonly screen: string;
  /** Empty: not told. */
  readonly customer: string;
}

export interface CauseSlot {
  readonly screen: string;
  readonly customer: string;
  readonly kind: CauseKind;
  readonly requests: readonly number[];
  readonly views: number;
}

export interface RouteSums {
  readonly total: number;
  readonly failed: number;
  readonly abandoned: number;
  readonly latencies: LatencySketch;
}

export interface RouteSlot extends RouteSums {
  readonly route: string;
}

export interface JudgedSlot {
  readonly slot: number;
  readonly screens: readonly ScreenSlot[];
  readonly causes: readonly CauseSlot[];
  readonly routes: readonly RouteSlot[];
}

/** Puts what was judged of a slot in place of what was there. */
export async function replaceJudged(tx: Tx, { slot, screens, causes, routes }: JudgedSlot): Promise<void> {
  for (const table of ['slo_screen_slots', 'slo_causes', 'slo_route_slots'])
    await sql`DELETE FROM ${sql.table(table)} WHERE slot = ${slot}`.execute(tx);
  const rows = JSON.stringify(
    screens.map(({ ways, ...sums }) => ({ ...sums, slot, ways: WAYS.map((way) => ways[way]) })),
  );
  await sql`
    INSERT INTO slo_screen_slots
    SELECT screen, customer, slot, total, abandoned, bots, sure, incomplete, unmeasured, ways
    FROM jsonb_populate_recordset(NULL::slo_screen_slots, ${rows}::jsonb)`.execute(tx);
  await sql`
    INSERT INTO slo_causes SELECT screen, customer, slot, kind, requests, views
    FROM jsonb_populate_recordset(NULL::slo_causes, ${JSON.stringify(causes.map((cause) => ({ ...cause, slot })))}::jsonb)`.execute(
    tx,
  );
  if (routes.length > 0)
    await sql`
      INSERT INTO slo_route_slots (route, slot, total, failed, abandoned, measured, latencies)
      SELECT route, ${slot}, total, failed, abandoned, measured, latencies FROM unnest(
        ${routes.map(({ route }) => route)}::text[], ${routes.map(({ total }) => total)}::bigint[],
        ${routes.map(({ failed }) => failed)}::bigint[], ${routes.map(({ abandoned }) => abandoned)}::bigint[],
        ${routes.map(({ latencies }) => latencyCount(latencies))}::bigint[],
        ${routes.map(({ latencies }) => packSketch(latencies))}::bytea[])
        AS given (route, total, failed, abandoned, measured, latencies)`.execute(tx);
}

const WAYS = ['page-view-id', 'trace', 'referer', 'client', 'alone'] as const satisfies readonly ViewWay[];

function packSketch(sketch: LatencySketch): Buffer {
  const writer = packedWriter();
  let before = 0;
  for (const [bucket, count] of sketch) {
    writer.varint(bucket - before);
    writer.varint(count);
    before = bucket;
  }
  return Buffer.from(writer.done());
}

function unpackSketch(packed: Uint8Array): LatencySketch {
  const sketch: [number, number][] = [];
  let bucket = 0;
  for (const reader = packedReader(packed); !reader.isAtEnd(); ) {
    bucket += reader.varint();
    sketch.push([bucket, reader.varint()]);
  }
  return sketch;
}

/** Slots that begin in these minutes: whoever asks for parts of slots gets whole ones. */
const slotsOf = ({ fromMinute, toMinute }: Bounds) => ({
  first: Math.floor(fromMinute / SLOT_MINUTES),
  end: Math.ceil(toMinute / SLOT_MINUTES),
});

interface ScreenAsked extends Bounds {
  readonly screen: string;
  /** Absent: all views, whoever they were of. */
  readonly customer?: string;
}

/** How sure the views of a screen are; in whole slots of five minutes. */
export async function readScreenSums(
  db: Db,
  { screen, customer, ...bounds }: ScreenAsked,
): Promise<ScreenSums> {
  const { first, end } = slotsOf(bounds);
  const { rows } = await sql<Record<string, string | null>>`
    SELECT sum(total) AS total, sum(abandoned) AS abandoned, sum(bots) AS bots, sum(sure) AS sure,
      sum(incomplete) AS incomplete, sum(unmeasured) AS unmeasured, sum(ways[1]) AS "page-view-id", sum(ways[2]) AS trace,
      sum(ways[3]) AS referer, sum(ways[4]) AS client, sum(ways[5]) AS alone
    FROM slo_screen_slots WHERE screen = ${screen} AND slot >= ${first} AND slot < ${end}
      AND (${customer ?? null}::text IS NULL OR customer = ${customer ?? null})`.execute(db);
  const sumOf = (name: string): number => Number(rows[0]?.[name] ?? 0);
  return {
    total: sumOf('total'),
    abandoned: sumOf('abandoned'),
    bots: sumOf('bots'),
    sure: sumOf('sure'),
    incomplete: sumOf('incomplete'),
    unmeasured: sumOf('unmeasured'),
    ways: waysOf(sumOf),
  };
}

/** Why views of a screen were bad, most first; in whole slots of five minutes. */
export async function readCauses(
  db: Db,
  { screen, customer, ...bounds }: ScreenAsked,
): Promise<readonly Omit<CauseSlot, 'screen' | 'customer'>[]> {
  const { first, end } = slotsOf(bounds);
  const { rows } = await sql<{ kind: CauseKind; requests: number[]; views: string }>`
    SELECT kind, requests, sum(views) AS views FROM slo_causes
    WHERE screen = ${screen} AND slot >= ${first} AND slot < ${end}
      AND (${customer ?? null}::text IS NULL OR customer = ${customer ?? null})
    GROUP BY kind, requests ORDER BY sum(views) DESC, kind, requests`.execute(db);
  return rows.map(({ views, ...cause }) => ({ ...cause, views: Number(views) }));
}

/** Requests of routes and their times; in whole slots of five minutes. Routes without requests are missing. */
export async function readRoutes(
  db: Db,
  { routes, ...bounds }: Bounds & { readonly routes: readonly string[] },
): Promise<ReadonlyMap<string, RouteSums>> {
  const { first, end } = slotsOf(bounds);
  const { rows } = await sql<{
    route: string;
    total: string;
    failed: string;
    abandoned: string;
    latencies: Buffer[];
  }>`
    SELECT route, sum(total) AS total, sum(failed) AS failed, sum(abandoned) AS abandoned, array_agg(latencies) AS latencies
    FROM slo_route_slots WHERE route = ANY (${routes}) AND slot >= ${first} AND slot < ${end}
    GROUP BY route`.execute(db);
  return new Map(
    rows.map(({ route, total, failed, abandoned, latencies }) => [
      route,
      {
        total: Number(total),
        failed: Number(failed),
        abandoned: Number(abandoned),
        latencies: mergedSketch(latencies.map(unpackSketch)),
      },
    ]),
  );
}
