import { type EpochMs, epochMs } from '#core-values';
import { remainingPpm } from '../core/budget/burn-down.ts';
import {
  type Bounds,
  type Correction,
  type CountSeries,
  type Counts,
  countsBetween,
  judgeSlices,
  type ObjectiveStatus,
  objectiveStatus,
  type Slo,
  type SloObjective,
  withCorrections,
} from '../core/index.ts';
import type { KeptCorrection } from '../corrections/store.ts';
import type { SloRoom } from '../room.ts';
import { type BudgetLine, budgetLine } from './budget-line.ts';

/** `late`: the newest minute is older than it should be. */
export type DataState =
  | { readonly state: 'none' }
  | { readonly state: 'ok' | 'late'; readonly upTo: EpochMs };

/** Slots of five minutes, judged by a job of every minute, and a reading that may take as long. */
const LATE_AFTER_MS = 15 * 60_000;

export function dataState(on: Pick<SloRoom, 'clock' | 'keeping'>, upTo: EpochMs | undefined): DataState {
  if (upTo === undefined) return { state: 'none' };
  const isLate = on.clock.now() - upTo > LATE_AFTER_MS + on.keeping().latenessMs;
  return { state: isLate ? 'late' : 'ok', upTo };
}

export interface SloStatus {
  readonly slo: Slo;
  readonly data: DataState;
  /** None where nothing was ever counted. */
  readonly objectives: readonly ObjectiveNow[];
}

export interface ObjectiveNow {
  readonly objective: SloObjective;
  readonly status: ObjectiveStatus;
  /** Of its window so far: events, or slices of time. */
  readonly sli: Counts;
  /** Over the long window of each of its alerts. */
  readonly overLong: readonly Counts[];
  /** Everything before this minute was counted. */
  readonly upToMinute: number;
  readonly sparkline: BudgetLine;
  readonly remainingPpm?: number;
}

/** The same with the minutes that it is made of: a megabyte for a month, not to be kept. */
export interface ObjectiveInFull extends ObjectiveNow {
  /** Corrections applied, slices judged where there are slices. */
  readonly counted: CountSeries;
  /** What one bad event costs: 1, or the minutes of a slice. */
  readonly each: number;
}

export const isBurning = ({ objectives }: SloStatus): boolean =>
  objectives.some(({ status }) => status.alerts.some(({ isFiring }) => isFiring));

/** How an SLO stands at the minute up to which it was counted: what is not known yet says neither good nor bad. */
export const objectivesInFull = (
  slo: Slo,
  series: CountSeries,
  corrections: readonly Correction[],
): readonly ObjectiveInFull[] => {
  const corrected = corrections.length === 0 ? series : withCorrections(series, corrections).series;
  const { toMinute } = series;
  return slo.objectives.map((objective) => {
    const { slices, alerts } = objective;
    const status = objectiveStatus(objective, corrected, epochMs(toMinute * 60_000));
    const counted = slices === undefined ? corrected : judgeSlices(corrected, slices);
    const each = slices?.minutes ?? 1;
    const remaining = remainingPpm(status.budget);
    return {
      ...{ objective, status, counted, each, upToMinute: toMinute },
      sli: countsBetween(counted, { ...status.bounds, toMinute }),
      overLong: alerts.map(({ longMinutes }) =>
        countsBetween(counted, { fromMinute: toMinute - longMinutes, toMinute }),
      ),
      sparkline: budgetLine({ counted, status, each }, status.bounds, SPARKS),
      ...(remaining === undefined ? {} : { remainingPpm: remaining }),
    };
  });
};

const SPARKS = 30;

/** The same without the minutes. */
export const objectivesNow = (...given: Parameters<typeof objectivesInFull>): readonly ObjectiveNow[] =>
  objectivesInFull(...given).map(({ counted: _, each: __, ...now }) => now);

/** Of an SLO, those that are in force: its own and those of its service. */
export const correctionsOf = (
  { metadata, service }: Slo,
  corrections: readonly KeptCorrection[],
): readonly KeptCorrection[] =>
  corrections.filter(({ of }) => of.name === (of.kind === 'slo' ? metadata.name : service));

export const inForce = (corrections: readonly KeptCorrection[]): readonly Correction[] =>
  corrections
    .filter(({ undone }) => undone === undefined)
    .map(({ from, to, reason }) => ({ ...minutesOf(from, to), reason }));

const minutesOf = (from: EpochMs, to: EpochMs): Bounds => ({
  fromMinute: Math.floor(from / 60_000),
  toMinute: Math.floor(to / 60_000),
});
