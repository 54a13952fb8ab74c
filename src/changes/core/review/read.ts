import type { AccountId, Environment, EpochMs, Fingerprint, PersonName, Reason } from '#core-values';
import { CLOCK_SKEW_MS } from '../approval/verify.ts';
import type { CountedPerson } from '../approval/weigh.ts';
import * as why from './ignored.ts';
import type { GitHubUser, Review } from './port.ts';

/** What a yes is to: what a plan means, where, and what its grant may do besides. */
export interface ApprovedThing {
  readonly fingerprint: Fingerprint;
  readonly account: AccountId;
  readonly environment: Environment;
  /** As an approval statement has it. */
  readonly extraNeeds: string | undefined;
}

/** One plan of the stack that was made for the pull request. */
export interface PlanForPullRequest extends ApprovedThing {
  readonly uploadedAt: EpochMs;
  /** The pull request's commit it was made from, by a token and GitHub; absent where only the job said so. */
  readonly provenCommit?: string;
}

/** A pull request for which the meaning was planned, as GitHub and our own plans have it. */
export interface ReviewedPullRequest {
  readonly pullRequest: number;
  /** As GitHub answers them, in any order. */
  readonly reviews: readonly Review[];
  readonly authors: readonly GitHubUser[];
  /** Of this stack and pull request, in any order; whether or not they mean the same. */
  readonly plans: readonly PlanForPullRequest[];
}

export interface ReviewQuestion {
  readonly now: EpochMs;
  readonly maxAgeMs: number;
  readonly target: ApprovedThing;
  readonly pullRequests: readonly ReviewedPullRequest[];
  /** The issuer whose identities the users are, by its name. */
  readonly issuer: string;
  readonly people: readonly CountedPerson[];
  /** Ids of reviews that have served this stack and fingerprint. */
  readonly used: ReadonlySet<string>;
}

/** The last word of one user about one pull request, and what it says about the plan in question. */
export interface ReadReview {
  readonly review: Review;
  readonly pullRequest: number;
  readonly decision: 'approve' | 'reject';
  readonly person?: PersonName;
  /** Why it is no word of anybody about this plan; absent where it is one. */
  readonly why?: Reason;
}

/** Reads reviews as words of people about one plan; who counts is weighed afterwards, together with signatures. */
export function readReviews(question: ReviewQuestion): readonly ReadReview[] {
  return question.pullRequests.flatMap((of) =>
    lastWords(of.reviews).map((review): ReadReview => {
      const person = question.people.find(({ identities }) =>
        identities.some(({ issuer, subject }) => issuer === question.issuer && subject === review.by.id),
      );
      const fault = person === undefined ? why.unknownPerson(review.by) : faultOf(review, of, question);
      return {
        review,
        pullRequest: of.pullRequest,
        decision: review.state === 'changes-requested' ? 'reject' : 'approve',
        ...(person === undefined ? {} : { person: person.name }),
        ...(fault === undefined ? {} : { why: fault }),
      };
    }),
  );
}

/** The latest review of each user that is more than a comment. Of two at once the later id, as GitHub counts them up. */
function lastWords(reviews: readonly Review[]): readonly Review[] {
  const last = new Map<string, Review>();
  for (const review of reviews) {
    if (review.state === 'commented') continue;
    const before = last.get(review.by.id);
    if (before === undefined || isLater(review, before)) last.set(review.by.id, review);
  }
  return [...last.values()].toSorted((a, b) => (isLater(a, b) ? 1 : -1));
}

const isLater = (a: Review, b: Review): boolean =>
  a.at === b.at ? a.id.padStart(20, '0') > b.id.padStart(20, '0') : a.at > b.at;

function faultOf(review: Review, of: ReviewedPullRequest, question: ReviewQuestion): Reason | undefined {
  // On GitHub a request for changes stands until its author approves or somebody dismisses it, whatever is pushed or planned.
  if (review.state === 'changes-requested') return undefined;
  if (review.state !== 'approved') return why.DISMISSED;
  if (question.used.has(review.id)) return why.USED;
  if (review.at > question.now + CLOCK_SKEW_MS) return why.FROM_THE_FUTURE;
  if (question.now - review.at > question.maxAgeMs) return why.TOO_OLD;
  return coverageFault(review, of, question.target);
}

/**
 * A review is about what could be seen when it was given: the newest plan of the pull request then. A job that plans again afterwards,
 * even the same commit, can bring another meaning; and one that only says which commit it planned proves nothing.
 */
function coverageFault(
  review: Review,
  { plans }: ReviewedPullRequest,
  target: ApprovedThing,
): Reason | undefined {
  const seen = plans.filter(({ uploadedAt }) => uploadedAt <= review.at);
  const newest = seen.reduce<PlanForPullRequest | undefined>(
    (latest, plan) => (latest === undefined || plan.uploadedAt >= latest.uploadedAt ? plan : latest),
    undefined,
  );
  if (newest === undefined) return why.BEFORE_THE_PLAN;
  if (newest.fingerprint !== target.fingerprint) return why.OTHER_MEANING;
  if (!isSame(newest, target)) return why.OTHER_GRANT;
  const isProven = seen.some(
    (plan) => isSame(plan, target) && plan.provenCommit !== undefined && plan.provenCommit === review.commit,
  );
  return isProven ? undefined : why.OTHER_COMMIT;
}

const isSame = (a: ApprovedThing, b: ApprovedThing): boolean =>
  a.fingerprint === b.fingerprint &&
  a.account === b.account &&
  a.environment === b.environment &&
  a.extraNeeds === b.extraNeeds;
