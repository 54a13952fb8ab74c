import type { Stack } from '#accounts/core';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { sshCrypto } from '#platform';
import { extraNeedsDigest } from '../core/added-need.ts';
import type { PlanRecord } from '../core/plan-record.ts';
import type { PullRequestPlace, ReviewsPort } from '../core/review/port.ts';
import { isProposing } from '../core/review/pull-request.ts';
import type { ApprovedThing, PlanForPullRequest, ReviewedPullRequest } from '../core/review/read.ts';
import type { ChangesRoom } from '../room.ts';
import { openRecord } from '../sealed-record.ts';
import type { StoredPlan } from '../store/plans.ts';
import { pullRequestsOfMeaning, type SealedPlan, sealedPlansFor } from '../store/pull-requests.ts';
import { readTeams, type TeamReading } from './team-members.ts';

/** What GitHub said for one plan. */
export interface ReviewReading {
  /** Absent where the stack accepts none. */
  readonly reviews?: Result<readonly ReviewedPullRequest[], Problem>;
  readonly teams: TeamReading;
}

/** Pull requests of one meaning that are looked at, and plans of each: whoever proposes the same more often reviews the last ones. */
const MOST_PULL_REQUESTS = 10;
const MOST_PLANS = 50;

type Meaning = Pick<PlanRecord, 'stack' | 'fingerprint' | 'job'>;
type ReadingRoom = Pick<ChangesRoom, 'db' | 'keyring' | 'organization' | 'reviews'>;

/** Asks GitHub what approvals of the plan hang on: who is in the teams, and reviews where the stack accepts them. */
export async function readReviewsFor(room: ReadingRoom, stack: Stack, plan: Meaning): Promise<ReviewReading> {
  const [teams, reviews] = await Promise.all([readTeams(room, stack), reviewsFor(room, stack, plan)]);
  return { teams, ...(reviews === undefined ? {} : { reviews }) };
}

/**
 * Asks GitHub for the reviews of every pull request that planned the same, and for whose work they are. Never inside a transaction; one
 * lookup that fails is the answer, because it might have been the one with the rejection.
 */
async function reviewsFor(room: ReadingRoom, stack: Stack, plan: Meaning): Promise<ReviewReading['reviews']> {
  if (!stack.approval.accept.includes('review')) return undefined;
  const { reviews } = room;
  if (reviews === undefined) return err(NO_APP);
  const found = await pullRequestsOfMeaning(room.db, plan, MOST_PULL_REQUESTS);
  const own = plan.job.pullRequest;
  const numbers = own === undefined || found.includes(own) ? found : [own, ...found];
  const { issuer, id: repositoryId } = stack.repository;
  const read = await Promise.all(
    numbers.map((pullRequest) => readPullRequest(room, reviews, { issuer, repositoryId, pullRequest }, plan)),
  );
  const failed = read.find((one) => !one.ok);
  return failed ?? ok(read.flatMap((one) => (one.ok ? [one.value] : [])));
}

async function readPullRequest(
  room: ReadingRoom,
  port: ReviewsPort,
  place: PullRequestPlace,
  plan: Meaning,
): Promise<Result<ReviewedPullRequest, Problem>> {
  const sealed = await sealedPlansFor(room.db, plan, place.pullRequest, MOST_PLANS);
  const [plans, reviews, authors] = await Promise.all([
    Promise.all(sealed.map((one) => readPlan(room, port, place, one, plan))),
    port.reviewsOf(place),
    port.authorsOf(place),
  ]);
  if (!reviews.ok) return reviews;
  if (!authors.ok) return authors;
  const failed = plans.find((one) => !one.ok);
  if (failed !== undefined && !failed.ok) return failed;
  return ok({
    pullRequest: place.pullRequest,
    reviews: reviews.value,
    authors: authors.value,
    plans: plans.flatMap((one) => (one.ok ? [one.value] : [])),
  });
}

/** A row that somebody changed since it came in stops everything: it may hide the plan that was seen. */
async function readPlan(
  room: ReadingRoom,
  port: ReviewsPort,
  { issuer, repositoryId }: PullRequestPlace,
  { plan, recordSealed }: SealedPlan,
  { fingerprint }: Meaning,
): Promise<Result<PlanForPullRequest, Problem>> {
  const record = await openRecord(room, plan, recordSealed);
  if (!record.ok) return record;
  const seen = { ...thingOf(plan), uploadedAt: plan.uploadedAt };
  // The commit matters only of what means the same.
  if (!isProposing(plan.job.event) || plan.fingerprint !== fingerprint) return ok(seen);
  const { commit, headCommit } = plan.job;
  const head =
    headCommit === undefined ? await port.headOf({ issuer, repositoryId, commit }) : ok(headCommit);
  return head.ok ? ok({ ...seen, provenCommit: head.value }) : head;
}

/** What a yes to the plan is to. */
export const thingOf = ({ fingerprint, account, environment, facts }: StoredPlan): ApprovedThing => ({
  ...{ fingerprint, account, environment },
  extraNeeds: extraNeedsDigest(facts.extraNeeds ?? [], sshCrypto.sha256),
});

const NO_APP = problem('denied', {
  rule: 'review.no-app',
  message: text(
    'The stack accepts reviews, but no GitHub App is set up with which they could be read.',
    'スタックはレビューを承認として受け入れますが、レビューを読み取る GitHub App が設定されていません。',
  ),
  remedy: text(
    'Set the App up, or take `review` out of the stack’s `approval.accept`.',
    'GitHub App を設定するか、スタックの `approval.accept` から `review` を取り除いてください。',
  ),
});
