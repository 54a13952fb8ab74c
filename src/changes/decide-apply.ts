import type { Transaction } from 'kysely';
import type { Stack } from '#accounts/core';
import { type AuditEntry, appendAllAndCommit } from '#audit';
import {
  type AuditEntryId,
  type EpochMs,
  err,
  ok,
  type Problem,
  problem,
  type Reason,
  type Result,
  text,
} from '#core-values';
import { beginGrants, type Grant, type GrantRequest, newGrantId, type WorkloadIdentity } from '#credentials';
import { keepPlans } from '#platform';
import { decisionEvidence, denied, planSubject, SERVER, workloadActor } from './audit-entries.ts';
import { authorsAmong, declaredAuthors, distinctAuthors } from './authors.ts';
import { applyRefusals } from './core/apply-checks.ts';
import { budgetEvidence } from './core/budget/index.ts';
import { denialOf } from './denial.ts';
import { dependencyFacts } from './dependencies.ts';
import { type Begun, grantSubject } from './grant.ts';
import { jobFacts } from './job-facts.ts';
import { type Judgement, judgeBy, usedReviewsFor, verdictOf } from './judge.ts';
import { decisionToKeep } from './kept-refusal.ts';
import type { OutsideReading } from './read-outside.ts';
import { repairEvidence } from './repairs/judge-repair.ts';
import { consumeRepairs, wordsOfRepair } from './repairs/store.ts';
import { reviewEvidence } from './reviews/judge-reviews.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { goOnTogether, inRoomBatches } from './room-batches.ts';
import { changedMeanwhile, type GrantScope } from './sealed-record.ts';
import { type LockQuestion, takeLocks } from './stack-locks/take-locks.ts';
import { needsGone } from './stack-needs/needs-gone.ts';
import { type Consumption, consumeApprovals } from './store/approvals.ts';
import { type GrantFacts, lockGrantFacts } from './store/grant-facts.ts';
import { recordTransitions } from './store/plan-history.ts';
import type { StoredPlan } from './store/plans.ts';
import { lockFreeStacks, lockStack } from './store/stack-lock.ts';
import type { StackLock } from './store/stack-locks.ts';
import { type ReviewUse, useReviews } from './store/used-reviews.ts';
import { stepOf, transition } from './transition.ts';
import { passkeysBehind } from './verify-stored.ts';

/** A job that is what it says, on a stack that trusts it, with a plan whose record says what the grant may do. */
export interface AskedApply {
  readonly stack: Stack;
  readonly identity: WorkloadIdentity;
  /** As it was looked up, before anything was locked. */
  readonly plan: StoredPlan;
  readonly scope: GrantScope;
  /** What GitHub said of reviews just now. */
  readonly reading: OutsideReading;
  readonly now: EpochMs;
}

/**
 * Decides under the stack's lock, and records the decision with everything that follows from it, in one transaction. Stacks that are
 * asked for at the same time are decided about together; whoever has to wait for a stack waits by itself.
 */
export async function decideApply(room: ChangesRoom, asked: AskedApply): Promise<Result<Begun, Refusal>> {
  const decided = await decideFree(room, asked);
  if (decided.ok) return decided.value;
  return room.inTransaction(async (tx) => {
    await lockStack(tx, asked.stack.name);
    const [alone] = await decideLocked(room, tx, [asked]);
    if (alone === undefined) throw new Error('Nothing was decided.');
    return alone;
  });
}

type Decided = Result<Begun, Refusal>;

const decideFree = inRoomBatches<AskedApply, Result<Decided, 'stack-is-busy'>>(
  (room, asked) =>
    room.inTransaction(async (tx) => {
      await keepPlans(tx);
      const names = asked.map(({ stack }) => stack.name);
      const free = await lockFreeStacks(tx, names);
      const locked = asked.map((one) => (free.has(one.stack.name) ? ok(one) : err('stack-is-busy' as const)));
      return goOnTogether(locked, async (values) => (await decideLocked(room, tx, values)).map(ok));
    }),
  ({ stack }) => stack.name,
);

/** Why not, and what was known by then. */
interface Refused {
  readonly asked: AskedApply;
  readonly why: Problem;
  readonly judgement?: Judgement;
}

interface Judged {
  readonly asked: AskedApply;
  /** As it is now, and locked. */
  readonly plan: StoredPlan;
  readonly judgement: Judgement;
  readonly lock: StackLock | undefined;
}

interface Taken extends Judged {
  readonly grant: Grant;
}

/** The stacks are locked, and each is asked about once. Nothing may follow: the log's entries carry the commit. */
async function decideLocked(
  room: ChangesRoom,
  tx: Transaction<object>,
  asked: readonly AskedApply[],
): Promise<readonly Decided[]> {
  const facts = await lockGrantFacts(
    tx,
    asked.map(({ plan }) => plan.id),
    room.approvalLifeMs,
  );
  const judged: Result<Judged, Refused>[] = [];
  for (const one of asked) judged.push(await judgeOne(room, tx, one, facts.get(one.plan.id)));
  const taken = await goOnTogether(judged, (values) => take(room, tx, values));
  const entries = taken.map((one) => (one.ok ? allowedEntry(one.value) : refusedEntry(one.error)));
  const locked = await takeLocks(tx, taken.flatMap(lockQuestions));
  const ids = await appendAllAndCommit(tx, [...entries, ...locked]);
  return taken.map((one, index) => answerOf(one, ids[index]));
}

const lockQuestions = (taken: Result<Taken, Refused>): readonly LockQuestion[] =>
  taken.ok ? [{ ...taken.value, ...taken.value.asked, plan: taken.value.plan }] : [];

function answerOf(taken: Result<Taken, Refused>, auditEntry: AuditEntryId | undefined): Decided {
  if (auditEntry === undefined) throw new Error('A decision has no entry in the log.');
  if (!taken.ok) return err({ problem: taken.error.why, auditEntry });
  const { grant, asked, judgement } = taken.value;
  const { brokenGlassBy } = judgement;
  return ok({
    ...{ grant, stack: asked.stack, widened: asked.scope.widened },
    managedPolicies: asked.scope.managedPolicies,
    ...(brokenGlassBy === undefined ? {} : { brokenGlassBy }),
  });
}

/** Compares every fact, verifies every signature, and asks the policy; moves the plan to what the policy says now, up or down. */
async function judgeOne(
  room: ChangesRoom,
  tx: Transaction<object>,
  asked: AskedApply,
  facts: GrantFacts | undefined,
): Promise<Result<Judged, Refused>> {
  if (facts === undefined) return err({ asked, why: problem('denied', UNKNOWN_PLAN) });
  const { plan, approvals, repair, sameMeaning, lock } = facts;
  const tampered = changedMeanwhile(asked.plan, plan);
  if (tampered !== undefined) return err({ asked, why: tampered });
  const [first, ...more] = await refusals(room, tx, asked, facts);
  if (first !== undefined) return err({ asked, why: problem('denied', first, ...more) });
  const authors = distinctAuthors([...authorsAmong(plan, sameMeaning), ...(await declaredAuthors(tx, plan))]);
  const { reading } = asked;
  const used = await usedReviewsFor(tx, plan, reading);
  const passkeys = await passkeysBehind(room, tx, [...approvals, ...wordsOfRepair(repair)]);
  const evidence = { ...{ approvals, repair, passkeys }, ...{ authors, reading, used } };
  const judgement = await judgeBy(room, plan, asked.stack, evidence);
  const settled = await settle(tx, plan, judgement, asked.now);
  const denial = denialOf(judgement.decision);
  if (denial !== undefined) return err({ asked, judgement, why: denial });
  if (!settled.ok) return err({ asked, judgement, why: settled.error });
  return ok({ asked, plan: settled.value, judgement, lock });
}

async function refusals(
  room: ChangesRoom,
  tx: Transaction<object>,
  { stack, identity, now }: AskedApply,
  { plan, knownState, inFlight, lock }: GrantFacts,
): Promise<readonly Reason[]> {
  return applyRefusals({
    now,
    stack: stack.name,
    accountOfStack: stack.account.id,
    environmentOfStack: stack.account.environment,
    plan,
    job: jobFacts(stack, identity),
    ...(knownState === undefined ? {} : { knownState }),
    ...(inFlight === undefined || inFlight === plan.id ? {} : { inFlight }),
    ...(lock === undefined ? {} : { lock }),
    ...(await dependencyFacts(tx, stack, plan, room.organization())),
    needsGone: await needsGone(tx, plan),
  });
}

async function settle(
  tx: Transaction<object>,
  plan: StoredPlan,
  { decision }: Judgement,
  now: EpochMs,
): Promise<Result<StoredPlan, Problem>> {
  const verdict = verdictOf(decision);
  if (verdict === 'allowed' && plan.state === 'approved') return ok(plan);
  if (verdict === 'waits' && plan.state === 'awaiting-approval') return ok(plan);
  const detail = decisionToKeep(decision);
  return transition(tx, plan, { kind: 'decided', verdict }, { at: now, whom: SERVER.name, detail });
}

/** Records the grants, uses their approvals up, and moves their plans on. The database has the last word on "once". */
async function take(
  room: ChangesRoom,
  tx: Transaction<object>,
  judged: readonly Judged[],
): Promise<readonly Result<Taken, Refused>[]> {
  const requests = judged.map((one) => ({ request: requestOf(room, one), now: one.asked.now }));
  const grants = await beginGrants(tx, requests);
  const outcomes = judged.map((one, index): Result<Taken, Refused> => {
    const grant = grants[index];
    if (grant === undefined) throw new Error('A grant was neither begun nor refused.');
    const { asked, judgement } = one;
    return grant.ok ? ok({ ...one, grant: grant.value }) : err({ asked, judgement, why: grant.error });
  });
  const taken = outcomes.flatMap((one) => (one.ok ? [one.value] : []));
  if (taken.length === 0) return outcomes;
  await consumeApprovals(
    tx,
    taken.map(({ plan: { stack, fingerprint }, grant }) => ({ stack, fingerprint, grant: grant.id })),
  );
  await consumeRepairs(tx, taken.flatMap(repairUses));
  await useReviews(tx, taken.flatMap(reviewUses));
  await recordTransitions(tx, taken.map(grantBegun));
  return outcomes;
}

const reviewUses = ({ plan: { stack, fingerprint, job }, grant, judgement }: Taken): readonly ReviewUse[] =>
  judgement.reviews.flatMap(({ review, person, pullRequest, decision, counts }) =>
    counts && decision === 'approve' && person !== undefined
      ? [{ issuer: job.issuer, stack, fingerprint, grant: grant.id, approver: person, pullRequest, review }]
      : [],
  );

/** Of a grant that had one, whether it counted or not: it was for this apply. */
const repairUses = ({ plan: { stack, fingerprint }, grant, judgement }: Taken): readonly Consumption[] =>
  judgement.repair === undefined ? [] : [{ stack, fingerprint, grant: grant.id }];

function grantBegun({ asked, plan, grant }: Taken) {
  const step = stepOf(
    plan,
    { kind: 'grant-begun' },
    { at: asked.now, whom: workloadActor(asked.identity).name, detail: { grant: grant.id } },
  );
  // `settle` left the plan approved and locked; anything else is a bug, and throwing undoes the grant.
  if (!step.ok) throw new Error(step.error.reasons[0].message.en);
  return step.value;
}

const requestOf = (room: ChangesRoom, { asked, plan, judgement }: Judged): GrantRequest => ({
  id: newGrantId(asked.now),
  purpose: 'apply',
  stack: asked.stack.name,
  account: asked.stack.account.id,
  region: asked.stack.region,
  roleArn: asked.stack.applyRole,
  identity: asked.identity,
  plan: {
    id: plan.id,
    digest: plan.digest,
    fingerprint: plan.fingerprint,
    lineage: plan.lineage,
    serial: plan.serial,
  },
  approvers: judgement.brokenGlassBy === undefined ? judgement.approvers : [judgement.brokenGlassBy],
  sessionPolicy: asked.scope.sessionPolicy,
  managedPolicies: asked.scope.managedPolicies,
  durationSeconds: room.grantDurations.applySeconds,
});

const refusedEntry = ({ asked, why, judgement }: Refused): AuditEntry =>
  denied('grant.refused', asked.now, workloadActor(asked.identity), planSubject(asked.plan), why, {
    purpose: 'apply',
    ...(judgement === undefined
      ? {}
      : {
          ...{ ...decisionEvidence(judgement.decision), ...reviewEvidence(judgement.reviews) },
          ...{ ...budgetEvidence(judgement.budgets), ...repairEvidence(judgement.repair) },
        }),
  });

const allowedEntry = ({ asked, grant, judgement }: Taken): AuditEntry => ({
  at: asked.now,
  kind: judgement.brokenGlassBy === undefined ? 'grant.allowed' : 'break-glass.used',
  actor: workloadActor(asked.identity),
  subject: grantSubject(grant),
  outcome: 'allowed',
  evidence: {
    purpose: 'apply',
    ...decisionEvidence(judgement.decision),
    ...reviewEvidence(judgement.reviews),
    ...budgetEvidence(judgement.budgets),
    ...repairEvidence(judgement.repair),
    approvals: judgement.weighed.map(({ approval, counts }) => ({
      approver: approval.approver,
      decision: approval.decision,
      counts,
      statement: approval.statement,
      signature: approval.signature,
    })),
  },
});

export const UNKNOWN_PLAN: Reason = {
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
