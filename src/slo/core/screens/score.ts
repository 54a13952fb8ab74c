import { type Fraction, fraction } from '../objective/fraction.ts';
import type { CompiledScreen } from './screen.ts';

/** Twice how well a request did: 2 up to its threshold, 1 up to four times that, else 0. */
export const halves = (timeUs: number, thresholdUs: number): 0 | 1 | 2 =>
  timeUs <= thresholdUs ? 2 : timeUs <= 4 * thresholdUs ? 1 : 0;

/** The requests of a view: bits for those that came and those that failed, and what they took, from `at` on. */
export interface ViewRequests {
  seen: number;
  failed: number;
  readonly timesUs: Int32Array;
  at: number;
}

/** `above / below`; one object for many views, so that nothing is allocated for one. */
export interface Score {
  above: number;
  below: number;
}

/**
 * The score of a view: 0 without a required request, else what was waited for by weight, and no more than how well the last required
 * request ended in time. An optional request that did not come has no weight. `perfect`: bits of requests to be taken as if they had
 * been answered well and at once.
 */
export function scoreInto(score: Score, screen: CompiledScreen, view: ViewRequests, perfect: number): void {
  const { after, ends, order, required, size, thresholdsUs, weights } = screen;
  const { at, timesUs } = view;
  const seen = view.seen | perfect;
  const failed = view.failed & ~perfect;
  score.above = 0;
  score.below = 1;
  if ((required & (failed | ~seen)) !== 0) return;
  let above = 0;
  let weight = 0;
  let end = 0;
  for (let place = 0; place < size; place += 1) {
    const request = order[place] ?? 0;
    const bit = 1 << request;
    const waitsFor = after[request] ?? -1;
    const start = waitsFor < 0 ? 0 : (ends[waitsFor] ?? 0);
    ends[request] = start;
    if ((seen & bit) === 0) continue;
    const timeUs = (perfect & bit) === 0 ? (timesUs[at + request] ?? 0) : 0;
    ends[request] = start + timeUs;
    if ((required & bit) !== 0 && start + timeUs > end) end = start + timeUs;
    const own = weights[request] ?? 0;
    weight += own;
    if ((failed & bit) === 0) above += own * halves(timeUs, thresholdsUs[request] ?? 0);
  }
  score.above = Math.min(above, weight * halves(end, screen.thresholdUs));
  score.below = 2 * weight;
}

/** When the last required request ended, along those that wait for each other: what the score holds against the screen's threshold. */
export function requiredEndUs(
  { after, ends, order, required, size }: CompiledScreen,
  view: ViewRequests,
): number {
  let end = 0;
  for (let place = 0; place < size; place += 1) {
    const request = order[place] ?? 0;
    const bit = 1 << request;
    const waitsFor = after[request] ?? -1;
    const start = waitsFor < 0 ? 0 : (ends[waitsFor] ?? 0);
    ends[request] = start + ((view.seen & bit) === 0 ? 0 : (view.timesUs[view.at + request] ?? 0));
    if ((view.seen & required & bit) !== 0) end = Math.max(end, ends[request] ?? 0);
  }
  return end;
}

const scratch: Score = { above: 0, below: 1 };

/** Whether a view reaches its screen's bar. Exact: all products are safe integers. */
export function isGood(screen: CompiledScreen, view: ViewRequests, perfect = 0): boolean {
  scoreInto(scratch, screen, view, perfect);
  return scratch.above * 1_000_000 >= screen.barPpm * scratch.below;
}

/** For who looks at one view. `undefined`: the request did not come. */
export function viewScore(
  screen: CompiledScreen,
  requests: readonly ({ readonly timeMs: number; readonly failed?: boolean } | undefined)[],
): { readonly score: Fraction; readonly good: boolean } {
  const view = viewRequests(requests);
  const score: Score = { above: 0, below: 1 };
  scoreInto(score, screen, view, 0);
  return { score: fraction(score.above, score.below), good: isGood(screen, view) };
}

export function viewRequests(
  requests: readonly ({ readonly timeMs: number; readonly failed?: boolean } | undefined)[],
): ViewRequests {
  const bitsOf = (is: (request: { readonly failed?: boolean } | undefined) => boolean): number =>
    requests.reduce((bits, request, index) => (is(request) ? bits | (1 << index) : bits), 0);
  return {
    seen: bitsOf((request) => request !== undefined),
    failed: bitsOf((request) => request?.failed === true),
    timesUs: Int32Array.from(requests, (request) => microseconds(request?.timeMs ?? 0)),
    at: 0,
  };
}

/** Whole microseconds, at most 35 minutes; 0 where it was not measured. */
export const microseconds = (ms: number): number =>
  Number.isNaN(ms) ? 0 : Math.max(0, Math.min(0x7fff_ffff, Math.round(ms * 1000)));
