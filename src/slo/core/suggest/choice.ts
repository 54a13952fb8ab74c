import { type Ppm, ppm } from '../objective/ppm.ts';
import type { Screen, ScreenRequest } from '../screens/screen.ts';
import type { Observed } from './observation.ts';
import { afterOf, LEAST_FOR_ORDER, type OrderEvidence } from './order.ts';
import type { RouteKind } from './route-kinds.ts';
import { type ThresholdEvidence, thresholdOf } from './threshold.ts';
import { waitingOf } from './waiting.ts';

/** What the logs as a whole can tell. */
export interface Knowledge {
  readonly durations: boolean;
  /** Which of two requests began first within a second. */
  readonly order: boolean;
}

/** A screen with its evidence, request by request. */
export interface Choice {
  readonly screen: Screen;
  readonly observed: Observed;
  readonly requests: readonly RequestEvidence[];
  /** Of the whole screen; undefined where it was not measured. */
  readonly threshold: ThresholdEvidence | undefined;
  /** Asked for in so few views that they were left out. */
  readonly left: readonly string[];
}

export interface RequestEvidence {
  readonly kind: RouteKind;
  readonly seen: number;
  readonly failed: number;
  /** Views in which anything but the document came. */
  readonly others: number;
  readonly threshold: ThresholdEvidence | undefined;
  readonly order: OrderEvidence | undefined;
  /** Of what people waited for, 0 to 1; undefined without durations. */
  readonly waited: number | undefined;
}

const LEAST_SEEN_PERCENT = 5;
/** Missing in more views, it cannot be what the screen is worth nothing without, or we do not see it: required would be wrong. */
const MOST_MISSING_PERCENT = 1;
/** Half of the views: what people wait for where nothing but the document is required. */
const OFTEN_PERCENT = 50;
const WEIGHTS = 10;
const NONE = -1;
/** Written where nothing was measured: a definition needs one. */
export const UNKNOWN_THRESHOLD_MS = 1000;

export function choose(
  outline: Screen,
  kinds: readonly RouteKind[],
  observed: Observed,
  knowledge: Knowledge,
): Choice {
  const { views, requests: seen } = observed;
  const kept = outline.requests
    .map((_, request) => request)
    .filter((request) => request === 0 || (seen[request]?.seen ?? 0) * 100 >= views * LEAST_SEEN_PERCENT);
  const isRequired = (request: number): boolean => {
    const isFile = kinds[request] === 'code' || kinds[request] === 'media';
    const missing = views - (seen[request]?.seen ?? 0);
    return request === 0 || (!isFile && missing * 100 <= views * MOST_MISSING_PERCENT);
  };
  const orders = outline.requests.map((_, request) =>
    request > 0 && knowledge.order && kept.includes(request)
      ? afterOf(observed.sample, request, 0)
      : undefined,
  );
  const after = orders.map((order, request) => {
    if (request === 0) return NONE;
    // What the page asks for comes behind it, where nothing is known.
    if (!knowledge.order || (seen[request]?.seen ?? 0) < LEAST_FOR_ORDER) return 0;
    return order === undefined ? NONE : kept.includes(order.after) ? order.after : 0;
  });
  const required = kept.filter(isRequired);
  const waited = waitedFor(kept, required, kinds, observed);
  const waiting = waitingOf(observed.sample, uncircled(after), waited);
  const chosen = kept.map((request): ScreenRequest => {
    const before = uncircled(after)[request] ?? -1;
    return {
      routes: outline.requests[request]?.routes ?? [],
      weight: weightOf(request, required.includes(request), kinds, waiting.shares, knowledge),
      required: required.includes(request),
      thresholdMs: thresholdAt(observed, request, knowledge)?.thresholdMs ?? UNKNOWN_THRESHOLD_MS,
      ...(before < 0 ? {} : { after: kept.indexOf(before) }),
    };
  });
  const threshold = knowledge.durations ? thresholdOf(waiting.ends) : undefined;
  return {
    screen: {
      ...{ name: outline.name, document: 0, requests: chosen, barPpm: barOf(chosen) },
      thresholdMs: threshold?.thresholdMs ?? UNKNOWN_THRESHOLD_MS,
    },
    observed,
    threshold,
    requests: kept.map((request) => ({
      kind: kinds[request] ?? 'page',
      seen: seen[request]?.seen ?? 0,
      failed: seen[request]?.failed ?? 0,
      others: views - observed.ways.alone,
      threshold: thresholdAt(observed, request, knowledge),
      order: orders[request],
      waited: knowledge.durations ? (waiting.shares[request] ?? 0) : undefined,
    })),
    left: outline.requests.flatMap(({ routes }, request) => (kept.includes(request) ? [] : routes)),
  };
}

const thresholdAt = ({ requests }: Observed, request: number, { durations }: Knowledge) =>
  durations ? thresholdOf(requests[request]?.latencies ?? []) : undefined;

/** Bits of the requests whose end people wait for: those that are required, else those that most views ask for. */
function waitedFor(
  kept: readonly number[],
  required: readonly number[],
  kinds: readonly RouteKind[],
  { requests, views }: Observed,
): number {
  const often = kept.filter((request) => {
    const isFile = kinds[request] === 'code' || kinds[request] === 'media';
    return !isFile && (requests[request]?.seen ?? 0) * 100 >= views * OFTEN_PERCENT;
  });
  const chosen = required.length > 1 ? required : [...new Set([...required, ...often])];
  return chosen.reduce((bits, request) => bits | (1 << request), 0);
}

/** What is asked for in a circle, by chance, waits for the document. */
function uncircled(after: readonly number[]): readonly number[] {
  return after.map((_, request) => {
    let at = after[request] ?? -1;
    for (let steps = 0; at > 0 && steps < after.length; steps += 1) at = after[at] ?? -1;
    return at > 0 ? 0 : (after[request] ?? -1);
  });
}

function weightOf(
  request: number,
  required: boolean,
  kinds: readonly RouteKind[],
  shares: readonly number[],
  { durations }: Knowledge,
): number {
  if (kinds[request] === 'code' || kinds[request] === 'media') return 1;
  if (!durations) return request === 0 ? 3 : required ? 2 : 1;
  return Math.max(1, Math.round(WEIGHTS * (shares[request] ?? 0)));
}

/** A view that lost no more than one of its lightest optional requests stays good, as far as that is 70 % of it. */
function barOf(requests: readonly ScreenRequest[]): Ppm {
  const optional = requests.filter(({ required }) => !required).map(({ weight }) => weight);
  if (optional.length === 0) return ppm(900_000);
  const all = requests.reduce((sum, { weight }) => sum + weight, 0);
  const left = (all - Math.min(...optional)) / all;
  return ppm(Math.max(70, Math.min(90, Math.floor(left * 20) * 5)) * 10_000);
}
