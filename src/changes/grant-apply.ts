import type { Transaction } from 'kysely';
import type { Stack } from '#accounts/core';
import { type AuditEntry, appendAudit, appendAuditAndCommit } from '#audit';
import {
  type EpochMs,
  err,
  ok,
  type PlanDigest,
  type Problem,
  parsePlanDigest,
  problem,
  type Reason,
  type Result,
  text,
} from '#core-values';
import { beginGrant, matchTrust, newGrantId, type WorkloadIdentity } from '#credentials';
import { decisionEvidence, denied, planSubject, SERVER, workloadActor } from './audit-entries.ts';
import { type ApplyFacts, applyRefusals } from './core/apply-checks.ts';
import { denialOf } from './denial.ts';
import { dependencyFacts } from './dependencies.ts';
import { type Begun, type Granted, grantSubject, issue } from './grant.ts';
import { jobFacts } from './job-facts.ts';
import { type Judgement, judge, verdictOf } from './judge.ts';
import { refuseJob } from './refusals.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { changedMeanwhile, type GrantScope, openRecord } from './sealed-record.ts';
import { needsGone } from './stack-needs/needs-gone.ts';
import { findStack } from './stacks.ts';
import { consumeApprovals } from './store/approvals.ts';
import { findInFlight, findPlansByDigest, lockPlan, type StoredPlan } from './store/plans.ts';
import { lockStack } from './store/stack-lock.ts';
import { knownStateOf } from './store/stack-states.ts';
import { transition } from './transition.ts';

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
  const plan = await planAskedFor(room, stack.value, identity.value, parsePlanDigest(request.plan));
  if (!plan.ok) return refuse(plan.error);
  const scope = await openRecord(room, plan.value);
  if (!scope.ok) return refuse(scope.error);
  const asked = {
    stack: stack.value,
    identity: identity.value,
    scope: scope.value,
    durationSeconds: room.grantDurations.applySeconds,
    now,
  };
  const begun = await room.inTransaction((tx) => begin(room, tx, plan.value, asked));
  if (!begun.ok) return begun;
  const { brokenGlassBy: person } = begun.value;
  if (person !== undefined) {
    room.alarm({ kind: 'break-glass-used', plan: plan.value.id, stack: plan.value.stack, person });
  }
  return issue(room, begun.value);
}

/** The newest plan of these bytes; one of this very stack and run before any other, so that the refusal fits. */
async function planAskedFor(
  room: ChangesRoom,
  stack: Stack,
  identity: WorkloadIdentity,
  digest: PlanDigest | undefined,
): Promise<Result<StoredPlan, Problem>> {
  const plans = digest === undefined ? [] : await findPlansByDigest(room.db, digest);
  const ofStack = plans.filter((plan) => plan.stack === stack.name);
  const ofRun = ofStack.find(
    ({ job }) => job.runId === identity.runId && job.runAttempt === identity.runAttempt,
  );
  const plan = ofRun ?? ofStack[0] ?? plans[0];
  return plan === undefined ? err(problem('denied', UNKNOWN_PLAN)) : ok(plan);
}

interface Asked {
  readonly stack: Stack;
  readonly identity: WorkloadIdentity;
  readonly scope: GrantScope;
  readonly durationSeconds: number;
  readonly now: EpochMs;
}

async function begin(
  room: ChangesRoom,
  tx: Transaction<object>,
  found: StoredPlan,
  asked: Asked,
): Promise<Result<Begun, Refusal>> {
  const { stack, identity, now } = asked;
  const actor = workloadActor(identity);
  const refuse = async (why: Problem, judgement?: Judgement): Promise<Result<never, Refusal>> => {
    const evidence = judgement === undefined ? {} : decisionEvidence(judgement.decision);
    const entry = denied('grant.refused', now, actor, planSubject(found), why, {
      purpose: 'apply',
      ...evidence,
    });
    return err({ problem: why, auditEntry: await appendAudit(tx, entry) });
  };
  await lockStack(tx, stack.name);
  const plan = await lockPlan(tx, found.id);
  if (plan === undefined) return refuse(problem('denied', UNKNOWN_PLAN));
  const tampered = changedMeanwhile(found, plan);
  if (tampered !== undefined) return refuse(tampered);
  const [first, ...more] = applyRefusals(await gatherFacts(tx, plan, asked, room));
  if (first !== undefined) return refuse(problem('denied', first, ...more));
  const judgement = await judge(room, tx, plan, stack);
  const denial = denialOf(judgement.decision);
  const settled = await settle(tx, plan, judgement, now);
  if (denial !== undefined) return refuse(denial, judgement);
  if (!settled.ok) return refuse(settled.error, judgement);
  return take(tx, settled.value, asked, judgement, refuse);
}

/** Brings the stored state to what the policy says now, up or down. */
async function settle(
  tx: Transaction<object>,
  plan: StoredPlan,
  { decision }: Judgement,
  now: EpochMs,
): Promise<Result<StoredPlan, Problem>> {
  const verdict = verdictOf(decision);
  if (verdict === 'allowed' && plan.state === 'approved') return ok(plan);
  if (verdict === 'waits' && plan.state === 'awaiting-approval') return ok(plan);
  const detail = decisionEvidence(decision);
  return transition(tx, plan, { kind: 'decided', verdict }, { at: now, whom: SERVER.name, detail });
}

async function take(
  tx: Transaction<object>,
  plan: StoredPlan,
  { stack, identity, scope, durationSeconds, now }: Asked,
  judgement: Judgement,
  refuse: (why: Problem, judgement?: Judgement) => Promise<Result<never, Refusal>>,
): Promise<Result<Begun, Refusal>> {
  const grant = await beginGrant(
    tx,
    {
      id: newGrantId(now),
      purpose: 'apply',
      stack: stack.name,
      account: stack.account.id,
      region: stack.region,
      roleArn: stack.applyRole,
      identity,
      plan: {
        id: plan.id,
        digest: plan.digest,
        fingerprint: plan.fingerprint,
        lineage: plan.lineage,
        serial: plan.serial,
      },
      approvers: judgement.brokenGlassBy === undefined ? judgement.approvers : [judgement.brokenGlassBy],
      sessionPolicy: scope.sessionPolicy,
      durationSeconds,
    },
    now,
  );
  if (!grant.ok) return refuse(grant.error, judgement);
  await consumeApprovals(tx, plan.stack, plan.fingerprint, grant.value.id);
  const granted = await transition(
    tx,
    plan,
    { kind: 'grant-begun' },
    { at: now, whom: workloadActor(identity).name, detail: { grant: grant.value.id } },
  );
  // `settle` left the plan approved and locked; anything else is a bug, and throwing undoes the grant.
  if (!granted.ok) throw new Error(granted.error.reasons[0].message.en);
  await appendAuditAndCommit(tx, allowedEntry(grant.value, identity, judgement, now));
  const { brokenGlassBy } = judgement;
  return ok({
    ...{ grant: grant.value, stack, widened: scope.widened },
    ...(brokenGlassBy === undefined ? {} : { brokenGlassBy }),
  });
}

function allowedEntry(
  grant: Begun['grant'],
  identity: WorkloadIdentity,
  judgement: Judgement,
  at: EpochMs,
): AuditEntry {
  return {
    at,
    kind: judgement.brokenGlassBy === undefined ? 'grant.allowed' : 'break-glass.used',
    actor: workloadActor(identity),
    subject: grantSubject(grant),
    outcome: 'allowed',
    evidence: {
      purpose: 'apply',
      ...decisionEvidence(judgement.decision),
      approvals: judgement.weighed.map(({ approval, counts }) => ({
        approver: approval.approver,
        decision: approval.decision,
        counts,
        statement: approval.statement,
        signature: approval.signature,
      })),
    },
  };
}

async function gatherFacts(
  tx: Transaction<object>,
  plan: StoredPlan,
  { stack, identity, now }: Asked,
  room: ChangesRoom,
): Promise<ApplyFacts> {
  const knownState = await knownStateOf(tx, stack.name);
  const inFlight = await findInFlight(tx, stack.name);
  return {
    now,
    stack: stack.name,
    accountOfStack: stack.account.id,
    environmentOfStack: stack.account.environment,
    plan,
    job: jobFacts(stack, identity),
    ...(knownState === undefined ? {} : { knownState }),
    ...(inFlight === undefined || inFlight === plan.id ? {} : { inFlight }),
    ...(await dependencyFacts(tx, stack, plan, room.organization())),
    needsGone: await needsGone(tx, plan),
  };
}

const UNKNOWN_PLAN: Reason = {
  rule: 'grant.plan-unknown',
  message: text(
    'No plan with this digest was uploaded: the file is not the one that was reviewed.',
    'このダイジェストのプランはアップロードされていません。レビューされたファイルとは別のものです。',
  ),
  remedy: text(
    'Upload the plan file with `sekisho ci plan` and have it approved.',
    '`sekisho ci plan` でプランファイルをアップロードし、承認を得てください。',
  ),
};
