import { type EpochMs, epochMs } from '#core-values';
import { remainingPpm } from '../core/budget/burn-down.ts';
import {
  type Bounds,
  type Correction,
  type CountSeries,
  judgeSlices,
  type ObjectiveStatus,
  objectiveStatus,
  type Slo,
  type SloObjective,
  withCorrections,
} from '../core/index.ts';
import type { KeptCorrection } from '../corrections/store.ts';
import type { SloRoom } from '../room.ts';

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
  /** What its budget is the sum of: corrections applied, slices judged where there are slices. */
  readonly counted: CountSeries;
  /** What one bad event costs: 1, or the minutes of a slice. */
  readonly each: number;
  readonly remainingPpm?: number;
}

export const isBurning = ({ objectives }: SloStatus): boolean =>
  objectives.some(({ status }) => status.alerts.some(({ isFiring }) => isFiring));

/** How an SLO stands at the minute up to which it was counted: what is not known yet says neither good nor bad. */
export const objectivesNow = (
  slo: Slo,
  series: CountSeries,
  corrections: readonly Correction[],
): readonly ObjectiveNow[] => {
  const corrected = corrections.length === 0 ? series : withCorrections(series, corrections).series;
  const at = epochMs(series.toMinute * 60_000);
  return slo.objectives.map((objective) => {
    const status = objectiveStatus(objective, corrected, at);
    const remaining = remainingPpm(status.budget);
    return {
      objective,
      status,
      counted: objective.slices === undefined ? corrected : judgeSlices(corrected, objective.slices),
      each: objective.slices?.minutes ?? 1,
      ...(remaining === undefined ? {} : { remainingPpm: remaining }),
    };
  });
};

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
