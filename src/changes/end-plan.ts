import type { Transaction } from 'kysely';
import type { EpochMs } from '#core-values';
import type { Grant } from '#credentials';
import { SERVER } from './audit-entries.ts';
import type { PlanEvent } from './core/life.ts';
import { releaseApprovals } from './store/approvals.ts';
import { lockPlan } from './store/plans.ts';
import { transition } from './transition.ts';

/** The plan of a grant that is over without a report is over too; approvals nobody can have used are given back. */
export async function endPlanOf(
  tx: Transaction<object>,
  grant: Grant,
  event: Extract<PlanEvent['kind'], 'grant-ended' | 'grant-abandoned'>,
  at: EpochMs,
): Promise<void> {
  if (grant.plan === undefined) return;
  const plan = await lockPlan(tx, grant.plan.id);
  // A plan whose job reported is past caring; its grant may end later.
  if (plan !== undefined) await transition(tx, plan, { kind: event }, { at, whom: SERVER.name });
  if (event === 'grant-abandoned') await releaseApprovals(tx, grant.id);
}
