import type { Transaction } from 'kysely';
import type { EpochMs, JsonObject, Problem, Result } from '#core-values';
import { ok } from '#core-values';
import { advance, type PlanEvent, type PlanState } from './core/life.ts';
import { type PlanStep, recordTransitions } from './store/plan-history.ts';
import type { StoredPlan } from './store/plans.ts';

/** States after which nobody may fetch the plan file again. */
const FILE_IS_DONE: readonly PlanState[] = [
  'applied',
  'failed',
  'no-changes',
  'superseded',
  'expired',
  'cancelled',
  'refused',
];

/** When, who, and what of it. */
interface By {
  readonly at: EpochMs;
  readonly whom: string;
  readonly detail?: JsonObject;
}

/** Moves a plan on as its life allows, with history; answers it in its new state. The plan must be locked. */
export async function transition<Plan extends StoredPlan>(
  tx: Transaction<object>,
  plan: Plan,
  event: PlanEvent,
  by: By,
): Promise<Result<Plan, Problem>> {
  const next = stepOf(plan, event, by);
  if (!next.ok) return next;
  await recordTransitions(tx, [next.value]);
  return ok({ ...plan, state: next.value.state });
}

/** The step that `transition` records, for recording several together. */
export function stepOf<Plan extends StoredPlan>(
  plan: Plan,
  event: PlanEvent,
  by: By,
): Result<PlanStep, Problem> {
  const next = advance(plan.state, event);
  if (!next.ok) return next;
  return ok({
    plan,
    event: event.kind,
    state: next.value,
    at: by.at,
    byWhom: by.whom,
    ...(by.detail === undefined ? {} : { detail: by.detail }),
    dropFile: FILE_IS_DONE.includes(next.value),
  });
}
