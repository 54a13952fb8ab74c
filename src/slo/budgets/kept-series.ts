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
  readonly series: CountSeries;
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

/** Columns without an object or a double for each minute. */
interface Packed extends Bounds {
  readonly minute: Int32Array;
  readonly good: Float64Array;
  readonly total: Float64Array;
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
          series: countSeriesOfColumns(bounds, joined(before, columns)),
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
  minute: Int32Array.from(minute),
  good: Float64Array.from(good),
  total: Float64Array.from(total),
});

function joined(before: Packed | undefined, after: CountColumns): CountColumns {
  if (before === undefined) return after;
  const join = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array => {
    const both = new Float64Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  return {
    minute: join(before.minute, after.minute),
    good: join(before.good, after.good),
    total: join(before.total, after.total),
  };
}
