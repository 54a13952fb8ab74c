import type { Kysely } from 'kysely';
import { type Organization, personByName } from '#accounts/core';
import { type AuthorFacts, personPrincipal } from '#policy/core';
import type { Author } from './core/plan-record.ts';
import { isProposing } from './core/review/pull-request.ts';
import type { ChangesRoom } from './room.ts';
import { type PlannedBy, plansOfMeaning, type StoredPlan } from './store/plans.ts';
import { plansOfPullRequest } from './store/pull-requests.ts';

/**
 * Whose work a plan is. When the same meaning was planned for a pull request before, its authors are the authors still, and who
 * merged it is not; otherwise a reviewer who presses the merge button would lose the approval, and the author gain a vote.
 */
export async function authorsOf(
  room: Pick<ChangesRoom, 'approvalLifeMs'>,
  db: Kysely<object>,
  plan: StoredPlan,
): Promise<readonly Author[]> {
  const since = new Date(plan.uploadedAt - room.approvalLifeMs);
  const ofMeaning = await plansOfMeaning(db, plan, since);
  return distinctAuthors([...authorsAmong(plan, ofMeaning), ...(await declaredAuthors(db, plan))]);
}

/**
 * Whose runs proposed the pull request that a manual run says it planned. Its word is proof of nothing, so they are authors beside
 * whoever started it, never in their place.
 */
export async function declaredAuthors(db: Kysely<object>, { job }: StoredPlan): Promise<readonly Author[]> {
  const { pullRequest, issuer, repositoryId, event } = job;
  if (pullRequest === undefined || isProposing(event)) return [];
  const plans = await plansOfPullRequest(db, { issuer, repositoryId, pullRequest });
  return distinctAuthors(plans.filter(({ job }) => isProposing(job.event)).map(({ author }) => author));
}

export const distinctAuthors = (authors: readonly Author[]): readonly Author[] =>
  authors.filter(({ id }, index) => authors.findIndex((other) => other.id === id) === index);

/** The same, when the plans that mean the same are known. */
export function authorsAmong(plan: StoredPlan, ofMeaning: readonly PlannedBy[]): readonly Author[] {
  const itself = { id: plan.id, event: plan.job.event, author: plan.author };
  const same = [itself, ...ofMeaning.filter(({ id }) => id !== plan.id)];
  const proposed = same.filter(({ event }) => isProposing(event));
  const isProposed = proposed.length > 0;
  const triggered = (isProposed ? proposed : same).map(({ author }) => author);
  return distinctAuthors([...triggered, ...dispatchAuthors(plan, isProposed)]);
}

/** Whoever wrote what a run planned of which nobody knows what it was started for: no person, so that policies count with anybody. */
const SOMEBODY: Author = { id: '', name: '' };

/**
 * The code that a manual run plans runs in its job, and could say whatever it likes of itself. So it is not asked: whose work it was is
 * what we started the run for, and unknown where somebody else started it and no job of a pull request proposed the same.
 */
function dispatchAuthors({ facts: { dispatch } }: StoredPlan, isProposed: boolean): readonly Author[] {
  if (dispatch === undefined) return [];
  if (dispatch.by === 'app') return dispatch.authors;
  return isProposed ? [] : [SOMEBODY];
}

/** The same as policies read it: known only if every author is a person of the configuration. */
export function authorFacts(organization: Organization, authors: readonly Author[]): AuthorFacts {
  const people = authors.map(({ person }) =>
    person === undefined ? undefined : personByName(organization, person),
  );
  const known = people.filter((person) => person !== undefined);
  return {
    known: known.length === people.length,
    people: known.map((person) => personPrincipal(organization, person)),
  };
}
