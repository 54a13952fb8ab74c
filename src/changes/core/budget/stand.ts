import type { EpochMs } from '#core-values';
import type { ApplyRequest } from '#policy/core';
import type { ObjectiveBudget } from './port.ts';

type ErrorBudgetFacts = ApplyRequest['facts']['errorBudget'];

/** Log files may come an hour late (CloudFront delivers most within one); what is older is told by nobody. */
export const FIGURES_LAST_MS = 2 * 3_600_000;

const WHOLE_PPM = 1_000_000;

/** An SLO with what can be said of it at a time. */
export type BudgetStand = ObjectiveBudget &
  ({ readonly stand: 'left' | 'spent'; readonly ppm: number } | { readonly stand: 'stale' | 'not-measured' });

/**
 * What can be said of each, the worst first. Figures that are too old say nothing, however good they were. One that nothing may be lost
 * of has all of its budget until something is lost, and then none.
 */
export const budgetStands = (budgets: readonly ObjectiveBudget[], now: EpochMs): readonly BudgetStand[] =>
  budgets.map((budget) => standOf(budget, now)).toSorted(worstFirst);

function standOf(budget: ObjectiveBudget, now: EpochMs): BudgetStand {
  const { verdict, remainingPpm, upTo } = budget;
  if (upTo === undefined) return { ...budget, stand: 'not-measured' };
  if (now - upTo > FIGURES_LAST_MS) return { ...budget, stand: 'stale' };
  if (verdict === 'no-data') return { ...budget, stand: 'not-measured' };
  const ppm = remainingPpm ?? (verdict === 'spent' ? -WHOLE_PPM : WHOLE_PPM);
  return { ...budget, stand: verdict === 'spent' || ppm <= 0 ? 'spent' : 'left', ppm };
}

const RANK = { spent: 0, stale: 1, left: 2, 'not-measured': 3 } as const;

const worstFirst = (a: BudgetStand, b: BudgetStand): number =>
  RANK[a.stand] - RANK[b.stand] || ppmOf(a) - ppmOf(b) || (a.slo < b.slo ? -1 : a.slo > b.slo ? 1 : 0);

const ppmOf = (stand: BudgetStand): number => ('ppm' in stand ? stand.ppm : 0);

/** What policies are told: the worst of all. */
export function errorBudgetFacts(stands: readonly BudgetStand[]): ErrorBudgetFacts {
  const known = stands.flatMap((stand) =>
    'ppm' in stand ? [stand.stand === 'spent' ? Math.min(stand.ppm, 0) : stand.ppm] : [],
  );
  return {
    known: known.length > 0,
    // Cedar counts in 64 bits, JSON in 53.
    remainingPpm: known.length > 0 ? Math.max(Number.MIN_SAFE_INTEGER, Math.min(...known)) : 0,
    burning: stands.some(({ burning, stand }) => burning && stand !== 'stale'),
    stale: stands.some(({ stand }) => stand === 'stale'),
  };
}
