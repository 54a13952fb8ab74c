import type { EpochMs, Problem, Result } from '#core-values';

/** How one SLO stands. */
export interface ObjectiveBudget {
  readonly slo: string;
  readonly service: string;
  /** `spent`: more was lost than its objective allows; `no-data`: nothing was ever counted. */
  readonly verdict: 'no-data' | 'kept' | 'spent';
  /** Of the whole budget, rounded down; below 0 when overspent. Absent where nothing may be lost, or nothing came. */
  readonly remainingPpm?: number;
  /** An alert that pages fires. */
  readonly burning: boolean;
  /** Until when everything was counted; absent where nothing was. */
  readonly upTo?: EpochMs;
}

/**
 * How the users of services do, asked anew for every decision, never inside a transaction. Services for which no SLO is defined have no
 * budgets: that is an empty list. What could not be looked up, or not wholly, is a problem, and denies what depends on it.
 */
export interface BudgetsPort {
  budgetsOf(services: readonly string[], now: EpochMs): Promise<Result<readonly ObjectiveBudget[], Problem>>;
}
