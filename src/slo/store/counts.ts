import { sql } from 'kysely';
import type { Db, Tx } from '#platform';
import type { CountColumns, Counts, MinuteCounts } from '../core/budget/counts.ts';
import type { Bounds } from '../core/objective/time-window.ts';
import {
  emptyHour,
  HOUR_MINUTES,
  type HourCounts,
  hourSums,
  packHour,
  readHour,
  unpackHour,
} from '../core/series/packed-hour.ts';
import { packedReader } from '../core/spool/packed.ts';

/** Counts are kept by what they are of: an SLO, a screen, or a route (`GET /items/{id}`), by its name. */
export interface SeriesName {
  readonly kind: 'slo' | 'screen' | 'route';
  readonly name: string;
}

interface Wanted extends Bounds {
  /** Only events of this customer; absent: all events, whoever they were of. */
  readonly customer?: string;
}

/** The counts of one series, for `countSeriesOfColumns`; minutes without events are left out, in ascending order. */
export async function readCounts(
  db: Db | Tx,
  { series, ...wanted }: Wanted & { readonly series: SeriesName },
): Promise<CountColumns> {
  const [columns = EMPTY] = await readCountsOfMany(db, { series: [series], ...wanted });
  return columns;
}

const EMPTY: CountColumns = { minute: [], good: [], total: [] };

/** The same of many series with one question, in their order. */
export async function readCountsOfMany(
  db: Db | Tx,
  { series, customer = '', fromMinute, toMinute }: Wanted & { readonly series: readonly SeriesName[] },
): Promise<readonly CountColumns[]> {
  const { rows } = await sql<{ place: number; packed: Buffer }>`
    SELECT wanted.place::int AS place, string_agg(int4send(hour) || minutes, ''::bytea ORDER BY hour) AS packed
    FROM unnest(${series.map(({ kind }) => kind)}::text[], ${series.map(({ name }) => name)}::text[])
      WITH ORDINALITY AS wanted (kind, name, place)
    JOIN slo_series USING (kind, name)
    JOIN slo_counts ON slo_counts.series = slo_series.id AND customer = ${customer}
      AND hour >= ${hourOf(fromMinute)} AND hour <= ${hourOf(toMinute - 1)}
    GROUP BY wanted.place`.execute(db);
  const found = new Map(rows.map(({ place, packed }) => [place, packed]));
  return series.map((_, index) => columnsOf(found.get(index + 1), { fromMinute, toMinute }));
}

const hourOf = (minute: number): number => Math.floor(minute / HOUR_MINUTES);

function columnsOf(packed: Uint8Array | undefined, { fromMinute, toMinute }: Bounds): CountColumns {
  const [minute, good, total]: [number[], number[], number[]] = [[], [], []];
  const reader = packedReader(packed ?? new Uint8Array());
  while (!reader.isAtEnd()) {
    const hour = reader.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0);
    readHour(reader, (inHour, goods, bads) => {
      const at = hour * HOUR_MINUTES + inHour;
      if (at < fromMinute || at >= toMinute) return;
      minute.push(at);
      good.push(goods);
      total.push(goods + bads);
    });
  }
  return { minute, good, total };
}

export interface CustomerCounts extends Counts {
  readonly customer: string;
}

/** Sums by customer, those with the most bad events first. Events that tell no customer are in none of them. */
export async function readCustomers(
  db: Db | Tx,
  { series, fromMinute, toMinute, most }: Bounds & { readonly series: SeriesName; readonly most: number },
): Promise<readonly CustomerCounts[]> {
  const inside = { first: Math.ceil(fromMinute / HOUR_MINUTES), end: hourOf(toMinute) };
  const { rows } = await sql<{
    customer: string;
    hour: number | null;
    good: string;
    total: string;
    minutes: Buffer | null;
  }>`
    SELECT customer, NULL::int AS hour, sum(good) AS good, sum(total) AS total, NULL::bytea AS minutes
    FROM slo_counts JOIN slo_series ON id = series
    WHERE kind = ${series.kind} AND name = ${series.name} AND customer <> '' AND hour >= ${inside.first} AND hour < ${inside.end}
    GROUP BY customer
    UNION ALL
    SELECT customer, hour, good, total, minutes FROM slo_counts JOIN slo_series ON id = series
    WHERE kind = ${series.kind} AND name = ${series.name} AND customer <> ''
      AND (hour = ${hourOf(fromMinute)} OR hour = ${hourOf(toMinute - 1)})
      AND NOT (hour >= ${inside.first} AND hour < ${inside.end})`.execute(db);
  const sums = new Map<string, { good: number; total: number }>();
  for (const { customer, hour, good, total, minutes } of rows) {
    const sum = sums.get(customer) ?? { good: 0, total: 0 };
    sums.set(customer, sum);
    if (hour === null || minutes === null) {
      sum.good += Number(good);
      sum.total += Number(total);
      continue;
    }
    readHour(packedReader(minutes), (inHour, goods, bads) => {
      const at = hour * HOUR_MINUTES + inHour;
      if (at < fromMinute || at >= toMinute) return;
      sum.good += goods;
      sum.total += goods + bads;
    });
  }
  return [...sums]
    .map(([customer, counts]) => ({ customer, ...counts }))
    .filter(({ total }) => total > 0)
    .toSorted(
      (a, b) =>
        b.total - b.good - (a.total - a.good) || b.total - a.total || (a.customer < b.customer ? -1 : 1),
    )
    .slice(0, most);
}

/** Everything before this minute was counted; a series that nobody ever counted is missing. */
export async function countedUntil(db: Db | Tx): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ kind: SeriesName['kind']; name: string; counted_until: number }>`
    SELECT kind, name, counted_until FROM slo_series WHERE counted_until > 0`.execute(db);
  return new Map(rows.map(({ counted_until, ...series }) => [seriesKey(series), counted_until]));
}

export const seriesKey = ({ kind, name }: SeriesName): string => `${kind} ${name}`;

/** Counts of one series and customer for the minutes that are replaced. */
export interface NewCounts {
  readonly series: SeriesName;
  /** Empty: all events, whoever they were of. */
  readonly customer?: string;
  /** Minutes that are not given have no events. None may be outside of what is replaced. */
  readonly minutes: readonly MinuteCounts[];
}

export interface Replacement extends Bounds {
  /** What is replaced: every customer of these series, also those for whom nothing is given. */
  readonly series: readonly SeriesName[];
  readonly counts: readonly NewCounts[];
  /** Everything before this minute was counted; `toMinute` if not given. */
  readonly countedUntil?: number;
}

interface HourRow {
  readonly series: number;
  readonly customer: string;
  readonly hour: number;
  readonly minutes: Buffer;
}

/** Puts new counts in place of all that is kept of some series for some minutes. Doing so again changes nothing. */
export async function replaceCounts(
  tx: Tx,
  { series, counts, fromMinute, toMinute, countedUntil: until = toMinute }: Replacement,
): Promise<void> {
  const ids = await idsOf(tx, series, until);
  const { rows } = await sql<HourRow>`
    SELECT series, customer, hour, minutes FROM slo_counts
    WHERE series = ANY (${[...ids.values()]}) AND hour >= ${hourOf(fromMinute)} AND hour <= ${hourOf(toMinute - 1)}
    ORDER BY series, customer, hour FOR UPDATE`.execute(tx);
  const before = new Map(rows.map((row) => [`${row.series} ${row.hour} ${row.customer}`, row.minutes]));
  const after = new Map<string, { series: number; customer: string; hour: number; counts: HourCounts }>(
    rows.map(({ series: id, customer, hour, minutes }) => {
      const kept = unpackHour(minutes);
      for (let minute = 0; minute < HOUR_MINUTES; minute += 1) {
        const at = hour * HOUR_MINUTES + minute;
        if (at >= fromMinute && at < toMinute) kept.good[minute] = kept.bad[minute] = 0;
      }
      return [`${id} ${hour} ${customer}`, { series: id, customer, hour, counts: kept }] as const;
    }),
  );
  for (const { series: of, customer = '', minutes } of counts) {
    const id = ids.get(seriesKey(of));
    if (id === undefined) throw new RangeError(`${of.name} is not among what is replaced`);
    for (const { minute, good, total } of minutes) {
      if (minute < fromMinute || minute >= toMinute) throw new RangeError(`Minute ${minute} is not replaced`);
      const hour = hourOf(minute);
      const key = `${id} ${hour} ${customer}`;
      const row = after.get(key) ?? { series: id, customer, hour, counts: emptyHour() };
      after.set(key, row);
      row.counts.good[minute - hour * HOUR_MINUTES] = good;
      row.counts.bad[minute - hour * HOUR_MINUTES] = total - good;
    }
  }
  const packed = [...after].map(([key, { counts: hourCounts, ...row }]) => ({
    ...row,
    ...hourSums(hourCounts),
    minutes: Buffer.from(packHour(hourCounts)),
    was: before.get(key),
  }));
  const gone = packed.filter(({ total }) => total === 0);
  const changed = packed.filter(({ total, minutes, was }) => total > 0 && was?.equals(minutes) !== true);
  if (gone.length > 0)
    await sql`DELETE FROM slo_counts WHERE (series, customer, hour) IN (SELECT * FROM unnest(
      ${gone.map((row) => row.series)}::int[], ${gone.map((row) => row.customer)}::text[], ${gone.map((row) => row.hour)}::int[]))`.execute(
      tx,
    );
  if (changed.length > 0)
    await sql`
      INSERT INTO slo_counts (series, customer, hour, good, total, minutes) SELECT * FROM unnest(
        ${changed.map((row) => row.series)}::int[], ${changed.map((row) => row.customer)}::text[],
        ${changed.map((row) => row.hour)}::int[], ${changed.map((row) => row.good)}::bigint[],
        ${changed.map((row) => row.total)}::bigint[], ${changed.map((row) => row.minutes)}::bytea[])
      ON CONFLICT (series, customer, hour)
        DO UPDATE SET good = excluded.good, total = excluded.total, minutes = excluded.minutes`.execute(tx);
}

/** Ids of series, made where they are new, locked until the end so that two replacements come one after the other. */
async function idsOf(
  tx: Tx,
  series: readonly SeriesName[],
  untilMinute: number,
): Promise<ReadonlyMap<string, number>> {
  const kinds = series.map(({ kind }) => kind);
  const names = series.map(({ name }) => name);
  const given = sql`SELECT DISTINCT kind, name FROM unnest(${kinds}::text[], ${names}::text[]) AS given (kind, name)`;
  await sql`INSERT INTO slo_series (kind, name) SELECT kind, name FROM (${given}) AS given
    WHERE NOT EXISTS (SELECT 1 FROM slo_series AS known WHERE known.kind = given.kind AND known.name = given.name)
    ORDER BY kind, name ON CONFLICT DO NOTHING`.execute(tx);
  const { rows } = await sql<SeriesName & { id: number; counted_until: number }>`
    SELECT id, kind, name, counted_until FROM slo_series WHERE (kind, name) IN (${given}) ORDER BY id FOR UPDATE`.execute(
    tx,
  );
  const behind = rows.filter(({ counted_until }) => counted_until < untilMinute).map(({ id }) => id);
  if (behind.length > 0)
    await sql`UPDATE slo_series SET counted_until = ${untilMinute} WHERE id = ANY (${behind})`.execute(tx);
  return new Map(rows.map(({ id, ...name }) => [seriesKey(name), id]));
}
