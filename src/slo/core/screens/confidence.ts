import { type Fraction, fraction } from '../objective/fraction.ts';
import type { ViewWay } from './open-views.ts';
import { type ScreenMinute, waysOf } from './view-counts.ts';

/** How views were put together, and how far to trust it. Belongs to every answer about screens. */
export interface ViewConfidence {
  readonly views: number;
  readonly ways: Readonly<Record<ViewWay, number>>;
  /** Parts of the judged views, by way; absent where there are none. */
  readonly shares?: Readonly<Record<ViewWay, Fraction>>;
  /** The part of the judged views that could not have been put together otherwise; absent where there are none. */
  readonly sure?: Fraction;
  /** The part that lacks a required request: many of them mean that requests are not logged, or asked for by another client. */
  readonly incomplete?: Fraction;
  readonly unmeasured?: Fraction;
}

export function viewConfidence(minutes: Iterable<ScreenMinute>): ViewConfidence {
  const rows = Array.from(minutes);
  const sum = (of: (row: ScreenMinute) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const views = sum(({ total }) => total);
  const ways = waysOf((way) => sum((row) => row.ways[way]));
  if (views === 0) return { views, ways };
  return {
    ...{ views, ways },
    shares: waysOf((way) => fraction(ways[way], views)),
    sure: fraction(
      sum(({ sure }) => sure),
      views,
    ),
    incomplete: fraction(
      sum(({ incomplete }) => incomplete),
      views,
    ),
    unmeasured: fraction(
      sum(({ unmeasured }) => unmeasured),
      views,
    ),
  };
}
