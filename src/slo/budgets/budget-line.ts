import { epochMs, formatTime } from '#core-values';
import { burnDown } from '../core/budget/burn-down.ts';
import type { Bounds, CountSeries, ObjectiveStatus } from '../core/index.ts';

/** What remained of a budget at the end of each step, in ppm; `null` where it is not known. */
export interface BudgetLine {
  from: string;
  stepMinutes: number;
  remainingPpm: (number | null)[];
}

export const minuteTime = (minute: number): string => formatTime(epochMs(minute * 60_000));

/** Steps that a chart can show. */
const STEPS = [5, 15, 60, 240, 1440, 10_080] as const;

export function budgetLine(
  {
    counted,
    status,
    each,
  }: { readonly counted: CountSeries; readonly status: ObjectiveStatus; readonly each: number },
  bounds: Bounds,
  mostSteps: number,
): BudgetLine {
  const length = bounds.toMinute - bounds.fromMinute;
  const stepMinutes = STEPS.find((step) => length / step <= mostSteps) ?? Math.ceil(length / mostSteps);
  const line = burnDown({ budget: status.budget, series: counted, bounds, stepMinutes, each });
  return { from: minuteTime(bounds.fromMinute), stepMinutes, remainingPpm: [...line] };
}
