import type { Stack } from '#accounts/core';
import { err, type PlanDigest, type Problem, parsePlanDigest, problem, type Result } from '#core-values';
import { matchTrust, type WorkloadIdentity } from '#credentials';
import { denied, workloadActor } from './audit-entries.ts';
import { decideApply, UNKNOWN_PLAN } from './decide-apply.ts';
import { type Granted, issue } from './grant.ts';
import { readOutside } from './read-outside.ts';
import { refuseJob } from './refusals.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { inRoomBatches } from './room-batches.ts';
import { openRecord } from './sealed-record.ts';
import { findStack } from './stacks.ts';
import { type AskedPlan, type FoundPlan, findAskedPlans } from './store/asked-plans.ts';

export interface ApplyGrantRequest {
  readonly token: string;
  readonly stack: string;
  readonly plan: string;
}

/**
 * Credentials to apply one approved plan, once. Every fact is looked up again and compared; every approval's signature is verified
 * again; the policy is asked again; and the database has the last word on "once".
 */
export async function grantApply(
  room: ChangesRoom,
  request: ApplyGrantRequest,
): Promise<Result<Granted, Refusal>> {
  const now = room.clock.now();
  const identity = await room.verifyWorkload(request.token);
  if (!identity.ok) return err({ problem: identity.error });
  const refuse = (why: Problem): Promise<Result<never, Refusal>> => {
    const subject = { other: `stack:${request.stack} plan:${request.plan}` };
    const entry = denied('grant.refused', now, workloadActor(identity.value), subject, why, {
      purpose: 'apply',
    });
    return refuseJob(room, identity.value, why, entry);
  };
  const stack = findStack(room.organization(), request.stack);
  if (!stack.ok) return refuse(stack.error);
  const trusted = matchTrust(stack.value, identity.value, 'apply');
  if (!trusted.ok) return refuse(problem('denied', ...trusted.error));
  const found = await planAskedFor(room, stack.value, identity.value, parsePlanDigest(request.plan));
  if (found === undefined) return refuse(problem('denied', UNKNOWN_PLAN));
  const scope = await openRecord(room, found.plan, found.recordSealed);
  if (!scope.ok) return refuse(scope.error);
  const reading = await readOutside(room, stack.value, found.plan);
  const begun = await decideApply(room, {
    ...{ stack: stack.value, identity: identity.value, plan: found.plan, scope: scope.value, reading, now },
  });
  if (!begun.ok) return begun;
  const { brokenGlassBy: person } = begun.value;
  if (person !== undefined) {
    room.alarm({ kind: 'break-glass-used', plan: found.plan.id, stack: found.plan.stack, person });
  }
  return issue(room, begun.value);
}

/** Plans that are asked for at the same time are looked up together. */
const findAsked = inRoomBatches<AskedPlan, FoundPlan | undefined>((room, asked) =>
  findAskedPlans(room.db, asked),
);

const planAskedFor = async (
  room: ChangesRoom,
  { name: stack }: Stack,
  { runId, runAttempt }: WorkloadIdentity,
  digest: PlanDigest | undefined,
): Promise<FoundPlan | undefined> =>
  digest === undefined ? undefined : findAsked(room, { digest, stack, runId, runAttempt });
