import type { Stack } from '#accounts/core';
import type { Problem, Result } from '#core-values';
import { type Need, needsOfPlan } from '#credentials';
import type { Plan } from '#plan';
import { type FittedGrant, grantForNeeds } from './grant-scope.ts';
import type { ChangesRoom } from './room.ts';

/**
 * What a grant for the plan may do, with what people added to the stack's needs, and by what the organization's own applies taught. That
 * only narrows, but takes more characters: where it does not fit, the plan gets what it would get without (docs/adr/0032).
 */
export async function grantForPlan(
  room: Pick<ChangesRoom, 'experience'>,
  plan: Plan,
  stack: Stack,
  added: readonly Need[],
): Promise<Result<FittedGrant, Problem>> {
  const providers = plan.lockedProviders.map(({ address, version }) => `${address} ${version}`);
  const known = await room.experience?.({ stack: stack.name, providers });
  const { observed = [], leftOut = [] } = known ?? {};
  const grantBy = (believed: typeof observed): Result<FittedGrant, Problem> => {
    const facts = { account: stack.account.id, region: stack.region, leftOut, observed: believed };
    const needs = needsOfPlan(plan, facts);
    return needs.ok ? grantForNeeds([...needs.value, ...added], plan, stack) : needs;
  };
  const fitted = grantBy(observed);
  return fitted.ok || observed.length === 0 ? fitted : grantBy([]);
}
