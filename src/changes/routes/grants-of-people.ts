import { type GrantId, parseAccountId, parseGrantId, parsePlanId, parseStackName } from '#core-values';
import { GRANT_STATUSES, type GrantFilter, PURPOSES, selectGrant, selectGrants } from '#credentials';
import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { grantPage, revokedAnswer, revokeRequest } from '../core/api.ts';
import { grantDetail } from '../core/grant-detail-api.ts';
import { grantRecordOf } from '../grant-record.ts';
import { detailOf } from '../plan-page/grant-detail.ts';
import type { PlanReviews } from '../plan-page/plan-reviews.ts';
import { grantUnknown } from '../problems.ts';
import { takeBackGrant } from '../revoke-grant.ts';
import { json, type RouteRoom, refused, security } from './access.ts';

const listQuery = z.object({
  stack: z.string().optional(),
  status: z
    .string()
    .max(100)
    .transform((words) => words.split(','))
    .pipe(z.array(z.enum(GRANT_STATUSES)).min(1))
    .optional()
    .describe('One or several with commas between; `issuing,issued` are live'),
  purpose: z.enum(PURPOSES).optional(),
  account: z.string().max(12).optional().describe('Id'),
  plan: z.string().optional(),
  before: z.string().optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const list = createRoute({
  method: 'get',
  path: '/v1/grants',
  summary: 'Grants, newest first; never their credentials',
  security,
  request: { query: listQuery },
  responses: { 200: { description: 'A page', content: json(grantPage) }, ...problemResponses },
});

const show = createRoute({
  method: 'get',
  path: '/v1/grants/{id}',
  summary: 'A grant with what it can do, in words; never its credentials',
  security,
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: { description: 'The grant', content: json(grantDetail) }, ...problemResponses },
});

const revoke = createRoute({
  method: 'post',
  path: '/v1/grants/{id}/revoke',
  summary: 'Take credentials back: at once here, and by a deny for the one session in AWS',
  security,
  request: {
    params: z.object({ id: z.string() }),
    body: { required: true, content: json(revokeRequest) },
  },
  responses: { 200: { description: 'Revoked', content: json(revokedAnswer) }, ...problemResponses },
});

/** What people do about grants. */
export const grantRoutes =
  (room: RouteRoom, planReviews: PlanReviews): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      return c.json(await page(room, c.req.valid('query')), 200);
    });
    app.openapi(show, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { id } = c.req.valid('param');
      const grantId = parseGrantId(id);
      const grant = grantId === undefined ? undefined : await selectGrant(room.db, grantId);
      return grant === undefined
        ? problemResponse(c, grantUnknown(id))
        : c.json(await detailOf(room, planReviews, grant, c.var.language), 200);
    });
    app.openapi(revoke, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { id } = c.req.valid('param');
      const grant = parseGrantId(id);
      if (grant === undefined) return problemResponse(c, grantUnknown(id));
      const { reason } = c.req.valid('json');
      const why = reason === undefined ? {} : { reason };
      const revoked = await takeBackGrant(room, { grant, person: person.value, ...why });
      if (!revoked.ok) return refused(c, revoked.error);
      const { undenied, auditEntry } = revoked.value;
      const { language } = c.var;
      const reasons = (undenied?.reasons ?? []).map(({ rule, message, remedy }) => ({
        rule,
        message: message[language],
        remedy: remedy[language],
      }));
      return c.json({ ...grantRecordOf(revoked.value.grant), undenied: reasons, auditEntry }, 200);
    });
  };

/** One more than asked for tells whether there is a next page. */
async function page(room: RouteRoom, query: z.infer<typeof listQuery>): Promise<z.infer<typeof grantPage>> {
  const filter = filterOf(query);
  if (filter === undefined) return { grants: [] };
  const found = await selectGrants(room.db, filter);
  const grants = found.slice(0, query.limit);
  const last = grants.at(-1);
  const next = found.length > query.limit && last !== undefined ? { next: last.id } : {};
  return { grants: grants.map(grantRecordOf), ...next };
}

/** A name or id that is not of its form names nothing. */
function filterOf(query: z.infer<typeof listQuery>): GrantFilter | undefined {
  const stack = query.stack === undefined ? undefined : parseStackName(query.stack);
  const plan = query.plan === undefined ? undefined : parsePlanId(query.plan);
  const account = query.account === undefined ? undefined : parseAccountId(query.account);
  const before: GrantId | undefined = query.before === undefined ? undefined : parseGrantId(query.before);
  const isOfForm =
    (stack !== undefined) === (query.stack !== undefined) &&
    (plan !== undefined) === (query.plan !== undefined) &&
    (account !== undefined) === (query.account !== undefined) &&
    (before !== undefined) === (query.before !== undefined);
  if (!isOfForm) return;
  return {
    ...(stack === undefined ? {} : { stack }),
    ...(plan === undefined ? {} : { plan }),
    ...(before === undefined ? {} : { before }),
    ...(query.status === undefined ? {} : { statuses: query.status }),
    ...(query.purpose === undefined ? {} : { purpose: query.purpose }),
    ...(account === undefined ? {} : { account }),
    limit: query.limit + 1,
  };
}
