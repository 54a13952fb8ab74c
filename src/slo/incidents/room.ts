import type { Organization, Stack } from '#accounts/core';
import type { PolicySet } from '#policy/core';
import type { BudgetsRoom } from '../budgets/statuses.ts';

/** What incidents and corrections stand on: they are about people, and what those may. */
export interface IncidentsRoom extends BudgetsRoom {
  readonly organization: () => Organization;
  readonly policySet: () => PolicySet;
  /** IANA name: by its clock policies tell the hour. */
  readonly timeZone: string;
  /** Under which people reach this server. */
  readonly publicUrl: string;
}

export const stacksOf = (
  { organization }: Pick<IncidentsRoom, 'organization'>,
  service: string,
): readonly Stack[] => organization().stacks.filter(({ services = [] }) => services.includes(service));
