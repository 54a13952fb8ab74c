import { err, type JsonObject, ok, type PlanId, type Problem, type Result } from '#core-values';
import { openReview } from './kept-review.ts';
import { planUnknown } from './problems.ts';
import type { ChangesRoom } from './room.ts';
import { sealedReviewOf } from './sealed-record.ts';
import { findPlan } from './store/plans.ts';

/** The review of a plan as it was when the plan came in, for whoever compares what was done with what was planned. */
export async function reviewedPlan(
  room: Pick<ChangesRoom, 'keyring' | 'db'>,
  id: PlanId,
): Promise<Result<JsonObject, Problem>> {
  const plan = await findPlan(room.db, id);
  if (plan === undefined) return err(planUnknown(id));
  const kept = await sealedReviewOf(room, plan);
  return kept.ok ? ok((await openReview(kept.value, 'en')).review) : kept;
}
