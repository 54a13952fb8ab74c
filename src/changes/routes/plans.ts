import { writeAssertion } from '#accounts/core';
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
import { cancelPlan } from '../cancel-plan.ts';
import { approvalRequest, planDetails, uploadAnswer } from '../core/api.ts';
import { giveApproval } from '../give-approval.ts';
import { showPlan } from '../show-plan.ts';
import { uploadPlan } from '../upload-plan.ts';
import type { Signed } from '../verify-stored.ts';
import { json, planIdOf, type RouteRoom, refused, requireReader, security } from './access.ts';

const params = z.object({ id: z.string() });

const pullRequest = z.coerce.number().int().min(1).max(9_999_999_999);

const uploadQuery = z
  .object({
    stack: z.string(),
    pullRequest: pullRequest
      .optional()
      .describe(
        'Only of `workflow_dispatch`, with `commit`: the pull request that was planned; gives nothing by itself',
      ),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}$/)
      .optional()
      .describe('The commit that the job checked out'),
  })
  .refine(({ pullRequest: number, commit }) => (number === undefined) === (commit === undefined), {
    path: ['commit'],
    message: 'pullRequest and commit go together',
  });

const upload = createRoute({
  method: 'post',
  path: '/v1/plans',
  summary: 'Upload the plan file that this CI job made',
  security: JOBS,
  request: {
    query: uploadQuery,
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
    },
  },
  responses: { 201: { description: 'Reviewed', content: json(uploadAnswer) }, ...problemResponses },
});

const show = createRoute({
  method: 'get',
  path: '/v1/plans/{id}',
  summary: 'A plan with its review, approvals, history, and what the policy says now',
  security,
  request: { params },
  responses: { 200: { description: 'The plan', content: json(planDetails) }, ...problemResponses },
});

const approve = createRoute({
  method: 'post',
  path: '/v1/plans/{id}/approvals',
  summary: 'Give a signed approval, rejection or break-glass statement',
  security,
  request: { params, body: { required: true, content: json(approvalRequest) } },
  responses: { 201: { description: 'Taken', content: json(uploadAnswer) }, ...problemResponses },
});

const cancel = createRoute({
  method: 'post',
  path: '/v1/plans/{id}/cancel',
  summary: 'Take a plan off the road for good',
  security,
  request: { params },
  responses: { 200: { description: 'Cancelled', content: json(planDetails) }, ...problemResponses },
});

export const planRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(upload, async (c) => {
      const token = bearerToken(c);
      if (token === undefined) return problemResponse(c, notSignedIn);
      const file = new Uint8Array(await c.req.arrayBuffer());
      const { stack, pullRequest: number, commit } = c.req.valid('query');
      const declared =
        number === undefined || commit === undefined ? {} : { declared: { pullRequest: number, commit } };
      const uploaded = await uploadPlan(room, { token, stack, file, ...declared });
      if (!uploaded.ok) return refused(c, uploaded.error);
      const { plan, auditEntry } = uploaded.value;
      const details = await showPlan(room, plan.id, c.var.language);
      if (!details.ok) return problemResponse(c, details.error);
      return c.json({ ...details.value, auditEntry: auditEntry ?? '' }, 201);
    });
    app.openapi(show, async (c) => {
      const plan = planIdOf(c.req.valid('param').id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const reader = await requireReader(c, room, plan.value);
      if (!reader.ok) return problemResponse(c, reader.error);
      const details = await showPlan(room, plan.value, c.var.language);
      return details.ok ? c.json(details.value, 200) : problemResponse(c, details.error);
    });
  };

/** What people do about plans. */
export const decisionRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(approve, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const plan = planIdOf(c.req.valid('param').id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const signed = signedOf(c.req.valid('json'));
      const given = await giveApproval(room, { plan: plan.value, person: person.value, ...signed });
      if (!given.ok) return refused(c, given.error);
      const details = await showPlan(room, plan.value, c.var.language);
      if (!details.ok) return problemResponse(c, details.error);
      return c.json({ ...details.value, auditEntry: given.value.auditEntry }, 201);
    });
    app.openapi(cancel, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const plan = planIdOf(c.req.valid('param').id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const cancelled = await cancelPlan(room, { plan: plan.value, person: person.value });
      if (!cancelled.ok) return refused(c, cancelled.error);
      const details = await showPlan(room, plan.value, c.var.language);
      return details.ok ? c.json(details.value, 200) : problemResponse(c, details.error);
    });
  };

/** As it is kept: one text, whichever kind of key signed. An assertion in the place of an SSH signature is none. */
export const signedOf = (asked: z.infer<typeof approvalRequest>): Signed => ({
  statement: asked.statement,
  signature: 'assertion' in asked ? writeAssertion(asked.assertion) : asked.signature,
});
