import type { Transaction } from 'kysely';
import type { Stack } from '#accounts/core';
import { type AuditEntry, appendAllAndCommit } from '#audit';
import { type EpochMs, err, ok, type Problem, problem, type Result } from '#core-values';
import {
  beginGrants,
  type Grant,
  type GrantRequest,
  matchTrust,
  newGrantId,
  planSessionPolicy,
  type SessionPolicy,
  type WorkloadIdentity,
} from '#credentials';
import { keepPlans } from '#platform';
import { type Decision, decide, freezeFacts, type PlanRequest, stackResource } from '#policy/core';
import { decisionEvidence, denied, workloadActor } from './audit-entries.ts';
import { denialOf } from './denial.ts';
import { type Begun, type Granted, grantSubject, issue } from './grant.ts';
import { jobFacts } from './job-facts.ts';
import { timeOf, workloadPrincipal } from './judge.ts';
import { refuseJob } from './refusals.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { goOnTogether, inRoomBatches } from './room-batches.ts';
import { findStack } from './stacks.ts';
import { type KnownState, knownStatesOf } from './store/stack-states.ts';

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
  const begun = await begin(room, { stack: stack.value, identity: identity.value, decision, now });
  if (!begun.ok) return refuse(begun.error);
  return issue(room, begun.value);
}

interface Allowed {
  readonly stack: Stack;
  readonly identity: WorkloadIdentity;
  readonly decision: Decision;
  readonly now: EpochMs;
}

/** Grants that are asked for at the same time are recorded together. */
const begin = inRoomBatches<Allowed, Result<Begun, Problem>>((room, allowed) =>
  room.inTransaction((tx) => beginTogether(room, tx, allowed)),
);

async function beginTogether(
  room: ChangesRoom,
  tx: Transaction<object>,
  allowed: readonly Allowed[],
): Promise<readonly Result<Begun, Problem>[]> {
  await keepPlans(tx);
  const names = allowed.map(({ stack }) => stack.name);
  const known = await knownStatesOf(tx, names);
  const scoped = allowed.map((one) => withScope(one, known.get(one.stack.name)));
  const begun = await goOnTogether(scoped, async (values) => {
    const requests = values.map((one) => ({ request: requestOf(room, one), now: one.now }));
    const grants = await beginGrants(tx, requests);
    return grants.map((grant, index) => withGrant(grant, values[index]));
  });
  const entries = begun.flatMap((one) => (one.ok ? [allowedEntry(one.value)] : []));
  if (entries.length > 0) await appendAllAndCommit(tx, entries);
  return begun;
}

interface Scoped extends Allowed {
  readonly scope: SessionPolicy;
}

function withScope(allowed: Allowed, known: KnownState | undefined): Result<Scoped, Problem> {
  const scope = planSessionPolicy({
    region: allowed.stack.region,
    ...(known?.store === undefined ? {} : { stateStore: known.store }),
  });
  return scope.ok ? ok({ ...allowed, scope: scope.value }) : scope;
}

function withGrant(
  grant: Result<Grant, Problem>,
  scoped: Scoped | undefined,
): Result<Begun & Scoped, Problem> {
  if (scoped === undefined) throw new Error('More grants were begun than were asked for.');
  return grant.ok ? ok({ ...scoped, grant: grant.value, widened: scoped.scope.widened }) : grant;
}

const requestOf = (room: ChangesRoom, { stack, identity, scope, now }: Scoped): GrantRequest => ({
  id: newGrantId(now),
  purpose: 'plan',
  stack: stack.name,
  account: stack.account.id,
  region: stack.region,
  roleArn: stack.planRole,
  identity,
  approvers: [],
  sessionPolicy: scope,
  durationSeconds: room.grantDurations.planSeconds,
});

const allowedEntry = ({ grant, identity, decision, now }: Begun & Scoped): AuditEntry => ({
  at: now,
  kind: 'grant.allowed',
  actor: workloadActor(identity),
  subject: grantSubject(grant),
  outcome: 'allowed',
  evidence: { purpose: 'plan', ...decisionEvidence(decision) },
});

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
