import type { Account, Organization, Person, Stack } from '#accounts/core';
import { freezesOf } from '#accounts/core';
import type { EpochMs } from '#core-values';
import type { AccountResource, FreezeFacts, PersonPrincipal, StackResource } from './request.ts';

/** The configured organization in the words of policies. */
export const personPrincipal = (organization: Organization, person: Person): PersonPrincipal => ({
  kind: 'person',
  name: person.name,
  teams: person.teams,
  administrator: organization.administrators.includes(person.name),
  mayBreakGlass: organization.breakGlass.includes(person.name),
});

export const accountResource = (organization: Organization, account: Account): AccountResource => ({
  kind: 'account',
  id: account.id,
  name: account.name,
  environment: account.environment,
  organization: organization.name,
});

export const stackResource = (organization: Organization, stack: Stack): StackResource => ({
  kind: 'stack',
  name: stack.name,
  owningTeam: stack.approval.team,
  account: accountResource(organization, stack.account),
});

export function freezeFacts(organization: Organization, stack: Stack, now: EpochMs): FreezeFacts {
  const active = freezesOf(organization, stack, now);
  return { active: active.length > 0, name: active.map((freeze) => freeze.name).join(', ') };
}
