import type { Stack } from '#accounts/core';
import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { stackAnswer } from '../core/api.ts';
import { findInFlight } from '../store/plans.ts';
import { knownStateOf } from '../store/stack-states.ts';
import { json, type RouteRoom, security } from './access.ts';

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

export const stackRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const stacks = await Promise.all(room.organization().stacks.map((stack) => answerOf(room, stack)));
      return c.json({ stacks }, 200);
    });
  };

async function answerOf(room: RouteRoom, stack: Stack): Promise<z.infer<typeof stackAnswer>> {
  const { account, repository } = stack;
  const knownState = await knownStateOf(room.db, stack.name);
  const inFlight = await findInFlight(room.db, stack.name);
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
  };
}
