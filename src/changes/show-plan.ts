import { readAssertion, type Stack, stackByName } from '#accounts/core';
import { err, type Language, ok, type PlanId, type Problem, type Result } from '#core-values';
import type { Decision } from '#policy/core';
import type { PlanAnswer, PlanDetails } from './core/api.ts';
import { isFinal, isOpenForDecision } from './core/life.ts';
import { isHeldBy } from './core/stack-lock.ts';
import { denialAnswers, keptDenialsOf } from './denials.ts';
import { type Judgement, judge, type WeighedApproval } from './judge.ts';
import { refusalOf } from './kept-refusal.ts';
import { openReview } from './kept-review.ts';
import { gateAnswersOf } from './plan-page/gate-answers.ts';
import { planUnknown } from './problems.ts';
import { NOTHING_READ, type OutsideReading, readOutside } from './read-outside.ts';
import type { WeighedReview } from './reviews/judge-reviews.ts';
import { recentReviews } from './reviews/recent-reviews.ts';
import type { ChangesRoom } from './room.ts';
import { sealedReviewOf } from './sealed-record.ts';
import { lockAnswerOf } from './stack-locks/lock-answer.ts';
import { needAnswerOf } from './stack-needs/need-answer.ts';
import { type HistoryStep, historyOf } from './store/plan-history.ts';
import { findPlan, type StoredPlan } from './store/plans.ts';
import { stackLockOf } from './store/stack-locks.ts';

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
    ...(job.pullRequest === undefined ? {} : { pullRequest: job.pullRequest }),
    ...(job.headCommit === undefined ? {} : { headCommit: job.headCommit }),
    run: { id: job.runId, number: job.runNumber, attempt: job.runAttempt },
    author,
    uploadedAt: time(plan.uploadedAt),
    expiresAt: time(plan.expiresAt),
    changes: { ...facts.changes },
    findings: { critical, high, medium, low, info },
  };
}

/** A plan as a list shows it. */
export async function planInShort(
  room: Pick<ChangesRoom, 'db'>,
  id: PlanId,
): Promise<PlanAnswer | undefined> {
  const plan = await findPlan(room.db, id);
  return plan === undefined ? undefined : planAnswerOf(plan);
}

/** A plan with its review, approvals and history; what the policy says now while something can be decided, and why it was refused once it was. */
export async function showPlan(
  room: ChangesRoom,
  id: PlanId,
  language: Language,
): Promise<Result<PlanDetails, Problem>> {
  const plan = await findPlan(room.db, id);
  if (plan === undefined) return err(planUnknown(id));
  const review = await sealedReviewOf(room, plan);
  if (!review.ok) return review;
  const { details } = await showDecided(room, plan, language);
  return ok({ ...details, ...(await openReview(review.value, language)) });
}

/** A plan whose record was compared with its row, with everything but its review. */
export interface DecidedPlan {
  readonly details: Omit<PlanDetails, 'review' | 'permissions'>;
  readonly history: readonly HistoryStep[];
  /** Absent once the configuration does not name the stack any more. */
  readonly stack?: Stack;
  readonly judgement?: Judgement;
}

export async function showDecided(
  room: ChangesRoom,
  plan: StoredPlan,
  language: Language,
): Promise<DecidedPlan> {
  const stack = stackByName(room.organization(), plan.stack);
  const reading = stack === undefined ? NOTHING_READ : await readToShow(room, plan, stack);
  const judgement = stack && (await judge(room, room.db, plan, stack, reading));
  const lock = isFinal(plan.state) ? undefined : await stackLockOf(room.db, plan.stack);
  const history = await historyOf(room.db, plan.id);
  const { extraNeeds = [] } = plan.facts;
  const denials = denialAnswers(keptDenialsOf(history), stack, language);
  const decision =
    judgement !== undefined && isOpenForDecision(plan.state)
      ? decisionAnswerOf(judgement.decision, language)
      : refusalOf(history, language);
  const url = pullRequestUrlOf(room, plan, stack);
  const details = {
    ...planAnswerOf(plan),
    ...(url === undefined ? {} : { pullRequestUrl: url }),
    ...(decision === undefined ? {} : { decision }),
    approvals: approvalsOf(judgement, language),
    ...gateAnswersOf(stack, reading, judgement, language),
    ...(lock === undefined || isHeldBy(lock, plan.job) ? {} : { heldBy: lockAnswerOf(lock) }),
    history: history.map(historyAnswerOf),
    ...(extraNeeds.length === 0 ? {} : { extraNeeds: extraNeeds.map((need) => needAnswerOf(need)) }),
    ...(denials.length === 0 ? {} : { denials }),
  };
  return {
    ...{ details, history },
    ...(stack === undefined ? {} : { stack }),
    ...(judgement === undefined ? {} : { judgement }),
  };
}

/** Of the repository that the stack trusts now, under the name that it had when the plan came in. */
function pullRequestUrlOf(
  { reviews }: ChangesRoom,
  { job: { issuer, repositoryId, repositoryName, pullRequest } }: StoredPlan,
  stack: Stack | undefined,
): string | undefined {
  if (stack === undefined || pullRequest === undefined) return undefined;
  const { repository } = stack;
  if (repository.issuer.name !== issuer || repository.id !== repositoryId) return undefined;
  const place = { issuer: repository.issuer, repositoryId: repository.id, pullRequest };
  return reviews?.pullRequestUrl({ ...place, repositoryName });
}

/** Reviews matter only while something can be decided, and may be some seconds old here. */
async function readToShow(room: ChangesRoom, plan: StoredPlan, stack: Stack): Promise<OutsideReading> {
  const recent = room.reviews && { reviews: recentReviews(room.reviews, room.clock) };
  return isOpenForDecision(plan.state)
    ? await readOutside({ ...room, ...recent }, stack, plan)
    : NOTHING_READ;
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
  judgement === undefined
    ? []
    : [
        ...judgement.weighed.map((weighed) => approvalAnswerOf(weighed, language)),
        ...judgement.reviews.map((weighed) => reviewAnswerOf(weighed, language)),
      ];

const approvalAnswerOf = (
  { approval, counts, why }: WeighedApproval,
  language: Language,
): PlanDetails['approvals'][number] => ({
  approver: approval.approver,
  by: readAssertion(approval.signature) === undefined ? 'signature' : 'passkey',
  decision: approval.decision,
  givenAt: time(approval.givenAt),
  counts,
  ...(why === undefined ? {} : { why: why.message[language] }),
});

const reviewAnswerOf = (
  { review, pullRequest, person, decision, counts, why }: WeighedReview,
  language: Language,
): PlanDetails['approvals'][number] => ({
  approver: person ?? review.by.login,
  by: 'review',
  decision,
  givenAt: time(review.at),
  counts,
  ...(why === undefined ? {} : { why: why.message[language] }),
  review: {
    ...{ id: review.id, url: review.url, login: review.by.login, pullRequest },
    ...(review.commit === undefined ? {} : { commit: review.commit }),
  },
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
