import type { AddRoutes } from '#platform';
import { planReviews } from '../plan-page/plan-reviews.ts';
import type { RouteRoom } from './access.ts';
import { accountRoutes } from './accounts.ts';
import { jobRoutes } from './grants.ts';
import { grantRoutes } from './grants-of-people.ts';
import { jobStacksRoutes } from './job-stacks.ts';
import { overviewRoutes } from './overview.ts';
import { planChangesRoutes } from './plan-changes.ts';
import { planListRoutes } from './plan-list.ts';
import { planSummaryRoutes } from './plan-summary.ts';
import { decisionRoutes, planRoutes } from './plans.ts';
import { repairRoutes } from './repairs.ts';
import { stackNeedsRoutes } from './stack-needs.ts';
import { stackRoutes } from './stacks.ts';
import { statementRoutes } from './statement.ts';

export type { RouteRoom } from './access.ts';

/** Everything about stacks, plans, approvals and grants. */
export function changesRoutes(room: RouteRoom): readonly AddRoutes[] {
  const reviews = planReviews(room);
  return [
    jobRoutes(room),
    jobStacksRoutes(room),
    overviewRoutes(room),
    planListRoutes(room),
    planRoutes(room),
    planSummaryRoutes(room, reviews),
    planChangesRoutes(room, reviews),
    statementRoutes(room),
    decisionRoutes(room),
    repairRoutes(room),
    grantRoutes(room, reviews),
    accountRoutes(room),
    stackRoutes(room),
    stackNeedsRoutes(room),
  ];
}
