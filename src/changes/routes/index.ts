import type { AddRoutes } from '#platform';
import type { RouteRoom } from './access.ts';
import { jobRoutes } from './grants.ts';
import { grantRoutes } from './grants-of-people.ts';
import { jobStacksRoutes } from './job-stacks.ts';
import { planChangesRoutes } from './plan-changes.ts';
import { decisionRoutes, planRoutes } from './plans.ts';
import { stackNeedsRoutes } from './stack-needs.ts';
import { stackRoutes } from './stacks.ts';

export type { RouteRoom } from './access.ts';

/** Everything about stacks, plans, approvals and grants. */
export const changesRoutes = (room: RouteRoom): readonly AddRoutes[] => [
  jobRoutes(room),
  jobStacksRoutes(room),
  planRoutes(room),
  planChangesRoutes(room),
  decisionRoutes(room),
  grantRoutes(room),
  stackRoutes(room),
  stackNeedsRoutes(room),
];
