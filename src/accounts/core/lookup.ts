import type { PersonName, StackName, TeamName } from '#core-values';
import type { Freeze, Issuer, IssuerName, Organization, Person, Stack } from './model.ts';

/** A configuration is read as a whole and never changed, and some name a thousand stacks. */
const stacksOfOrganization = new WeakMap<Organization['stacks'], ReadonlyMap<StackName, Stack>>();

export function stackByName({ stacks }: Organization, name: StackName): Stack | undefined {
  const known = stacksOfOrganization.get(stacks) ?? new Map(stacks.map((stack) => [stack.name, stack]));
  stacksOfOrganization.set(stacks, known);
  return known.get(name);
}

/** Every stack of one repository, by the ids that the issuer's tokens carry. */
export const stacksOf = (
  organization: Organization,
  repository: { readonly issuer: IssuerName; readonly id: string },
): readonly Stack[] =>
  organization.stacks.filter(
    (stack) => stack.repository.issuer.name === repository.issuer && stack.repository.id === repository.id,
  );

export const personByName = (organization: Organization, name: PersonName): Person | undefined =>
  organization.people.find((person) => person.name === name);

/** Who a workload's actor is; `undefined` for somebody the configuration does not know. */
export const personByIdentity = (
  organization: Organization,
  issuer: IssuerName,
  actorId: string,
): Person | undefined =>
  organization.people.find((person) =>
    person.identities.some((identity) => identity.issuer === issuer && identity.id === actorId),
  );

/** Whose key this is, by the base64 blob of the public key; a key belongs to one person at most. */
export const personByKey = (organization: Organization, blob: string): Person | undefined =>
  organization.people.find((person) => person.keys.some((key) => key.blob === blob));

/** Whether a link for somebody may be, or still count, on the word of whoever made it: an administrator's or their own, or (`null`) the terminal's. */
export const mayVouchFor = (
  { administrators, people }: Pick<Organization, 'administrators' | 'people'>,
  maker: PersonName | null,
  person: PersonName,
): boolean =>
  maker === null ||
  (people.some(({ name }) => name === maker) && (maker === person || administrators.includes(maker)));

export const membersOf = (organization: Organization, team: TeamName): readonly Person[] =>
  organization.people.filter((person) => person.teams.includes(team));

/** By the exact `iss` claim. */
export const issuerByUrl = (organization: Organization, url: string): Issuer | undefined =>
  organization.issuers.find((issuer) => issuer.url === url);

/** The freezes that hold for a stack at a time, in milliseconds since the epoch. */
export const freezesOf = (organization: Organization, stack: Stack, now: number): readonly Freeze[] =>
  organization.freezes.filter(
    ({ environments, from, to }) =>
      environments.includes(stack.account.environment) && from <= now && now < to,
  );

/** The stacks that name this one in `dependsOn`. */
export const dependentsOf = (organization: Organization, name: StackName): readonly Stack[] =>
  organization.stacks.filter((stack) => stack.dependsOn.includes(name));
