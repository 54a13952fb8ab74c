import type { Stack } from '#accounts/core';
import { appendAuditAndCommit } from '#audit';
import { err, type Problem, problem, type Result } from '#core-values';
import { beginGrant, matchTrust, newGrantId, planSessionPolicy, type WorkloadIdentity } from '#credentials';
import { decide, freezeFacts, type PlanRequest, stackResource } from '#policy/core';
import { decisionEvidence, denied, workloadActor } from './audit-entries.ts';
import { denialOf } from './denial.ts';
import { type Granted, grantSubject, issue } from './grant.ts';
import { jobFacts } from './job-facts.ts';
import { timeOf, workloadPrincipal } from './judge.ts';
import { refuseJob } from './refusals.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { findStack } from './stacks.ts';
import { knownStateOf } from './store/stack-states.ts';

/** Read-only credentials for the job that makes a plan. */
export async function grantPlan(
  room: ChangesRoom,
  request: { readonly token: string; readonly stack: string },
): Promise<Result<Granted, Refusal>> {
  const now = room.clock.now();
  const identity = await room.verifyWorkload(request.token);
  if (!identity.ok) return err({ problem: identity.error });
  const actor = workloadActor(identity.value);
  const refuse = (why: Problem): Promise<Result<never, Refusal>> => {
    const entry = denied('grant.refused', now, actor, { other: `stack:${request.stack}` }, why, {
      purpose: 'plan',
    });
    return refuseJob(room, identity.value, why, entry);
  };
  const stack = findStack(room.organization(), request.stack);
  if (!stack.ok) return refuse(stack.error);
  const trusted = matchTrust(stack.value, identity.value, 'plan');
  if (!trusted.ok) return refuse(problem('denied', ...trusted.error));
  const decision = decide(room.policySet(), policyRequest(room, stack.value, identity.value));
  const denial = denialOf(decision);
  if (denial !== undefined) return refuse(denial);
  const known = await knownStateOf(room.db, stack.value.name);
  const scope = planSessionPolicy({
    region: stack.value.region,
    ...(known?.store === undefined ? {} : { stateStore: known.store }),
  });
  if (!scope.ok) return refuse(scope.error);
  const begun = await room.inTransaction(async (tx) => {
    const grant = await beginGrant(
      tx,
      {
        id: newGrantId(now),
        purpose: 'plan',
        stack: stack.value.name,
        account: stack.value.account.id,
        region: stack.value.region,
        roleArn: stack.value.planRole,
        identity: identity.value,
        approvers: [],
        sessionPolicy: scope.value,
        durationSeconds: room.grantDurations.planSeconds,
      },
      now,
    );
    if (!grant.ok) return grant;
    await appendAuditAndCommit(tx, {
      at: now,
      kind: 'grant.allowed',
      actor,
      subject: grantSubject(grant.value),
      outcome: 'allowed',
      evidence: { purpose: 'plan', ...decisionEvidence(decision) },
    });
    return grant;
  });
  if (!begun.ok) return refuse(begun.error);
  return issue(room, { grant: begun.value, stack: stack.value, widened: scope.value.widened });
}

function policyRequest(room: ChangesRoom, stack: Stack, identity: WorkloadIdentity): PlanRequest {
  const now = room.clock.now();
  const organization = room.organization();
  return {
    action: 'plan',
    principal: workloadPrincipal(jobFacts(stack, identity), stack),
    resource: stackResource(organization, stack),
    facts: {
      protectedWorkflow: true,
      freeze: freezeFacts(organization, stack, now),
      time: timeOf(room, now),
    },
  };
}
