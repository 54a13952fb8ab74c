import type { Transaction } from 'kysely';
import { personByIdentity, type Stack } from '#accounts/core';
import { appendAudit } from '#audit';
import {
  type AuditEntryId,
  type EpochMs,
  epochMs,
  err,
  type Fingerprint,
  ok,
  type PlanId,
  type Problem,
  problem,
  type Reason,
  type Result,
  text,
} from '#core-values';
import { consumeToken, matchTrust, needsOfExtra, type WorkloadIdentity } from '#credentials';
import { type Finding, type Plan, readPlan, review } from '#plan';
import { findingFacts } from '#policy/core';
import { denied, planSubject, SERVER, workloadActor } from './audit-entries.ts';
import { changeFacts } from './core/change-facts.ts';
import type { JobFacts } from './core/plan-record.ts';
import { plannedAt } from './core/planned-at.ts';
import type { DispatchFacts } from './core/policy-facts.ts';
import { reviewContext } from './core/review-context.ts';
import { grantForPlan } from './grant-for-plan.ts';
import { jobFacts } from './job-facts.ts';
import { judge, verdictOf } from './judge.ts';
import { decisionToKeep } from './kept-refusal.ts';
import { compressReview } from './kept-review.ts';
import { olderRun } from './older-run.ts';
import { type OutsideReading, readOutside } from './read-outside.ts';
import { refuseJob } from './refusals.ts';
import { type DeclaredPullRequest, pullRequestOf } from './reviews/pull-request-of.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { sealRecord } from './sealed-record.ts';
import { addedWords, extraNeedsForPlan } from './stack-needs/needs-for-plan.ts';
import { findStack } from './stacks.ts';
import { newestRun } from './store/newest-run.ts';
import { recordTransition } from './store/plan-history.ts';
import { findPlanOfJob, insertPlan, lockOpenPlans, type NewPlan, type StoredPlan } from './store/plans.ts';
import { lockStack } from './store/stack-lock.ts';
import { knownStateOf } from './store/stack-states.ts';
import { transition } from './transition.ts';

export interface Upload {
  readonly token: string;
  readonly stack: string;
  readonly file: Uint8Array;
  /** Which pull request a job of `workflow_dispatch` says that it planned; what our App started the run for says more. */
  readonly declared?: DeclaredPullRequest;
}

export interface Uploaded {
  readonly plan: StoredPlan;
  readonly auditEntry: AuditEntryId | undefined;
}

/**
 * Takes a plan file from the job that made it: decodes, reviews and seals it, replaces the older plan of the same ref, and
 * asks the policy whether approvals already given to the same meaning are enough.
 * The same job may repeat an upload; it gets the same plan.
 */
export async function uploadPlan(room: ChangesRoom, upload: Upload): Promise<Result<Uploaded, Refusal>> {
  const now = room.clock.now();
  const identity = await room.verifyWorkload(upload.token);
  if (!identity.ok) return err({ problem: identity.error });
  const refuse = (why: Problem): Promise<Result<never, Refusal>> => {
    const subject = { other: `stack:${upload.stack}` };
    const entry = denied('plan.refused', now, workloadActor(identity.value), subject, why);
    return refuseJob(room, identity.value, why, entry);
  };
  const stack = findStack(room.organization(), upload.stack);
  if (!stack.ok) return refuse(stack.error);
  const trusted = matchTrust(stack.value, identity.value, 'plan');
  if (!trusted.ok) return refuse(problem('denied', ...trusted.error));
  const read = await readPlan(upload.file);
  if (!read.ok) return refuse(read.error);
  const { fingerprint } = read.value;
  if (read.value.kind !== 'plan-file' || fingerprint === undefined)
    return refuse(problem('bad-plan', NOT_A_PLAN_FILE));
  const proposed = await pullRequestOf(room, stack.value, identity.value, upload.declared);
  if (!proposed.ok) return refuse(proposed.error);
  const { dispatch, ...proposal } = proposed.value;
  const job = { ...jobFacts(stack.value, identity.value), ...proposal };
  const knownState = await knownStateOf(room.db, stack.value.name);
  const findings = review(read.value, reviewContext(stack.value, knownState));
  const fresh = await newPlan(room, {
    stack: stack.value,
    plan: read.value,
    fingerprint,
    findings,
    job,
    ...(dispatch === undefined ? {} : { dispatch }),
    identity: identity.value,
    file: upload.file,
    now,
  });
  if (!fresh.ok) return refuse(fresh.error);
  const reading = await readOutside(room, stack.value, fresh.value);
  const on = { stack: stack.value, identity: identity.value, plan: read.value, reading };
  return room.inTransaction((tx) => store(room, tx, fresh.value, on));
}

interface UploadedOn {
  readonly stack: Stack;
  readonly identity: WorkloadIdentity;
  readonly plan: Plan;
  readonly reading: OutsideReading;
}

async function store(
  room: ChangesRoom,
  tx: Transaction<object>,
  fresh: NewPlan,
  on: UploadedOn,
): Promise<Result<Uploaded, Refusal>> {
  const { identity } = on;
  const actor = workloadActor(identity);
  const refuse = async (why: Problem): Promise<Result<never, Refusal>> =>
    err({
      problem: why,
      auditEntry: await appendAudit(
        tx,
        denied('plan.refused', fresh.uploadedAt, actor, planSubject(fresh), why),
      ),
    });
  await lockStack(tx, fresh.stack);
  const token = await consumeToken(tx, identity);
  if (!token.ok) return refuse(token.error);
  const before = await findPlanOfJob(tx, fresh.stack, fresh.digest, fresh.job);
  if (before !== undefined) return ok({ plan: before, auditEntry: undefined });
  const older = olderRun(fresh.job, await newestRun(tx, fresh.stack, fresh.job));
  if (older !== undefined) return refuse(problem('conflict', older));
  await insertPlan(tx, fresh);
  await recordTransition(tx, fresh, {
    event: 'uploaded',
    state: fresh.state,
    at: fresh.uploadedAt,
    byWhom: actor.name,
  });
  const replaced = await supersede(tx, fresh, actor.name);
  const settled = await settle(room, tx, fresh, on);
  // The plan is new and ours alone; that it cannot take its first steps is a bug, and throwing undoes it.
  if (!settled.ok) throw new Error(settled.error.reasons[0].message.en);
  for (const older of replaced) {
    await appendAudit(tx, {
      at: fresh.uploadedAt,
      kind: 'plan.superseded',
      actor: SERVER,
      subject: planSubject(older),
      outcome: 'done',
      evidence: { by: fresh.id },
    });
  }
  const auditEntry = await appendAudit(tx, {
    at: fresh.uploadedAt,
    kind: 'plan.uploaded',
    actor,
    subject: planSubject(fresh),
    outcome: 'done',
    evidence: {
      state: settled.value.state,
      lineage: fresh.lineage,
      serial: fresh.serial,
      changes: { ...fresh.facts.changes },
      ...(fresh.facts.dispatch === undefined ? {} : { dispatchedBy: fresh.facts.dispatch.by }),
    },
  });
  return ok({ plan: settled.value, auditEntry });
}

/** From planned to where it waits: empty, awaiting approval, approved by meaning, or refused for good. */
async function settle(
  room: ChangesRoom,
  tx: Transaction<object>,
  fresh: NewPlan,
  { stack, plan, reading }: UploadedOn,
): Promise<Result<StoredPlan, Problem>> {
  const by = { at: fresh.uploadedAt, whom: SERVER.name };
  const reviewed = await transition(tx, fresh, { kind: 'reviewed' }, by);
  if (!reviewed.ok) return reviewed;
  if (!plan.terraform.applyable && !plan.terraform.errored) {
    return transition(tx, reviewed.value, { kind: 'found-empty' }, by);
  }
  const judgement = await judge(room, tx, reviewed.value, stack, reading);
  const detail = decisionToKeep(judgement.decision);
  return transition(
    tx,
    reviewed.value,
    { kind: 'decided', verdict: verdictOf(judgement.decision) },
    { ...by, detail },
  );
}

/** Ends the older plans of the same stack and pull request (or ref), and answers them. */
async function supersede(
  tx: Transaction<object>,
  fresh: NewPlan,
  whom: string,
): Promise<readonly StoredPlan[]> {
  const older = (await lockOpenPlans(tx, fresh)).filter(({ id }) => id !== fresh.id);
  for (const plan of older) {
    const by = { at: fresh.uploadedAt, whom, detail: { by: fresh.id } };
    const replaced = await transition(tx, plan, { kind: 'superseded' }, by);
    if (!replaced.ok) throw new Error(replaced.error.reasons[0].message.en);
  }
  return older;
}

interface Ingredients {
  readonly stack: Stack;
  readonly plan: Plan;
  readonly fingerprint: Fingerprint;
  readonly findings: readonly Finding[];
  readonly job: JobFacts;
  readonly dispatch?: DispatchFacts;
  readonly identity: WorkloadIdentity;
  readonly file: Uint8Array;
  readonly now: EpochMs;
}

async function newPlan(room: ChangesRoom, of: Ingredients): Promise<Result<NewPlan, Problem>> {
  const { stack, plan, identity, now } = of;
  const id = room.newId('pln', now) as PlanId;
  const fileSealed = await room.keyring.encrypt(of.file, { purpose: 'plan-file', id });
  if (!fileSealed.ok) return fileSealed;
  const extraNeeds = await extraNeedsForPlan(room.db, stack);
  if (!extraNeeds.ok) return extraNeeds;
  const added = needsOfExtra(extraNeeds.value, stack.region);
  const fitted = await grantForPlan(room, plan, stack, added);
  if (!fitted.ok) return fitted;
  const person = personByIdentity(room.organization(), stack.repository.issuer.name, identity.actorId);
  const stored: StoredPlan = {
    id,
    stack: stack.name,
    account: stack.account.id,
    environment: stack.account.environment,
    digest: plan.digest,
    fingerprint: of.fingerprint,
    lineage: plan.state.lineage,
    serial: plan.state.serial,
    job: of.job,
    author: {
      id: identity.actorId,
      name: identity.actorName,
      ...(person === undefined ? {} : { person: person.name }),
    },
    state: 'planned',
    uploadedAt: now,
    plannedAt: plannedAt(plan.terraform.timestamp, { uploadedAt: now, mostMs: room.planLifeMs }),
    expiresAt: epochMs(now + room.planLifeMs),
    facts: {
      ...{ findings: findingFacts(of.findings), changes: changeFacts(plan) },
      ...(extraNeeds.value.length === 0 ? {} : { extraNeeds: extraNeeds.value }),
      ...(of.dispatch === undefined ? {} : { dispatch: of.dispatch }),
    },
  };
  const { scope: fittedScope, permissions } = fitted.value;
  const scope = { ...fittedScope, widened: [...extraNeeds.value.map(addedWords), ...fittedScope.widened] };
  const reviewGzip = await compressReview(plan, of.findings, permissions);
  const recordSealed = await sealRecord(room, stored, reviewGzip, scope);
  if (!recordSealed.ok) return recordSealed;
  return ok({ ...stored, reviewGzip, recordSealed: recordSealed.value, fileSealed: fileSealed.value });
}

const NOT_A_PLAN_FILE: Reason = {
  rule: 'plan.not-a-file',
  message: text(
    'This is a description of a plan (JSON), not the plan file; a description can be reviewed but never approved or applied.',
    'これはプランファイルではなく、プランを説明した JSON です。レビューはできますが、承認や適用はできません。',
  ),
  remedy: text(
    'Upload the file that `terraform plan -out FILE` wrote.',
    '`terraform plan -out FILE` が書き出したファイルをアップロードしてください。',
  ),
};
