import type { Stack } from '#accounts/core';
import { type BudgetReading, readBudgets } from './budgets/read-budgets.ts';
import type { PlanRecord } from './core/plan-record.ts';
import { type ReviewReading, readReviewsFor } from './reviews/read-reviews.ts';
import { NO_TEAMS } from './reviews/team-members.ts';
import type { ChangesRoom } from './room.ts';

/** What was read for one decision, before anything was locked: what GitHub says, and how users do. */
export interface OutsideReading extends ReviewReading {
  readonly budgets?: BudgetReading;
}

/** What a plan that is over is shown with. */
export const NOTHING_READ: OutsideReading = { teams: NO_TEAMS };

type ReadingRoom = Pick<ChangesRoom, 'db' | 'keyring' | 'organization' | 'reviews' | 'budgets' | 'clock'>;

/** Asks for everything that a decision about the plan hangs on and that is not ours to lock. Never inside a transaction. */
export async function readOutside(
  room: ReadingRoom,
  stack: Stack,
  plan: Pick<PlanRecord, 'stack' | 'fingerprint' | 'job'>,
): Promise<OutsideReading> {
  const [said, budgets] = await Promise.all([readReviewsFor(room, stack, plan), readBudgets(room, stack)]);
  return { ...said, ...(budgets === undefined ? {} : { budgets }) };
}
