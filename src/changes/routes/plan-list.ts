import type { Organization } from '#accounts/core';
import { ENVIRONMENTS, parsePlanId, parseStackName } from '#core-values';
import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { planPage } from '../core/api.ts';
import { PLAN_STATES } from '../core/life.ts';
import { plansPage, plansWaitingFor } from '../plan-page/list-page.ts';
import { planAnswerOf } from '../show-plan.ts';
import type { PlanFilter } from '../store/plans.ts';
import { json, type RouteRoom, security } from './access.ts';

const listQuery = z.object({
  stack: z.string().optional(),
  state: z
    .string()
    .max(200)
    .transform((words) => words.split(','))
    .pipe(z.array(z.enum(PLAN_STATES)).min(1))
    .optional()
    .describe('One or several with commas between'),
  account: z.string().max(128).optional().describe('Name or id'),
  environment: z.enum(ENVIRONMENTS).optional(),
  author: z.string().max(128).optional().describe('A person of sekisho.yaml, or a login'),
  commit: z.string().optional(),
  repository: z.string().optional().describe('Id of the repository'),
  pullRequest: z.coerce.number().int().min(1).max(9_999_999_999).optional(),
  waitingFor: z
    .enum(['me'])
    .optional()
    .describe('Only what you could approve and have said nothing about; a page may hold fewer than `limit`'),
  q: z
    .string()
    .trim()
    .max(100)
    .optional()
    .describe('In names of stack, repository, ref and author; or how a commit begins'),
  before: z.string().optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const list = createRoute({
  method: 'get',
  path: '/v1/plans',
  summary: 'Plans, newest first',
  security,
  request: { query: listQuery },
  responses: { 200: { description: 'A page', content: json(planPage) }, ...problemResponses },
});

/** Every person may see every plan. */
export const planListRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const query = c.req.valid('query');
      const filter = filterOf(query, room.organization());
      if (filter === undefined) return c.json({ plans: [] }, 200);
      const { plans, next } =
        query.waitingFor === 'me'
          ? await plansWaitingFor(room, person.value, filter)
          : await plansPage(room, filter);
      return c.json({ plans: plans.map(planAnswerOf), ...(next === undefined ? {} : { next }) }, 200);
    });
  };

/** A name or id that is not of its form names nothing, nor does an account that the configuration does not know. */
function filterOf(query: z.infer<typeof listQuery>, { accounts }: Organization): PlanFilter | undefined {
  const stack = query.stack === undefined ? undefined : parseStackName(query.stack);
  const before = query.before === undefined ? undefined : parsePlanId(query.before);
  const ofAccount = accounts.filter(({ id, name }) => id === query.account || name === query.account);
  const isOfForm =
    (stack !== undefined) === (query.stack !== undefined) &&
    (before !== undefined) === (query.before !== undefined) &&
    ofAccount.length > 0 === (query.account !== undefined);
  if (!isOfForm) return;
  const { state, environment, author, commit, repository, pullRequest, q, limit } = query;
  return {
    ...(stack === undefined ? {} : { stack }),
    ...(before === undefined ? {} : { before }),
    ...(state === undefined ? {} : { states: state }),
    ...(ofAccount.length === 0 ? {} : { accounts: ofAccount.map(({ id }) => id) }),
    ...(environment === undefined ? {} : { environment }),
    ...(author === undefined ? {} : { author }),
    ...(commit === undefined ? {} : { commit }),
    ...(repository === undefined ? {} : { repositoryId: repository }),
    ...(pullRequest === undefined ? {} : { pullRequest }),
    ...(q === undefined || q === '' ? {} : { text: q }),
    limit,
  };
}
