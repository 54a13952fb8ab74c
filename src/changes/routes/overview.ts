import { type AddRoutes, createRoute, problemResponse, problemResponses } from '#platform';
import { overviewAnswer } from '../core/overview-api.ts';
import { overviewFor } from '../plan-page/overview.ts';
import { json, type RouteRoom, security } from './access.ts';

const show = createRoute({
  method: 'get',
  path: '/v1/overview',
  summary: 'What waits for you, what runs, what failed or was refused lately, and the accounts in short',
  security,
  responses: {
    200: { description: 'The newest of each', content: json(overviewAnswer) },
    ...problemResponses,
  },
});

export const overviewRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(show, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      return c.json(await overviewFor(room, person.value, c.var.language), 200);
    });
  };
