import { isGood, type ViewRequests } from './score.ts';
import type { CompiledScreen } from './screen.ts';

/**
 * Why a view was bad. `alone`: it would be good if this one request had been perfect, and no other would do. `either`: any one of
 * these would do. `together`: only all of these would do. Perfect is: answered well and at once.
 */
export type CauseKind = 'alone' | 'either' | 'together';

/** Of a bad view: bits of the requests that would each make it good alone; 0 where none does. */
export function singleFixes(screen: CompiledScreen, view: ViewRequests): number {
  let fixes = 0;
  for (let request = 0; request < screen.size; request += 1) {
    const bit = 1 << request;
    if (mayBeBlamed(screen, view, bit) && isGood(screen, view, bit)) fixes |= bit;
  }
  return fixes;
}

/** An optional request that did not come is no fault of anybody's. */
const mayBeBlamed = (screen: CompiledScreen, view: ViewRequests, bit: number): boolean =>
  ((view.seen | screen.required) & bit) !== 0;

/**
 * Of a bad view that no single request would make good: bits of requests that would do together, none of which is superfluous. Where
 * there are several such groups, the lighter requests are left out first, of equal ones the later.
 */
export function jointFix(screen: CompiledScreen, view: ViewRequests): number {
  let group = view.seen | screen.required;
  for (const request of lightestFirst(screen)) {
    const without = group & ~(1 << request);
    if (without !== group && isGood(screen, view, without)) group = without;
  }
  return group;
}

const orders = new WeakMap<CompiledScreen, Int32Array>();

function lightestFirst(screen: CompiledScreen): Int32Array {
  const known = orders.get(screen);
  if (known !== undefined) return known;
  const { weights } = screen;
  const order = Int32Array.from(weights.keys()).sort(
    (a, b) => (weights[a] ?? 0) - (weights[b] ?? 0) || b - a,
  );
  orders.set(screen, order);
  return order;
}
