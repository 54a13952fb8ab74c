import { type EpochMs, epochMs } from '#core-values';
import type { Db } from '#platform';
import {
  type Bounds,
  boundsAt,
  type CountColumns,
  type CountSeries,
  countSeriesOfColumns,
  type Slo,
} from '../core/index.ts';
import { countedUntil, readCountsOfMany, seriesKey } from '../store/counts.ts';

/** What was counted for an SLO, as far back as its windows and alerts look. */
export interface SloSeries {
  readonly slo: Slo;
  /** Made when it is asked for: a dense month takes a megabyte. */
  readonly series: () => CountSeries;
  /** Everything before this minute was counted; the series ends with it. */
  readonly upToMinute: number;
}

export interface KeptSeries {
  /** SLOs of which nothing was ever counted are left out. */
  readonly read: (db: Db, slos: readonly Slo[], now: EpochMs) => Promise<readonly SloSeries[]>;
}

/** Files come late by minutes; what comes later than this is seen with the next reading of everything. */
const TAIL_MINUTES = 6 * 60;
const ALL_ANEW_MINUTES = 10;
/** So many SLOs with one question, that no answer is too large. */
const AT_ONCE = 100;

/** Columns in as few bytes as their values need: some six a minute. */
interface Packed extends Bounds {
  /** Minutes since `fromMinute`. */
  readonly offset: ArrayLike<number>;
  readonly bad: ArrayLike<number>;
  readonly total: ArrayLike<number>;
}

/**
 * Series are kept in memory: each minute only the last hours are read, and everything once in ten minutes, as late files can change
 * what was counted days ago.
 */
export function keptSeries(): KeptSeries {
  let old = new Map<string, Packed>();
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    read: async (db, slos, now) => {
      const until = await countedUntil(db);
      const minute = Math.floor(now / 60_000);
      const known = slos.flatMap((slo) => {
        const counted = until.get(seriesKey({ kind: 'slo', name: slo.metadata.name }));
        return counted === undefined ? [] : [{ slo, bounds: boundsOf(slo, Math.min(counted, minute)) }];
      });
      const isOld = minute - readAt >= ALL_ANEW_MINUTES || minute < readAt;
      const kept = isOld ? new Map<string, Packed>() : old;
      const tailFrom = (isOld ? minute : readAt) - TAIL_MINUTES;
      const missing = known.filter(({ slo, bounds }) => {
        const packed = kept.get(slo.metadata.name);
        return packed === undefined || packed.fromMinute > bounds.fromMinute;
      });
      for (const { slo, columns, bounds } of await columnsOf(db, missing, { toMinute: tailFrom })) {
        kept.set(slo.metadata.name, packed(columns, bounds));
      }
      if (isOld) readAt = minute;
      old = kept;
      const tails = await columnsOf(db, known, { fromMinute: tailFrom });
      return tails.map(({ slo, columns, bounds }) => {
        const before = kept.get(slo.metadata.name);
        return {
          slo,
          series: () => countSeriesOfColumns(bounds, joined(before, columns)),
          upToMinute: bounds.toMinute,
        };
      });
    },
  };
}

/** From the begin of its windows, and of what its alerts look back on. */
function boundsOf({ objectives }: Slo, toMinute: number): Bounds {
  const at = epochMs(toMinute * 60_000);
  const froms = objectives.map(({ window, alerts, slices }) => {
    const longest = alerts.map(({ longMinutes, forMinutes }) => longMinutes + forMinutes);
    return (
      Math.min(boundsAt(window, at).fromMinute, toMinute - Math.max(0, ...longest)) - (slices?.minutes ?? 0)
    );
  });
  return { fromMinute: Math.min(...froms), toMinute };
}

interface Wanted {
  readonly slo: Slo;
  readonly bounds: Bounds;
}

async function columnsOf(
  db: Db,
  wanted: readonly Wanted[],
  part: Partial<Bounds>,
): Promise<readonly (Wanted & { readonly columns: CountColumns })[]> {
  const found: (Wanted & { readonly columns: CountColumns })[] = [];
  for (let first = 0; first < wanted.length; first += AT_ONCE) {
    const some = wanted.slice(first, first + AT_ONCE);
    const fromMinute = part.fromMinute ?? Math.min(...some.map(({ bounds }) => bounds.fromMinute));
    const toMinute = part.toMinute ?? Math.max(...some.map(({ bounds }) => bounds.toMinute));
    const columns = await readCountsOfMany(db, {
      series: some.map(({ slo }) => ({ kind: 'slo', name: slo.metadata.name })),
      ...{ fromMinute, toMinute: Math.max(fromMinute, toMinute) },
    });
    found.push(...some.map((one, index) => ({ ...one, columns: columns[index] ?? NOTHING })));
  }
  return found;
}

const NOTHING: CountColumns = { minute: [], good: [], total: [] };

const packed = ({ minute, good, total }: CountColumns, bounds: Bounds): Packed => ({
  ...bounds,
  offset: fitting(Array.from(minute, (at) => at - bounds.fromMinute)),
  bad: fitting(Array.from(total, (all, row) => all - (good[row] ?? 0))),
  total: fitting(Array.from(total)),
});

function fitting(values: readonly number[]): ArrayLike<number> {
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  const least = values.reduce((min, value) => Math.min(min, value), 0);
  if (least < 0 || most > 0xffff_ffff) return Float64Array.from(values);
  if (most > 0xffff) return Uint32Array.from(values);
  return most > 0xff ? Uint16Array.from(values) : Uint8Array.from(values);
}

function joined(before: Packed | undefined, after: CountColumns): CountColumns {
  if (before === undefined) return after;
  const { offset, bad, total, fromMinute } = before;
  const first = offset.length;
  const length = first + after.minute.length;
  const columns = {
    minute: new Float64Array(length),
    good: new Float64Array(length),
    total: new Float64Array(length),
  };
  for (let row = 0; row < first; row += 1) {
    columns.minute[row] = fromMinute + (offset[row] ?? 0);
    columns.good[row] = (total[row] ?? 0) - (bad[row] ?? 0);
    columns.total[row] = total[row] ?? 0;
  }
  columns.minute.set(after.minute, first);
  columns.good.set(after.good, first);
  columns.total.set(after.total, first);
  return columns;
}
