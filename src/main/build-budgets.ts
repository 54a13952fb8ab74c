import type { RequirePerson } from '#accounts';
import type { BudgetsPort } from '#changes/core';
import type { AddRoutes } from '#platform';
import { budgetsPort, keepIncidents, type SloRoom, type SloRouteRoom, sloRoutes, statuses } from '#slo';
import type { Foundations } from './build-rooms.ts';

export interface BuiltBudgets {
  /** For the gate of applies. */
  readonly port: BudgetsPort;
  readonly routes: readonly AddRoutes[];
  /** Looks at the alerts of all SLOs; once a minute. */
  readonly keepIncidents: () => Promise<void>;
}

/** What is made of the counts of SLOs: budgets, incidents, corrections. */
export function buildBudgets(
  { configured, environment, logger }: Foundations,
  slo: SloRoom,
  {
    correctionsKey,
    requirePerson,
  }: { readonly correctionsKey: string; readonly requirePerson: RequirePerson },
): BuiltBudgets {
  const counted = { ...slo, correctionsKey };
  const { publicUrl } = configured.configuration.current().server;
  const room: SloRouteRoom = {
    ...counted,
    statuses: statuses(counted),
    organization: () => configured.configuration.current().organization,
    policySet: () => configured.policies.current(),
    timeZone: environment.timeZone,
    ...{ publicUrl, requirePerson },
  };
  return {
    port: budgetsPort(room, (error) => logger.error('Error budgets could not be read', { error })),
    routes: sloRoutes(room),
    keepIncidents: () => keepIncidents(room),
  };
}
