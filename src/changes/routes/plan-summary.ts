import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { planSummary } from '../core/plan-summary-api.ts';
import type { PlanReviews } from '../plan-page/plan-reviews.ts';
import { summarize } from '../plan-page/plan-summary.ts';
import { json, planIdOf, type RouteRoom, requireReader, security } from './access.ts';

const show = createRoute({
  method: 'get',
  path: '/v1/plans/{id}/summary',
  summary:
    'Everything a page shows of a plan but its changes: what became of it, what it waits for and why, what you may do',
  security,
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: { description: 'The plan', content: json(planSummary) }, ...problemResponses },
});

/** For whom may read the plan; people are told what they may do about it. */
export const planSummaryRoutes =
  (room: RouteRoom, planReviews: PlanReviews): AddRoutes =>
  (app) => {
    app.openapi(show, async (c) => {
      const plan = planIdOf(c.req.valid('param').id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const reader = await requireReader(c, room, plan.value);
      if (!reader.ok) return problemResponse(c, reader.error);
      const { person } = reader.value;
      const summary = await summarize({ ...room, planReviews }, plan.value, {
        ...(person === undefined ? {} : { person }),
        language: c.var.language,
      });
      return summary.ok ? c.json(summary.value, 200) : problemResponse(c, summary.error);
    });
  };
