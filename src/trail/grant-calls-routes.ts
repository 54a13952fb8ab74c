import type { Organization, Person } from '#accounts/core';
import { type Problem, parseGrantId, problem, text } from '#core-values';
import { type Grant, selectGrant } from '#credentials';
import { type AddRoutes, createRoute, PEOPLE, problemResponse, problemResponses, z } from '#platform';
import { administratorIn } from './access.ts';
import { grantCallsAnswer } from './core/grant-calls-api.ts';
import { callsOf } from './grant-calls.ts';
import type { TrailRoutesOptions } from './routes.ts';

export interface GrantCallsOptions
  extends Pick<TrailRoutesOptions, 'db' | 'clock' | 'requirePerson' | 'trail'> {
  readonly organization: () => Pick<Organization, 'administrators' | 'stacks'>;
}

const calls = createRoute({
  method: 'get',
  path: '/v1/grants/{id}/calls',
  summary: 'What a grant was used for, by CloudTrail, and what of it never was',
  security: PEOPLE,
  request: {
    params: z.object({ id: z.string() }),
    query: z.object({
      cursor: z.coerce.number().int().min(0).max(10_000_000).default(0).describe('`next` of the page before'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: { description: 'A page', content: { 'application/json': { schema: grantCallsAnswer } } },
    ...problemResponses,
  },
});

/** For the team that owns the stack, and for administrators: calls name resources. */
export const grantCallsRoutes =
  (on: GrantCallsOptions): AddRoutes =>
  (app) => {
    app.openapi(calls, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const id = parseGrantId(c.req.valid('param').id);
      const grant = id === undefined ? undefined : await selectGrant(on.db, id);
      if (!ownsStack(on.organization(), grant, person.value)) {
        // Who may not read it is not told whether there is such a grant.
        const administrator = await administratorIn(on, c);
        if (!administrator.ok) return administrator.error;
      }
      if (grant === undefined) return problemResponse(c, NO_SUCH_GRANT);
      const asked = {
        ...c.req.valid('query'),
        isCompared: on.trail !== undefined,
        language: c.var.language,
      };
      return c.json(await callsOf(on.db, grant, asked), 200);
    });
  };

const ownsStack = (
  { stacks }: Pick<Organization, 'stacks'>,
  grant: Grant | undefined,
  { teams }: Person,
): boolean => stacks.some(({ name, approval }) => name === grant?.stack && teams.includes(approval.team));

const NO_SUCH_GRANT: Problem = problem('not-found', {
  rule: 'grant.unknown',
  message: text('There is no such grant.', 'そのグラントはありません。'),
  remedy: text('List grants with `sekisho grants list`.', '`sekisho grants list` で一覧を確認してください。'),
});
