import type { Stack } from '#accounts/core';
import type { Problem, Result } from '#core-values';
import type { ObjectiveBudget } from '../core/budget/index.ts';
import type { ChangesRoom } from '../room.ts';

/** Absent where the stack names no services, or no SLOs are kept. */
export type BudgetReading = Result<readonly ObjectiveBudget[], Problem> | undefined;

/** Asks how the users of the stack's services do; never inside a transaction. */
export const readBudgets = async (
  { budgets, clock }: Pick<ChangesRoom, 'budgets' | 'clock'>,
  { services }: Stack,
): Promise<BudgetReading> =>
  services === undefined || services.length === 0 || budgets === undefined
    ? undefined
    : budgets.budgetsOf(services, clock.now());
