import type { Kysely } from 'kysely';
import { type Organization, personByName } from '#accounts/core';
import { type AuthorFacts, personPrincipal } from '#policy/core';
import type { Author } from './core/plan-record.ts';
import type { ChangesRoom } from './room.ts';
import { type PlannedBy, plansOfMeaning, type StoredPlan } from './store/plans.ts';

/** Events of pull and merge requests: there the run's actor is who pushed the change, elsewhere perhaps who merged it. */
const PROPOSING_EVENTS: readonly string[] = ['pull_request', 'merge_request_event'];

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
  return authorsAmong(plan, await plansOfMeaning(db, plan, since));
}

/** The same, when the plans that mean the same are known. */
export function authorsAmong(plan: StoredPlan, ofMeaning: readonly PlannedBy[]): readonly Author[] {
  const itself = { id: plan.id, event: plan.job.event, author: plan.author };
  const same = [itself, ...ofMeaning.filter(({ id }) => id !== plan.id)];
  const proposed = same.filter(({ event }) => PROPOSING_EVENTS.includes(event));
  const authors = (proposed.length > 0 ? proposed : same).map(({ author }) => author);
  return authors.filter(({ id }, index) => authors.findIndex((other) => other.id === id) === index);
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
