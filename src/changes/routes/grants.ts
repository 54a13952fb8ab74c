import { stackByName } from '#accounts/core';
import type { Language } from '#core-values';
import {
  type AddRoutes,
  bearerToken,
  createRoute,
  JOBS,
  notSignedIn,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import { type GrantAnswer, grantAnswer, grantRequest, reportAnswer, reportRequest } from '../core/api.ts';
import { denialAnswers } from '../denials.ts';
import { fetchPlanFile } from '../fetch-plan-file.ts';
import type { Granted } from '../grant.ts';
import { grantApply } from '../grant-apply.ts';
import { grantPlan } from '../grant-plan.ts';
import { reportApply } from '../report-apply.ts';
import { json, planIdOf, type RouteRoom, refused } from './access.ts';

const grant = createRoute({
  method: 'post',
  path: '/v1/grants',
  summary: 'Credentials for one purpose, for the CI job whose OIDC token this is',
  security: JOBS,
  request: { body: { required: true, content: json(grantRequest) } },
  responses: { 201: { description: 'Issued, once', content: json(grantAnswer) }, ...problemResponses },
});

const file = createRoute({
  method: 'get',
  path: '/v1/plans/{id}/file',
  summary: 'The approved plan file, for the job that holds its grant',
  security: JOBS,
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: {
      description: 'The bytes that were reviewed',
      content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
    },
    ...problemResponses,
  },
});

const report = createRoute({
  method: 'post',
  path: '/v1/reports',
  summary: 'What became of the apply, from the job that holds the grant',
  security: JOBS,
  request: { body: { required: true, content: json(reportRequest) } },
  responses: { 201: { description: 'Recorded', content: json(reportAnswer) }, ...problemResponses },
});

/** What CI jobs ask for: credentials, the approved file, and a place to report. */
export const jobRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(grant, async (c) => {
      const token = bearerToken(c);
      if (token === undefined) return problemResponse(c, notSignedIn);
      const asked = c.req.valid('json');
      const granted =
        asked.purpose === 'plan'
          ? await grantPlan(room, { token, ...asked })
          : await grantApply(room, { token, ...asked });
      return granted.ok ? c.json(answerOf(granted.value, c.var.language), 201) : refused(c, granted.error);
    });
    app.openapi(file, async (c) => {
      const secret = bearerToken(c);
      if (secret === undefined) return problemResponse(c, notSignedIn);
      const plan = planIdOf(c.req.valid('param').id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const fetched = await fetchPlanFile(room, { secret, plan: plan.value });
      if (!fetched.ok) return refused(c, fetched.error);
      return c.body(new Uint8Array(fetched.value), 200, { 'content-type': 'application/octet-stream' });
    });
    app.openapi(report, async (c) => {
      const secret = bearerToken(c);
      if (secret === undefined) return problemResponse(c, notSignedIn);
      const reported = await reportApply(room, { secret, report: c.req.valid('json') });
      if (!reported.ok) return refused(c, reported.error);
      const { plan, denials, auditEntry } = reported.value;
      const stack = stackByName(room.organization(), plan.stack);
      const said = denialAnswers(denials, stack, c.var.language);
      const denied = said.length === 0 ? {} : { denials: said };
      return c.json({ plan: plan.id, state: plan.state, auditEntry, ...denied }, 201);
    });
  };

function answerOf(granted: Granted, language: Language): GrantAnswer {
  const { grant: given, stack, session } = granted;
  const expiresAt = new Date(session.expiresAt).toISOString();
  return {
    grant: given.id,
    purpose: given.plan === undefined ? 'plan' : 'apply',
    stack: stack.name,
    account: stack.account.id,
    region: stack.region,
    path: stack.path,
    expiresAt,
    ...(given.plan === undefined ? {} : { plan: given.plan.id, secret: granted.secret }),
    credentials: {
      accessKeyId: session.accessKeyId,
      secretAccessKey: session.secretAccessKey,
      sessionToken: session.sessionToken,
      expiration: expiresAt,
    },
    widened: granted.widened.map((words) => words[language]),
    auditEntry: granted.auditEntry,
  };
}
