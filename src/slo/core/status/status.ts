import type { EpochMs } from '#core-values';
import type { BurnAlert } from '../alerts/burn-alert.ts';
import { type AlertState, alertState } from '../alerts/firing.ts';
import { type Budget, eventBudget, timeBudget } from '../budget/budget.ts';
import { type CountSeries, countsBetween } from '../budget/counts.ts';
import {
  judgeSlices,
  type SliceNumbers,
  type SliceRule,
  sliceNumbers,
  slicesEnding,
} from '../budget/time-slices.ts';
import { type Burn, burnRate, correctedBurn } from '../burn/burn-rate.ts';
import type { Ppm } from '../objective/ppm.ts';
import { type Bounds, boundsAt, type TimeWindow } from '../objective/time-window.ts';

/** What is promised of some counts. */
export interface Objective {
  readonly targetPpm: Ppm;
  readonly window: TimeWindow;
  /** Judges slices of time instead of events. */
  readonly slices?: SliceRule;
  readonly alerts: readonly BurnAlert[];
}

/** How an objective stands: what is left of its budget, how fast that burns, and which alerts say so. */
export interface ObjectiveStatus {
  readonly bounds: Bounds;
  readonly budget: Budget;
  /** Over the windows of its alerts, the shortest first. */
  readonly burns: readonly BurnOver[];
  readonly alerts: readonly AlertState[];
  /** Only of slices of time. */
  readonly slices?: SliceNumbers;
}

export interface BurnOver {
  readonly minutes: number;
  readonly burn: Burn;
  /** As if the traffic of the whole series had come evenly: what this time really cost. */
  readonly corrected: Burn;
}

/** The series should reach from the begin of the window, and of the longest alert's, up to now; corrections are applied before. */
export function objectiveStatus(objective: Objective, series: CountSeries, at: EpochMs): ObjectiveStatus {
  const { targetPpm, window, slices: rule, alerts } = objective;
  const bounds = boundsAt(window, at);
  const atMinute = Math.floor(at / 60_000);
  const judged = rule === undefined ? undefined : judgeSlices(series, rule);
  const counted = judged ?? series;
  const elapsed = { fromMinute: bounds.fromMinute, toMinute: atMinute };
  const sofar = countsBetween(counted, elapsed);
  const lengths = new Set(alerts.flatMap(({ shortMinutes, longMinutes }) => [shortMinutes, longMinutes]));
  return {
    bounds,
    budget:
      rule === undefined
        ? eventBudget(sofar, targetPpm)
        : timeBudget({
            slices: sofar,
            sliceMinutes: rule.minutes,
            slicesToCome: slicesEnding({ fromMinute: atMinute, toMinute: bounds.toMinute }, rule.minutes),
            allowance: { kind: 'target', targetPpm },
          }),
    burns: [...lengths]
      .toSorted((a, b) => a - b)
      .map((minutes) => burnOver(minutes, counted, targetPpm, atMinute)),
    alerts: alerts.map((alert) => alertState(alert, counted, atMinute)),
    ...(judged === undefined ? {} : { slices: sliceNumbers(judged, elapsed) }),
  };
}

function burnOver(minutes: number, series: CountSeries, targetPpm: Ppm, toMinute: number): BurnOver {
  const counts = countsBetween(series, { fromMinute: toMinute - minutes, toMinute });
  const { fromMinute } = series;
  const period = countsBetween(series, { fromMinute, toMinute });
  const periodMinutes = toMinute - fromMinute;
  return {
    minutes,
    burn: burnRate(counts, targetPpm),
    corrected: correctedBurn({ counts, minutes, period, periodMinutes, targetPpm }),
  };
}
