import type { Account, Organization, Person, Stack } from '#accounts/core';
import { freezesOf } from '#accounts/core';
import type { EpochMs } from '#core-values';
import type {
  ApplyRequest,
  ChangeFacts,
  FindingFacts,
  FreezeFacts,
  OrganizationResource,
  PersonPrincipal,
  StackResource,
} from '#policy/core';

/** What the policy is told about a plan; kept with it, so that it can be asked again without opening the file. */
export interface PlanFacts {
  readonly findings: FindingFacts;
  readonly changes: ChangeFacts;
}

/** A person with the teams and rights the configuration gives them now. */
export const personPrincipal = (organization: Organization, person: Person): PersonPrincipal => ({
  kind: 'person',
  name: person.name,
  teams: person.teams,
  administrator: organization.administrators.includes(person.name),
  mayBreakGlass: organization.breakGlass.includes(person.name),
});

export const organizationResource = (organization: Organization): OrganizationResource => ({
  kind: 'organization',
  name: organization.name,
});

const accountResource = (organization: Organization, account: Account): StackResource['account'] => ({
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
  const names = freezesOf(organization, stack, now).map(({ name }) => name);
  return { active: names.length > 0, name: names.join(', ') };
}

/** Until the slo room answers, no budget is known; the shipped policy does not hold that against anybody. */
export const UNKNOWN_ERROR_BUDGET: ApplyRequest['facts']['errorBudget'] = { known: false, remainingPpm: 0 };
