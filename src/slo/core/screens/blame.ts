import { type Budget, eventBudget } from '../budget/budget.ts';
import { type Counts, sumOf } from '../budget/counts.ts';
import { dividedBy, type Fraction, fraction } from '../objective/fraction.ts';
import type { Ppm } from '../objective/ppm.ts';
import type { Bounds } from '../objective/time-window.ts';
import type { Screen } from './screen.ts';
import type { ScreenCause, ScreenMinute } from './view-counts.ts';

/** What one request cost a screen. */
export interface RequestBlame {
  /** Its place in the screen's list. */
  readonly request: number;
  /** Bad views that are due to this request and no other. */
  readonly alone: number;
  /** Bad views that would be good if this request had been perfect: `alone`, and those where another would have done too. */
  readonly givesBack: number;
  /** `givesBack` of all bad views, and of what may be lost; absent where there are none, or nothing may be. */
  readonly ofLost?: Fraction;
  readonly ofAllowed?: Fraction;
  /** The budget as it would be. */
  readonly fixed: Budget;
}

/** Bad views that several requests share. */
export interface SharedBlame {
  /** `either`: any one of the requests would have done; `together`: only all of them. */
  readonly kind: 'either' | 'together';
  /** None where there were too many different groups to name them. */
  readonly requests: readonly number[];
  readonly views: number;
}

/** The sum of all `alone` and all shared views is `budget.lost`. */
export interface Blame {
  readonly budget: Budget;
  /** Those that would give back most come first. */
  readonly requests: readonly RequestBlame[];
  readonly shared: readonly SharedBlame[];
}

/**
 * Who spent a screen's budget within some minutes. A bad view is due to what would have made it good had it been perfect, which is:
 * answered well and at once. Nothing is divided: where it takes several requests, or several would each do, that is said.
 */
export function blame(given: {
  readonly screen: Screen;
  readonly minutes: Iterable<ScreenMinute>;
  readonly causes: Iterable<ScreenCause>;
  readonly bounds: Bounds;
  readonly targetPpm: Ppm;
}): Blame {
  const { screen, bounds, targetPpm } = given;
  const isWithin = (row: ScreenMinute | ScreenCause): boolean =>
    row.screen === screen.name && row.minute >= bounds.fromMinute && row.minute < bounds.toMinute;
  const counts = sumOf(Array.from(given.minutes).filter(isWithin));
  const causes = Array.from(given.causes).filter(isWithin);
  const budget = eventBudget(counts, targetPpm);
  const requests = screen.requests.map((_, request) => requestBlame(request, causes, counts, targetPpm));
  return {
    budget,
    requests: requests.toSorted(
      (a, b) => b.givesBack - a.givesBack || b.alone - a.alone || a.request - b.request,
    ),
    shared: sharedBlame(causes),
  };
}

function requestBlame(
  request: number,
  causes: readonly ScreenCause[],
  counts: Counts,
  targetPpm: Ppm,
): RequestBlame {
  let alone = 0;
  let either = 0;
  for (const { kind, requests, views } of causes) {
    if (kind === 'together' || !requests.includes(request)) continue;
    if (kind === 'alone') alone += views;
    else either += views;
  }
  const givesBack = alone + either;
  const { allowed, lost } = eventBudget(counts, targetPpm);
  return {
    ...{ request, alone, givesBack },
    ...(lost === 0 ? {} : { ofLost: fraction(givesBack, lost) }),
    ...(allowed.numerator === 0n ? {} : { ofAllowed: dividedBy(fraction(givesBack), allowed) }),
    fixed: eventBudget({ good: counts.good + givesBack, total: counts.total }, targetPpm),
  };
}

function sharedBlame(causes: readonly ScreenCause[]): readonly SharedBlame[] {
  const groups = new Map<string, SharedBlame>();
  for (const { kind, requests, views } of causes) {
    if (kind === 'alone') continue;
    const key = `${kind} ${requests.join()}`;
    groups.set(key, { kind, requests, views: views + (groups.get(key)?.views ?? 0) });
  }
  return [...groups.entries()]
    .toSorted(([a, one], [b, other]) => other.views - one.views || (a < b ? -1 : 1))
    .map(([, group]) => group);
}
