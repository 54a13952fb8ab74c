import { stackByName } from '#accounts/core';
import { err, type Language, ok, type PlanId, type Problem, type Result } from '#core-values';
import type { Decision } from '#policy/core';
import type { PlanAnswer, PlanDetails } from './core/api.ts';
import { isOpenForDecision } from './core/life.ts';
import { denialAnswers, keptDenialsOf } from './denials.ts';
import { type Judgement, judge, type WeighedApproval } from './judge.ts';
import { openReview } from './kept-review.ts';
import { planUnknown } from './problems.ts';
import type { ChangesRoom } from './room.ts';
import { sealedReviewOf } from './sealed-record.ts';
import { needAnswerOf } from './stack-needs/need-answer.ts';
import { type HistoryStep, historyOf } from './store/plan-history.ts';
import { findPlan, type StoredPlan } from './store/plans.ts';

const time = (atMs: number): string => new Date(atMs).toISOString();

/** A plan in a list. */
export function planAnswerOf(plan: StoredPlan): PlanAnswer {
  const { job, author, facts } = plan;
  const { critical, high, medium, low, info } = facts.findings;
  return {
    id: plan.id,
    stack: plan.stack,
    account: plan.account,
    environment: plan.environment,
    state: plan.state,
    digest: plan.digest,
    fingerprint: plan.fingerprint,
    lineage: plan.lineage,
    serial: plan.serial,
    repository: { id: job.repositoryId, name: job.repositoryName },
    ref: job.ref,
    commit: job.commit,
    run: { id: job.runId, number: job.runNumber, attempt: job.runAttempt },
    author,
    uploadedAt: time(plan.uploadedAt),
    expiresAt: time(plan.expiresAt),
    changes: { ...facts.changes },
    findings: { critical, high, medium, low, info },
  };
}

/** A plan with its review, approvals and history; and, while something can be decided, what the policy says now. */
export async function showPlan(
  room: ChangesRoom,
  id: PlanId,
  language: Language,
): Promise<Result<PlanDetails, Problem>> {
  const plan = await findPlan(room.db, id);
  if (plan === undefined) return err(planUnknown(id));
  const review = await sealedReviewOf(room, plan);
  if (!review.ok) return review;
  const stack = stackByName(room.organization(), plan.stack);
  const judgement = stack === undefined ? undefined : await judge(room, room.db, plan, stack);
  const history = await historyOf(room.db, id);
  const { extraNeeds = [] } = plan.facts;
  const denials = denialAnswers(keptDenialsOf(history), stack, language);
  return ok({
    ...planAnswerOf(plan),
    ...(judgement === undefined || !isOpenForDecision(plan.state)
      ? {}
      : { decision: decisionAnswerOf(judgement.decision, language) }),
    approvals: approvalsOf(judgement, language),
    history: history.map(historyAnswerOf),
    ...(extraNeeds.length === 0 ? {} : { extraNeeds: extraNeeds.map((need) => needAnswerOf(need)) }),
    ...(denials.length === 0 ? {} : { denials }),
    ...(await openReview(review.value, language)),
  });
}

export const decisionAnswerOf = (
  decision: Decision,
  language: Language,
): NonNullable<PlanDetails['decision']> => ({
  allowed: decision.allowed,
  policies: decision.determining.map(({ id }) => id),
  reasons: decision.reasons.map(({ rule, message, remedy }) => ({
    rule,
    message: message[language],
    remedy: remedy[language],
  })),
  wouldChange: decision.wouldChange.map(({ description }) => description[language]),
});

const approvalsOf = (judgement: Judgement | undefined, language: Language): PlanDetails['approvals'] =>
  (judgement?.weighed ?? []).map((weighed) => approvalAnswerOf(weighed, language));

const approvalAnswerOf = (
  { approval, counts, why }: WeighedApproval,
  language: Language,
): PlanDetails['approvals'][number] => ({
  approver: approval.approver,
  decision: approval.decision,
  givenAt: time(approval.givenAt),
  counts,
  ...(why === undefined ? {} : { why: why.message[language] }),
});

const historyAnswerOf = ({
  at,
  event,
  state,
  byWhom,
  detail,
}: HistoryStep): PlanDetails['history'][number] => ({
  at: time(at),
  event,
  state,
  byWhom,
  detail,
});
