import type { Counts, MinuteCounts } from '../budget/counts.ts';
import type { Metric } from '../definitions/indicator-schema.ts';
import type { SloObjective } from '../definitions/resolve.ts';
import type { Bounds } from '../objective/time-window.ts';

/** What another system answered for one series: a value for each minute it knows, ascending. */
export interface ValueSeries {
  /** The counter of one process: a fall means that it began anew. Falls of sums mean nothing that could be counted. */
  readonly isCounter: boolean;
  readonly minutes: readonly number[];
  readonly values: readonly number[];
}

/** Values that are none of what was asked for, by minutes and series; what became of each stands in docs/slo-sources.md. */
export interface Oddities {
  readonly notNumbers: number;
  readonly negative: number;
  /** Sums of counters that fell: their minute is not counted. */
  readonly fallen: number;
  /** More bad (or good) events than events. */
  readonly beyondTotal: number;
}

export interface CountedValues {
  /** In order; a minute of which nothing is known is missing. */
  readonly minutes: readonly MinuteCounts[];
  readonly odd: Oddities;
}

/** Values by query, as `sourcesOf` of the metric names them. */
export interface MetricValues {
  readonly events: readonly ValueSeries[];
  readonly total: readonly ValueSeries[];
}

/** What is asked for besides the bounds: a counter that was not seen for longer begins anew. */
export const COUNTER_MEMORY_MINUTES = 10;

const HOUR_MINUTES = 60;
/** What a ratio that was made elsewhere weighs in a minute. */
const RATIO_PARTS = 1_000_000;
/** Sums of fractions such as 0.1 are a little off. */
const DRIFT = 1e-6;

type Odd = { -readonly [Name in keyof Oddities]: number };

/** Sums by minute; those of which nobody can know are apart. */
interface Sums {
  readonly byMinute: ReadonlyMap<number, number>;
  readonly unknown: ReadonlySet<number>;
}

/**
 * Values as good and total events of every minute of the bounds, which begin with an hour: fractions are carried from minute to minute
 * within an hour, so that every hour is right to the nearest event. The same values always give the same counts, whatever else is asked.
 */
export function countedValues(
  metric: Metric,
  compared: SloObjective['compared'],
  { events, total }: MetricValues,
  bounds: Bounds,
): CountedValues {
  const odd: Odd = { notNumbers: 0, negative: 0, fallen: 0, beyondTotal: 0 };
  const isOfBounds = (minute: number): boolean => minute >= bounds.fromMinute && minute < bounds.toMinute;
  if (metric.kind !== 'ratio') {
    const judge = metric.kind === 'raw' ? ratioOf(metric.rawType) : goodWhen(compared);
    const minutes = events.flatMap((series) =>
      series.minutes.flatMap((minute, index) => {
        const value = series.values[index] ?? Number.NaN;
        if (!isOfBounds(minute)) return [];
        if (Number.isNaN(value)) odd.notNumbers += 1;
        return Number.isNaN(value) ? [] : [{ minute, ...judge(value) }];
      }),
    );
    return { minutes, odd };
  }
  const sums = (all: readonly ValueSeries[]): Sums =>
    metric.counter ? increases(all, isOfBounds, odd) : sumsOf(all, isOfBounds, odd);
  const [ofEvents, ofTotal] = [sums(events), sums(total)];
  const known = [...ofTotal.byMinute]
    .filter(([minute]) => !ofTotal.unknown.has(minute) && !ofEvents.unknown.has(minute))
    .toSorted(([a], [b]) => a - b)
    .map(([minute, all]) => {
      const some = ofEvents.byMinute.get(minute) ?? 0;
      if (some > all + DRIFT) odd.beyondTotal += 1;
      const part = Math.min(some, all);
      return {
        minute,
        ...(metric.part === 'good' ? { good: part, bad: all - part } : { good: all - part, bad: part }),
      };
    });
  return { minutes: wholeEvents(known), odd };
}

const ratioOf =
  (rawType: 'success' | 'failure') =>
  (value: number): Counts => {
    const share = Math.round(Math.min(1, Math.max(0, value)) * RATIO_PARTS);
    return { good: rawType === 'success' ? share : RATIO_PARTS - share, total: RATIO_PARTS };
  };

const COMPARE: Readonly<Record<'lte' | 'gte' | 'lt' | 'gt', (a: number, b: number) => boolean>> = {
  lte: (a, b) => a <= b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
};

/** Definitions of thresholds always compare: what does not could only be bad. */
const goodWhen =
  (compared: SloObjective['compared']) =>
  (value: number): Counts => ({
    good: compared !== undefined && COMPARE[compared.op](value, compared.value) ? 1 : 0,
    total: 1,
  });

function sumsOf(all: readonly ValueSeries[], isOfBounds: (minute: number) => boolean, odd: Odd): Sums {
  const byMinute = new Map<number, number>();
  for (const series of all) {
    series.minutes.forEach((minute, index) => {
      const value = series.values[index] ?? Number.NaN;
      if (!isOfBounds(minute)) return;
      if (!Number.isFinite(value)) odd.notNumbers += 1;
      else if (value < 0) odd.negative += 1;
      else byMinute.set(minute, (byMinute.get(minute) ?? 0) + value);
    });
  }
  return { byMinute, unknown: new Set() };
}

/** What counters grew by, in the minute in which it was seen: none is lost by a gap, and none counted twice. */
function increases(all: readonly ValueSeries[], isOfBounds: (minute: number) => boolean, odd: Odd): Sums {
  const byMinute = new Map<number, number>();
  const unknown = new Set<number>();
  for (const { isCounter, minutes, values } of all) {
    let before: { readonly minute: number; readonly value: number } | undefined;
    for (const [index, minute] of minutes.entries()) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value) || value < 0) {
        if (isOfBounds(minute)) odd[value < 0 ? 'negative' : 'notNumbers'] += 1;
        continue;
      }
      const last = before;
      before = { minute, value };
      if (!isOfBounds(minute)) continue;
      const isKnown = last !== undefined && minute - last.minute <= COUNTER_MEMORY_MINUTES;
      const hasFallen = isKnown && value < last.value;
      if (hasFallen && !isCounter) {
        odd.fallen += 1;
        unknown.add(minute);
        continue;
      }
      // A counter that began anew counts from 0; before one was ever seen, nobody knows what of it is new.
      const grown = hasFallen ? value : isKnown ? value - last.value : 0;
      byMinute.set(minute, (byMinute.get(minute) ?? 0) + grown);
    }
  }
  return { byMinute, unknown };
}

interface Shares {
  readonly minute: number;
  readonly good: number;
  readonly bad: number;
}

/** Good and bad each carry what is left of them on to the next minute; the last minute of an hour rounds. Whole numbers stay as they are. */
function wholeEvents(shares: readonly Shares[]): readonly MinuteCounts[] {
  let hour = Number.NaN;
  const carry = carries();
  return shares.map(({ minute, good, bad }) => {
    const its = Math.floor(minute / HOUR_MINUTES);
    if (its !== hour) carry.forget();
    hour = its;
    const isLast = minute % HOUR_MINUTES === HOUR_MINUTES - 1;
    const [goods, bads] = [carry.good(good, isLast), carry.bad(bad, isLast)];
    return { minute, good: goods, total: goods + bads };
  });
}

function carries() {
  const rests = { good: 0, bad: 0 };
  const next =
    (name: 'good' | 'bad') =>
    (share: number, isLast: boolean): number => {
      const sum = rests[name] + share;
      const whole = isLast ? Math.round(sum) : Math.floor(sum + DRIFT);
      rests[name] = sum - whole;
      return Math.max(0, whole);
    };
  return {
    good: next('good'),
    bad: next('bad'),
    forget: () => {
      rests.good = 0;
      rests.bad = 0;
    },
  };
}
