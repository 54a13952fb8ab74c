import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { needsAnswer, needsChanged, needsRequest } from '../core/needs-api.ts';
import { addNeeds, removeNeed } from '../stack-needs/change-needs.ts';
import { needAnswerOf } from '../stack-needs/need-answer.ts';
import { lastPlanWith, needsInForce } from '../stack-needs/store.ts';
import { findStack } from '../stacks.ts';
import { json, type RouteRoom, refused, security } from './access.ts';

const list = createRoute({
  method: 'get',
  path: '/v1/stacks/{stack}/needs',
  summary: 'What people added to the needs of the stack’s plans',
  security,
  request: { params: z.object({ stack: z.string() }) },
  responses: { 200: { description: 'In force', content: json(needsAnswer) }, ...problemResponses },
});

const add = createRoute({
  method: 'post',
  path: '/v1/stacks/{stack}/needs',
  summary:
    'Add permissions that AWS was found to ask for; the next plans of the stack carry them, for approval',
  security,
  request: {
    params: z.object({ stack: z.string() }),
    body: { required: true, content: json(needsRequest) },
  },
  responses: { 201: { description: 'Added', content: json(needsChanged) }, ...problemResponses },
});

const remove = createRoute({
  method: 'post',
  path: '/v1/stacks/{stack}/needs/{id}/remove',
  summary: 'Take an added permission away; plans that carry it must be planned anew',
  security,
  request: { params: z.object({ stack: z.string(), id: z.string() }) },
  responses: { 200: { description: 'Removed', content: json(needsChanged) }, ...problemResponses },
});

/** What people do about the extra needs of stacks. */
export const stackNeedsRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const stack = findStack(room.organization(), c.req.valid('param').stack);
      if (!stack.ok) return problemResponse(c, stack.error);
      const { name } = stack.value;
      const needs = await needsInForce(room.db, name);
      const last = await Promise.all(needs.map((need) => lastPlanWith(room.db, name, need)));
      return c.json({ needs: needs.map((need, at) => needAnswerOf(need, last[at])) }, 200);
    });
    app.openapi(add, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const asked = { ...c.req.valid('json'), ...c.req.valid('param'), person: person.value };
      const added = await addNeeds(room, asked);
      if (!added.ok) return refused(c, added.error);
      const { needs, auditEntry } = added.value;
      return c.json({ needs: needs.map((need) => needAnswerOf(need)), auditEntry }, 201);
    });
    app.openapi(remove, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const removed = await removeNeed(room, { ...c.req.valid('param'), person: person.value });
      if (!removed.ok) return refused(c, removed.error);
      const { needs, auditEntry } = removed.value;
      return c.json({ needs: needs.map((need) => needAnswerOf(need)), auditEntry }, 200);
    });
  };
