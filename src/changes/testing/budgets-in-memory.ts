import { err, ok, type Problem, problem, verbatim } from '#core-values';
import type { BudgetsPort, ObjectiveBudget } from '../core/budget/index.ts';

/** SLOs as a test tells them. */
export interface BudgetsInMemory {
  readonly port: BudgetsPort;
  /** How this SLO stands from now on; of the service `checkout` and left alone unless told. */
  stands(budget: Partial<ObjectiveBudget> & Pick<ObjectiveBudget, 'slo'>): void;
  /** Lookups fail from now on; `undefined` to answer well again. */
  breakWith(problem: Problem | undefined): void;
  startOver(): void;
}

export function budgetsInMemory(): BudgetsInMemory {
  const budgets = new Map<string, ObjectiveBudget>();
  let broken: Problem | undefined;
  return {
    port: {
      budgetsOf: async (services) =>
        broken === undefined
          ? ok([...budgets.values()].filter(({ service }) => services.includes(service)))
          : err(broken),
    },
    stands: (budget) =>
      void budgets.set(budget.slo, { service: 'checkout', verdict: 'kept', burning: false, ...budget }),
    breakWith: (next) => {
      broken = next;
    },
    startOver: () => {
      broken = undefined;
      budgets.clear();
    },
  };
}

export const FIGURES_UNREAD: Problem = problem('outside-failed', {
  rule: 'slo.unread',
  message: verbatim('the figures cannot be read'),
  remedy: verbatim('wait'),
});
