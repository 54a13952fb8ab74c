import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { approvalRequest, uploadAnswer } from '../core/api.ts';
import type { RepairWord } from '../core/approval/index.ts';
import { giveRepairWord } from '../repairs/mark-repair.ts';
import { withdrawRepair } from '../repairs/withdraw-repair.ts';
import { showPlan } from '../show-plan.ts';
import { json, planIdOf, type RouteRoom, refused, security } from './access.ts';
import { signedOf } from './plans.ts';

const params = z.object({ id: z.string() });
const body = { required: true, content: json(approvalRequest) };

const mark = createRoute({
  method: 'post',
  path: '/v1/plans/{id}/repair',
  summary: 'Say, signed, that the plan repairs what uses the error budget up',
  security,
  request: { params, body },
  responses: { 201: { description: 'Taken', content: json(uploadAnswer) }, ...problemResponses },
});

const agree = createRoute({
  method: 'post',
  path: '/v1/plans/{id}/repair/agreement',
  summary: 'Agree, signed, as a second person that the plan is a repair',
  security,
  request: { params, body },
  responses: { 201: { description: 'Taken', content: json(uploadAnswer) }, ...problemResponses },
});

const withdraw = createRoute({
  method: 'post',
  path: '/v1/plans/{id}/repair/withdraw',
  summary: 'Take the mark as a repair away, and the agreement with it',
  security,
  request: { params },
  responses: { 200: { description: 'Withdrawn', content: json(uploadAnswer) }, ...problemResponses },
});

/** What people say about plans as repairs. */
export const repairRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    for (const [route, says] of [
      [mark, 'repair'],
      [agree, 'agree-repair'],
    ] as const satisfies readonly (readonly [unknown, RepairWord])[]) {
      app.openapi(route, async (c) => {
        const person = await room.requirePerson(c);
        if (!person.ok) return problemResponse(c, person.error);
        const plan = planIdOf(c.req.valid('param').id);
        if (!plan.ok) return problemResponse(c, plan.error);
        const signed = signedOf(c.req.valid('json'));
        const given = await giveRepairWord(room, { plan: plan.value, person: person.value, says, ...signed });
        if (!given.ok) return refused(c, given.error);
        const details = await showPlan(room, plan.value, c.var.language);
        if (!details.ok) return problemResponse(c, details.error);
        return c.json({ ...details.value, auditEntry: given.value.auditEntry }, 201);
      });
    }
    app.openapi(withdraw, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const plan = planIdOf(c.req.valid('param').id);
      if (!plan.ok) return problemResponse(c, plan.error);
      const withdrawn = await withdrawRepair(room, { plan: plan.value, person: person.value });
      if (!withdrawn.ok) return refused(c, withdrawn.error);
      const details = await showPlan(room, plan.value, c.var.language);
      if (!details.ok) return problemResponse(c, details.error);
      return c.json({ ...details.value, auditEntry: withdrawn.value.auditEntry }, 200);
    });
  };
