import type { PersonName, TeamName } from '#core-values';
import type { PersonPrincipal } from './request.ts';

export interface ApprovalCount {
  readonly total: number;
  readonly fromOwningTeam: number;
  readonly approvers: readonly PersonName[];
  readonly teams: readonly TeamName[];
}

export const isOneOf = (person: PersonPrincipal, people: readonly PersonPrincipal[]): boolean =>
  people.some((one) => one.name === person.name);

/**
 * Counts persons: each once, however often they approved, and authors not at all. `weighApprovals` of `#changes` has
 * weighed the signed statements before (whose, about what, in force); the policy only sees persons, and counts them
 * once more by itself, so that no mistake of a caller makes an author or one eager person into two approvers.
 */
export function countPersons(
  approvedBy: readonly PersonPrincipal[],
  authors: readonly PersonPrincipal[],
  owningTeam: TeamName,
): ApprovalCount {
  const byName = new Map<PersonName, PersonPrincipal>();
  for (const person of approvedBy) {
    if (!isOneOf(person, authors) && !byName.has(person.name)) byName.set(person.name, person);
  }
  const counted = [...byName.values()];
  return {
    total: counted.length,
    fromOwningTeam: counted.filter((person) => person.teams.includes(owningTeam)).length,
    approvers: counted.map((person) => person.name),
    teams: [...new Set(counted.flatMap((person) => person.teams))],
  };
}
