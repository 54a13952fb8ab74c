import type { Stack } from '#accounts/core';
import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { type StackAnswer, stackAnswer, unlockedAnswer, unlockRequest } from '../core/api.ts';
import { lockAnswerOf } from '../stack-locks/lock-answer.ts';
import { unlockStack } from '../stack-locks/release-locks.ts';
import { findInFlight } from '../store/plans.ts';
import { stackLockOf } from '../store/stack-locks.ts';
import { knownStateOf } from '../store/stack-states.ts';
import { json, type RouteRoom, refused, security } from './access.ts';

const list = createRoute({
  method: 'get',
  path: '/v1/stacks',
  summary: 'The stacks of sekisho.yaml, in dependency order, with what is known of their states',
  security,
  responses: {
    200: { description: 'All stacks', content: json(z.object({ stacks: z.array(stackAnswer) })) },
    ...problemResponses,
  },
});

const unlock = createRoute({
  method: 'post',
  path: '/v1/stacks/{stack}/unlock',
  summary: 'Take a stack away from the pull request that holds it',
  security,
  request: {
    params: z.object({ stack: z.string() }),
    body: { required: true, content: json(unlockRequest) },
  },
  responses: { 200: { description: 'Free', content: json(unlockedAnswer) }, ...problemResponses },
});

export const stackRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const stacks = await Promise.all(room.organization().stacks.map((stack) => answerOf(room, stack)));
      return c.json({ stacks }, 200);
    });
    app.openapi(unlock, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const asked = { ...c.req.valid('param'), ...c.req.valid('json'), person: person.value };
      const unlocked = await unlockStack(room, asked);
      if (!unlocked.ok) return refused(c, unlocked.error);
      const { lock, auditEntry } = unlocked.value;
      return c.json({ lock: lockAnswerOf(lock), auditEntry }, 200);
    });
  };

async function answerOf(room: RouteRoom, stack: Stack): Promise<StackAnswer> {
  const { account, repository } = stack;
  const knownState = await knownStateOf(room.db, stack.name);
  const inFlight = await findInFlight(room.db, stack.name);
  const lock = await stackLockOf(room.db, stack.name);
  return {
    name: stack.name,
    account: { id: account.id, name: account.name, environment: account.environment },
    region: stack.region,
    repository: { id: repository.id, name: repository.name },
    path: stack.path,
    team: stack.approval.team,
    dependsOn: [...stack.dependsOn],
    ...(knownState === undefined
      ? {}
      : { knownState: { lineage: knownState.lineage, serial: knownState.serial } }),
    ...(inFlight === undefined ? {} : { inFlight }),
    ...(lock === undefined ? {} : { lock: lockAnswerOf(lock) }),
  };
}
