import { SEVERITIES } from '#plan/core';
import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { CHANGE_ACTIONS, changeAnswer, explorerAnswer, findingsAnswer } from '../core/explorer/index.ts';
import {
  changesPage,
  type ExplorerRoom,
  findingsPage,
  type ListOfChanges,
  openChange,
} from '../plan-page/changes-page.ts';
import type { PlanReviews } from '../plan-page/plan-reviews.ts';
import { json, planIdOf, type RouteRoom, requireReader, security } from './access.ts';

const cursor = z.coerce
  .number()
  .int()
  .min(0)
  .max(10_000_000)
  .default(0)
  .describe('`next` of the page before');
const of = z
  .enum(['changes', 'drift'] satisfies ListOfChanges[])
  .default('changes')
  .describe('`drift`: what changed outside Terraform');

const listQuery = z.object({
  of,
  q: z.string().max(200).optional().describe('In addresses, attribute names and values'),
  module: z.string().max(1_000).optional().describe('It and what is inside it; empty: the root module alone'),
  type: z.string().max(200).optional(),
  action: z
    .string()
    .max(100)
    .transform((words) => words.split(','))
    .pipe(z.array(z.enum(CHANGE_ACTIONS)).min(1))
    .optional()
    .describe('One or several with commas between; left out: everything but what stays as it is'),
  severity: z.enum(SEVERITIES).optional(),
  order: z.enum(['danger', 'plan']).default('danger'),
  cursor,
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

const list = createRoute({
  method: 'get',
  path: '/v1/plans/{id}/changes',
  summary: 'The changes of a plan in short, by filters, with counts of each kind',
  security,
  request: { params: z.object({ id: z.string() }), query: listQuery },
  responses: { 200: { description: 'A page', content: json(explorerAnswer) }, ...problemResponses },
});

const show = createRoute({
  method: 'get',
  path: '/v1/plans/{id}/changes/{n}',
  summary: 'One change of a plan with its values; sensitive ones stay hidden',
  security,
  request: {
    params: z.object({ id: z.string(), n: z.coerce.number().int().min(0) }),
    query: z.object({ of }),
  },
  responses: { 200: { description: 'The change', content: json(changeAnswer) }, ...problemResponses },
});

const findings = createRoute({
  method: 'get',
  path: '/v1/plans/{id}/findings',
  summary: 'What the review of a plan found, the gravest first',
  security,
  request: {
    params: z.object({ id: z.string() }),
    query: z.object({
      severity: z.enum(SEVERITIES).optional(),
      cursor,
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: { 200: { description: 'A page', content: json(findingsAnswer) }, ...problemResponses },
});

/** What a plan does, a part at a time: for whom may read the plan. */
export const planChangesRoutes =
  (room: RouteRoom, planReviews: PlanReviews): AddRoutes =>
  (app) => {
    const explorer: ExplorerRoom = { db: room.db, planReviews };
    app.openapi(list, async (c) => {
      const plan = planIdOf(c.req.valid('param').id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const reader = await requireReader(c, room, plan.value);
      if (!reader.ok) return problemResponse(c, reader.error);
      const { q, module, type, action, severity, ...asked } = c.req.valid('query');
      const filter = {
        ...(q === undefined ? {} : { text: q }),
        ...(module === undefined ? {} : { module }),
        ...(type === undefined ? {} : { type }),
        ...(action === undefined ? {} : { actions: action }),
        ...(severity === undefined ? {} : { severity }),
      };
      const page = await changesPage(explorer, plan.value, { ...asked, filter });
      return page.ok ? c.json(page.value, 200) : problemResponse(c, page.error);
    });
    app.openapi(show, async (c) => {
      const { id, n } = c.req.valid('param');
      const plan = planIdOf(id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const reader = await requireReader(c, room, plan.value);
      if (!reader.ok) return problemResponse(c, reader.error);
      const asked = { of: c.req.valid('query').of, n, language: c.var.language };
      const change = await openChange(explorer, plan.value, asked);
      return change.ok ? c.json(change.value, 200) : problemResponse(c, change.error);
    });
    app.openapi(findings, async (c) => {
      const plan = planIdOf(c.req.valid('param').id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const reader = await requireReader(c, room, plan.value);
      if (!reader.ok) return problemResponse(c, reader.error);
      const { severity, ...asked } = c.req.valid('query');
      const wanted = severity === undefined ? {} : { severity };
      const page = await findingsPage(explorer, plan.value, {
        ...asked,
        ...wanted,
        language: c.var.language,
      });
      return page.ok ? c.json(page.value, 200) : problemResponse(c, page.error);
    });
  };
