import { epochMs } from '#core-values';
import { minuteTime } from '../budgets/budget-line.ts';
import { budgetAnswer, intervalOf, objectiveAnswer, shareOf } from '../budgets/objective-answer.ts';
import { burnDown } from '../core/budget/burn-down.ts';
import {
  type Bounds,
  boundsAt,
  type CountSeries,
  type Counts,
  countSeries,
  countsBetween,
  eventBudget,
  firingSpans,
  judgeSlices,
  type ObjectiveStatus,
  objectiveStatus,
  proofOf,
  type Slo,
  type SloObjective,
} from '../core/index.ts';
import type { ReportedObjective } from '../core/report/report-schema.ts';

/** Events of an SLO within a minute, of a customer or of all. */
export interface SloRow extends Counts {
  readonly minute: number;
  readonly customer?: string;
}

export interface SloCounts {
  /** Of all, whoever they were. */
  readonly all: readonly SloRow[];
  readonly ofCustomers: readonly SloRow[];
}

const MOST_CUSTOMERS = 50;
const LINE_STEPS = 120;

/** An objective and the minutes that its verdict is made of. */
interface Judged {
  readonly objective: SloObjective;
  readonly status: ObjectiveStatus;
  /** Judged slices where there are slices. */
  readonly counted: CountSeries;
  /** What one bad event costs: 1, or the minutes of a slice. */
  readonly each: number;
}

/** How the objectives of an SLO stand at the end of what was read. */
export const reportedObjectives = (
  slo: Slo,
  counts: SloCounts,
  covered: Bounds,
): readonly ReportedObjective[] =>
  slo.objectives.map((objective) => {
    // As far back as a window reaches; what lies before would only be other traffic to compare with.
    const fromMinute = Math.max(
      covered.fromMinute,
      covered.toMinute - reachMinutes(objective, covered.toMinute),
    );
    const series = countSeries({ fromMinute, toMinute: covered.toMinute }, counts.all);
    return reported(judge(objective, series), counts.ofCustomers, series);
  });

function judge(objective: SloObjective, series: CountSeries): Judged {
  const { slices } = objective;
  const status = objectiveStatus(objective, series, epochMs(series.toMinute * 60_000));
  const counted = slices === undefined ? series : judgeSlices(series, slices);
  return { objective, status, counted, each: slices?.minutes ?? 1 };
}

function reachMinutes({ window, alerts }: SloObjective, toMinute: number): number {
  const { fromMinute } = boundsAt(window, epochMs(toMinute * 60_000));
  return Math.max(toMinute - fromMinute, ...alerts.map(({ longMinutes }) => longMinutes));
}

function reported(now: Judged, customers: readonly SloRow[], series: Bounds): ReportedObjective {
  const { bounds } = now.status;
  const within = { fromMinute: Math.max(bounds.fromMinute, series.fromMinute), toMinute: series.toMinute };
  const hasTime = within.toMinute > within.fromMinute;
  const burnDown = lineOf(now, hasTime ? within : { ...within, fromMinute: within.toMinute });
  const sli = countsBetween(now.counted, { ...bounds, toMinute: series.toMinute });
  const { toMinute: upToMinute } = series;
  const known = { ...now, sli, upToMinute, overLong: [], sparkline: burnDown };
  const answer = objectiveAnswer(known);
  return {
    ...answer,
    sli: { ...answer.sli, interval: intervalOf(answer.sli) },
    ...(hasTime ? { covered: spanOf(within) } : {}),
    burnDown,
    firing: hasTime ? firedWithin(now, within) : [],
    ...customersOf(now, customers, within),
  };
}

/** Steps that a chart can show. */
const STEPS = [5, 15, 60, 240, 1440, 10_080] as const;

function lineOf({ counted, status, each }: Judged, bounds: Bounds): ReportedObjective['burnDown'] {
  const length = bounds.toMinute - bounds.fromMinute;
  const stepMinutes = STEPS.find((step) => length / step <= LINE_STEPS) ?? Math.ceil(length / LINE_STEPS);
  const line = burnDown({ budget: status.budget, series: counted, bounds, stepMinutes, each });
  return { from: minuteTime(bounds.fromMinute), stepMinutes, remainingPpm: [...line] };
}

const spanOf = ({ fromMinute, toMinute }: Bounds) => ({
  from: minuteTime(fromMinute),
  to: minuteTime(toMinute),
});

/** The last moment that is looked at is the end of what was read. */
const firedWithin = ({ objective, counted }: Judged, { fromMinute, toMinute }: Bounds) =>
  objective.alerts.flatMap((alert, place) =>
    firingSpans(alert, counted, { fromMinute, toMinute: toMinute + 1 }).map((span) => ({
      ...{ severity: alert.severity, alert: place },
      ...spanOf({ ...span, toMinute: Math.min(span.toMinute, toMinute) }),
    })),
  );

/** Of slices of time there are no budgets of customers: a customer’s slices would be empty ones. */
function customersOf(
  { objective }: Judged,
  rows: readonly SloRow[],
  { fromMinute, toMinute }: Bounds,
): Pick<ReportedObjective, 'customers' | 'moreCustomers'> {
  if (objective.slices !== undefined) return { customers: [], moreCustomers: 0 };
  const sums = new Map<string, { good: number; total: number }>();
  for (const { customer = '', minute, good, total } of rows) {
    if (minute < fromMinute || minute >= toMinute) continue;
    const sum = sums.get(customer) ?? { good: 0, total: 0 };
    sum.good += good;
    sum.total += total;
    sums.set(customer, sum);
  }
  const { targetPpm } = objective;
  const lost = ({ good, total }: Counts): number => total - good;
  const ordered = [...sums].toSorted(
    ([a, one], [b, other]) => lost(other) - lost(one) || other.total - one.total || (a < b ? -1 : 1),
  );
  return {
    customers: ordered.slice(0, MOST_CUSTOMERS).map(([customer, counts]) => ({
      ...{ customer, ...counts, ...shareOf(counts) },
      ...{ interval: intervalOf(counts), proof: proofOf(counts, targetPpm) },
      budget: budgetAnswer(eventBudget(counts, targetPpm)),
    })),
    moreCustomers: Math.max(0, ordered.length - MOST_CUSTOMERS),
  };
}
