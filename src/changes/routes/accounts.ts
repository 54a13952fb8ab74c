import { type AddRoutes, createRoute, problemResponse, problemResponses } from '#platform';
import { mapOfAccounts } from '../account-map.ts';
import { accountMap } from '../core/account-map-api.ts';
import { json, type RouteRoom, security } from './access.ts';

const list = createRoute({
  method: 'get',
  path: '/v1/accounts',
  summary: 'The accounts of sekisho.yaml with how each of their stacks stands',
  security,
  responses: { 200: { description: 'All of them', content: json(accountMap) }, ...problemResponses },
});

/** Every person may see every account. */
export const accountRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      return c.json(await mapOfAccounts(room, c.var.language), 200);
    });
  };
