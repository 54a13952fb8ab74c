import { type Organization, personByIdentity, personByName, type Stack } from '#accounts/core';
import type { EpochMs, JsonObject, PersonName, Reason } from '#core-values';
import { decide, personPrincipal, stackResource, type TimeFacts } from '#policy/core';
import { authorFacts } from '../authors.ts';
import type { ApprovalFacts, CountedPerson, ReviewWord } from '../core/approval/index.ts';
import type { Author } from '../core/plan-record.ts';
import { type ReadReview, type ReviewedPullRequest, readReviews } from '../core/review/read.ts';
import { denialOf } from '../denial.ts';
import type { ChangesRoom } from '../room.ts';
import type { StoredPlan } from '../store/plans.ts';
import { thingOf } from './read-reviews.ts';

/** A review with what became of it on the way to a decision. */
export interface WeighedReview extends ReadReview {
  readonly counts: boolean;
}

export interface ReviewsInQuestion {
  /** As GitHub has its teams now. */
  readonly organization: Organization;
  readonly plan: StoredPlan;
  readonly stack: Stack;
  readonly pullRequests: readonly ReviewedPullRequest[];
  readonly used: ReadonlySet<string>;
  readonly people: readonly CountedPerson[];
  /** Of the plan and of the pull requests. */
  readonly authors: readonly Author[];
  readonly now: EpochMs;
  readonly time: TimeFacts;
}

/** Reads reviews as words about the plan, and asks the policy whether each person may say so by a review. */
export function reviewsOn(
  room: Pick<ChangesRoom, 'policySet' | 'approvalLifeMs'>,
  asked: ReviewsInQuestion,
): readonly ReadReview[] {
  const { plan, stack, pullRequests, used, people, now } = asked;
  const read = readReviews({
    ...{ now, maxAgeMs: room.approvalLifeMs, target: thingOf(plan), pullRequests, used, people },
    issuer: stack.repository.issuer.name,
  });
  return read.map((review) => {
    const why = review.why ?? refusalOf(room, asked, review);
    return why === undefined ? review : { ...review, why };
  });
}

function refusalOf(
  room: Pick<ChangesRoom, 'policySet'>,
  { organization, plan, stack, authors, time }: ReviewsInQuestion,
  { person: name, decision: verdict }: ReadReview,
): Reason | undefined {
  const person = name && personByName(organization, name);
  if (person === undefined) return undefined;
  const decision = decide(room.policySet(), {
    action: 'approve',
    principal: personPrincipal(organization, person),
    resource: stackResource(organization, stack),
    facts: {
      ...{ verdict, keyKind: 'review', time },
      author: authorFacts(organization, authors),
      findings: plan.facts.findings,
    },
  });
  return denialOf(decision)?.reasons[0];
}

/** What the reviews say, for weighing together with signatures. */
export const wordsOf = (reviews: readonly ReadReview[]): readonly ReviewWord[] =>
  reviews.flatMap(({ person, decision, why }) =>
    person === undefined || why !== undefined ? [] : [{ approver: person, decision }],
  );

/** Says of each review whether it counts, once all is weighed. */
export function weighReviews(
  reviews: readonly ReadReview[],
  { reviewers, rejectedBy, ignored }: ApprovalFacts,
): readonly WeighedReview[] {
  const isCounted = (person: PersonName, decision: ReadReview['decision']): boolean =>
    (decision === 'approve' ? reviewers : rejectedBy).includes(person);
  return reviews.map((review) => {
    const { person, decision } = review;
    if (person === undefined || review.why !== undefined) return { ...review, counts: false };
    const why = ignored.find(({ who, by }) => who === person && by === 'review')?.reason;
    const counts = isCounted(person, decision);
    return { ...review, counts, ...(counts || why === undefined ? {} : { why }) };
  });
}

/** The users of GitHub whose work the pull requests are, beside those whom tokens name: only ever more authors. */
export const authorsOnGitHub = (
  organization: Organization,
  { repository }: Stack,
  pullRequests: readonly ReviewedPullRequest[],
): readonly Author[] =>
  pullRequests.flatMap(({ authors }) =>
    authors.map(({ id, login }) => {
      const person = personByIdentity(organization, repository.issuer.name, id);
      return { id, name: login, ...(person === undefined ? {} : { person: person.name }) };
    }),
  );

/** As the audit log keeps them. */
export const reviewEvidence = (reviews: readonly WeighedReview[]): JsonObject =>
  reviews.length === 0
    ? {}
    : {
        reviews: reviews.map(({ review, pullRequest, person, decision, counts, why }) => ({
          ...{ review: review.id, url: review.url, pullRequest, decision, counts },
          ...{ user: review.by.id, login: review.by.login },
          ...(person === undefined ? {} : { person }),
          ...(review.commit === undefined ? {} : { commit: review.commit }),
          ...(why === undefined ? {} : { why: why.rule }),
        })),
      };
