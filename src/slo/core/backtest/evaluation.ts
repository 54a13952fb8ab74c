import { epochMs } from '#core-values';
import { firingSpans } from '../alerts/firing.ts';
import { type CountSeries, type Counts, countsBetween, wholeOf } from '../budget/counts.ts';
import { judgeSlices, slicesEnding } from '../budget/time-slices.ts';
import { clopperPearson, type Interval } from '../confidence/intervals.ts';
import { dividedBy, type Fraction, fraction, minus, plus, times, toNumber } from '../objective/fraction.ts';
import { allowance } from '../objective/ppm.ts';
import { type Bounds, boundsAt } from '../objective/time-window.ts';
import type { Objective } from '../status/status.ts';
import { type Incident, matchPages, type Tolerance } from './incident.ts';

/** So many of so many, and where the true share lies with 95 % confidence (Clopper and Pearson). */
export interface Share extends Interval {
  readonly hits: number;
  readonly of: number;
}

/** What an incident was to a candidate. */
export interface Detection {
  /** When the page began that told of it. */
  readonly atMinute: number;
  /** From the incident's begin; 0 where the page was firing then already. */
  readonly minutesToDetect: number;
  /** Share of the budget that was left at that minute, below 0 where it was overspent; absent for 100 %, which has none. */
  readonly budgetLeft?: number;
}

export interface Page extends Bounds {
  readonly kind: 'told' | 'again' | 'false';
}

/** How a candidate would have done over a history. */
export interface Evaluation {
  readonly counts: Counts;
  readonly pages: readonly Page[];
  /** For each incident in turn; undefined where no page told of it. */
  readonly detections: readonly (Detection | undefined)[];
  /** Told of those told and those false; absent without any of them. */
  readonly precision?: Share;
  /** Told of all incidents; absent without incidents. */
  readonly recall?: Share;
  readonly falsePages: number;
  /** Of the whole history, quiet weeks too. */
  readonly falsePagesPerWeek: number;
  /** Of incidents that were detected: the middle one (of two, the later), and the worst. */
  readonly minutesToDetect?: { readonly median: number; readonly most: number };
  readonly budgetLeftAtDetection?: { readonly median: number; readonly least: number };
}

const WEEK_MINUTES = 7 * 1440;

/**
 * Holds a candidate's pages against incidents, both in order of time. Pages are the times in which at least one of its alerts of
 * severity page fires without a break; the series is the whole history, and incidents begin within it.
 */
export function evaluation(
  objective: Objective,
  series: CountSeries,
  incidents: readonly Incident[],
  tolerance: Tolerance,
): Evaluation {
  const { slices } = objective;
  const counted = slices === undefined ? series : judgeSlices(series, slices);
  const spans = pageSpans(objective, counted);
  const { detectedBy, pages } = matchPages(incidents, spans, tolerance);
  const detections = incidents.map((incident, place) => {
    const span = spans[detectedBy[place] ?? -1];
    return span && detection(objective, counted, incident, span.fromMinute);
  });
  const found = detections.flatMap((one) => one ?? []);
  const told = pages.filter((kind) => kind === 'told').length;
  const falsePages = pages.filter((kind) => kind === 'false').length;
  const weeks = (series.toMinute - series.fromMinute) / WEEK_MINUTES;
  const delays = ascending(found.map(({ minutesToDetect }) => minutesToDetect));
  const budgets = ascending(found.flatMap(({ budgetLeft }) => budgetLeft ?? []));
  const [medianDelay, worstDelay] = [delays[delays.length >> 1], delays.at(-1)];
  const [medianBudget, leastBudget] = [budgets[(budgets.length - 1) >> 1], budgets[0]];
  return {
    counts: wholeOf(counted),
    pages: spans.map((span, index) => ({ ...span, kind: pages[index] ?? 'false' })),
    detections,
    ...(told + falsePages > 0 && { precision: share(told, told + falsePages) }),
    ...(incidents.length > 0 && { recall: share(found.length, incidents.length) }),
    falsePages,
    falsePagesPerWeek: weeks > 0 ? falsePages / weeks : 0,
    ...(medianDelay !== undefined &&
      worstDelay !== undefined && { minutesToDetect: { median: medianDelay, most: worstDelay } }),
    ...(medianBudget !== undefined &&
      leastBudget !== undefined && { budgetLeftAtDetection: { median: medianBudget, least: leastBudget } }),
  };
}

const share = (hits: number, of: number): Share => ({
  hits,
  of,
  ...clopperPearson({ good: hits, total: of }),
});

const ascending = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);

/** Every minute of the history and the one behind it, when its last minute is known, is one at which alerts are looked at. */
export function pageSpans({ alerts }: Objective, counted: CountSeries): readonly Bounds[] {
  const bounds = { fromMinute: counted.fromMinute, toMinute: counted.toMinute + 1 };
  const spans = alerts
    .filter(({ severity }) => severity === 'page')
    .flatMap((alert) => firingSpans(alert, counted, bounds))
    .toSorted((a, b) => a.fromMinute - b.fromMinute);
  const merged: Bounds[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || span.fromMinute > last.toMinute) merged.push(span);
    else if (span.toMinute > last.toMinute)
      merged[merged.length - 1] = { fromMinute: last.fromMinute, toMinute: span.toMinute };
  }
  return merged;
}

function detection(
  objective: Objective,
  counted: CountSeries,
  incident: Incident,
  atMinute: number,
): Detection {
  const budgetLeft = budgetLeftAt(objective, counted, atMinute);
  return {
    atMinute,
    minutesToDetect: Math.max(0, atMinute - incident.fromMinute),
    ...(budgetLeft !== undefined && { budgetLeft }),
  };
}

/**
 * What is left of the budget of the objective's window at this minute. Where the window began before the history, that time is taken to
 * have had the history's average of events, and all of them good: else the first bad minute of a short history would spend it all.
 */
function budgetLeftAt(objective: Objective, counted: CountSeries, atMinute: number): number | undefined {
  const { targetPpm, window, slices } = objective;
  const allowed = allowance(targetPpm);
  if (allowed.numerator === 0n) return undefined;
  const bounds = boundsAt(window, epochMs(atMinute * 60_000));
  const { good, total } = countsBetween(counted, { fromMinute: bounds.fromMinute, toMinute: atMinute });
  const before = { fromMinute: bounds.fromMinute, toMinute: Math.max(counted.fromMinute, bounds.fromMinute) };
  const ahead = { fromMinute: atMinute, toMinute: bounds.toMinute };
  const assumed =
    slices === undefined
      ? times(averageOf(counted), fraction(before.toMinute - before.fromMinute))
      : // Slices to come are known in advance, so they are part of a calendar's budget, as they are in its status.
        fraction(slicesEnding(before, slices.minutes) + slicesEnding(ahead, slices.minutes));
  const events = plus(fraction(total), assumed);
  if (events.numerator === 0n) return undefined;
  return toNumber(minus(fraction(1), dividedBy(fraction(total - good), times(events, allowed))));
}

const averageOf = (counted: CountSeries): Fraction =>
  fraction(wholeOf(counted).total, Math.max(1, counted.toMinute - counted.fromMinute));
