import type { PersonName, TeamName } from '#core-values';
import type { ApplyRequest, PersonPrincipal } from './request.ts';

export interface ApprovalCount {
  readonly total: number;
  readonly fromOwningTeam: number;
  /** Of these, those who signed; whoever signed and reviewed is one person, who signed. */
  readonly signed: number;
  readonly signedFromOwningTeam: number;
  readonly approvers: readonly PersonName[];
  readonly teams: readonly TeamName[];
}

export const isOneOf = (person: PersonPrincipal, people: readonly PersonPrincipal[]): boolean =>
  people.some((one) => one.name === person.name);

/** Who approved, one entry an approval: by signature, and by reviewing the pull request. */
export type ApprovedBy = Pick<ApplyRequest['facts'], 'approvedBy' | 'reviewedBy'>;

/**
 * Counts persons: each once, however often and by whatever way they approved, and authors not at all. `weighApprovals` of
 * `#changes` has weighed the approvals before (whose, about what, in force); the policy only sees persons, and counts them
 * once more by itself, so that no mistake of a caller makes an author or one eager person into two approvers.
 */
export function countPersons(
  { approvedBy, reviewedBy }: ApprovedBy,
  authors: readonly PersonPrincipal[],
  owningTeam: TeamName,
): ApprovalCount {
  const byName = new Map<PersonName, PersonPrincipal>();
  for (const person of [...approvedBy, ...reviewedBy]) {
    if (!isOneOf(person, authors) && !byName.has(person.name)) byName.set(person.name, person);
  }
  const counted = [...byName.values()];
  const signed = counted.filter((person) => isOneOf(person, approvedBy));
  const ofOwningTeam = (people: readonly PersonPrincipal[]): number =>
    people.filter((person) => person.teams.includes(owningTeam)).length;
  return {
    total: counted.length,
    fromOwningTeam: ofOwningTeam(counted),
    signed: signed.length,
    signedFromOwningTeam: ofOwningTeam(signed),
    approvers: counted.map((person) => person.name),
    teams: [...new Set(counted.flatMap((person) => person.teams))],
  };
}
