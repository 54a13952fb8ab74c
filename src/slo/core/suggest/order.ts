import type { ViewSample } from './observation.ts';

/** Which request another one waits for, and how that was seen. */
export interface OrderEvidence {
  readonly after: number;
  /** Views of the sample in which both came, and those in which it began when the other had ended. */
  readonly both: number;
  readonly behind: number;
  /** Its median distance from the other's end, in ms. */
  readonly slackMs: number;
}

export const LEAST_FOR_ORDER = 50;
const BEHIND_PERCENT = 95;
/** Times are whole milliseconds. */
const TOLERANCE_MS = 2;
/** How much better than the document's end another request's must tell when a request begins: its distances spread so much less. */
const TIGHTER = 0.6;
/** Begins that hardly spread are explained by anything. */
const LEAST_SPREAD_MS = 5;

/**
 * The request whose end tells best when this one begins. Behind the document's end come all that its page asks for; another request is
 * named only where its end explains more. Undefined where it also begins before the document has ended.
 */
export function afterOf(sample: ViewSample, request: number, document: number): OrderEvidence | undefined {
  const whole = distancesFrom(sample, request, document);
  if (whole === undefined) return undefined;
  let best = whole;
  let bestSpread = whole.spread * TIGHTER;
  for (let other = 0; other < sample.size; other += 1) {
    if (other === request || other === document) continue;
    const found = distancesFrom(sample, request, other);
    if (found === undefined || found.both * 10 < whole.both * 9) continue;
    if (found.spread < bestSpread && whole.spread >= LEAST_SPREAD_MS) {
      best = found;
      bestSpread = found.spread;
    }
  }
  const { after, both, behind, slackMs } = best;
  return { after, both, behind, slackMs };
}

/** Distances of a request's begin from another's end; undefined where it does not come behind it. */
function distancesFrom(
  { afterMs, seen, size, timesUs, views }: ViewSample,
  request: number,
  after: number,
): (OrderEvidence & { readonly spread: number }) | undefined {
  const bits = (1 << request) | (1 << after);
  const distances: number[] = [];
  let behind = 0;
  for (let view = 0; view < views; view += 1) {
    if (((seen[view] ?? 0) & bits) !== bits) continue;
    const at = view * size;
    const endMs = (afterMs[at + after] ?? 0) + (timesUs[at + after] ?? 0) / 1000;
    const distance = (afterMs[at + request] ?? 0) - endMs;
    if (distance >= -TOLERANCE_MS) behind += 1;
    distances.push(distance);
  }
  const both = distances.length;
  if (both < LEAST_FOR_ORDER || behind * 100 < both * BEHIND_PERCENT) return undefined;
  distances.sort((a, b) => a - b);
  const at = (q: number): number => distances[Math.floor(q * (both - 1))] ?? 0;
  return { after, both, behind, slackMs: Math.max(0, at(0.5)), spread: at(0.9) - at(0.1) };
}
