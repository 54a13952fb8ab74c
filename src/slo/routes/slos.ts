import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { listSlos } from '../budgets/list-slos.ts';
import { listScreens, showScreen } from '../budgets/screens.ts';
import { showSlo } from '../budgets/show-slo.ts';
import { sloName } from '../core/api/parts.ts';
import { screenDetailAnswer, screensAnswer, screensQuery } from '../core/api/screens-api.ts';
import { sloDetailAnswer, sloQuery, slosAnswer } from '../core/api/slos-api.ts';
import { json, type SloRouteRoom, security, spanOf } from './access.ts';

const params = z.object({ name: sloName });

const list = createRoute({
  method: 'get',
  path: '/v1/slos',
  summary:
    'Services with their SLOs: what is left of each error budget, how fast it burns, which alerts fire',
  security,
  responses: { 200: { description: 'By service', content: json(slosAnswer) }, ...problemResponses },
});

const show = createRoute({
  method: 'get',
  path: '/v1/slos/{name}',
  summary: 'An SLO: its course, alerts, incidents, corrections, changes and customers',
  security,
  request: { params, query: sloQuery },
  responses: { 200: { description: 'The SLO', content: json(sloDetailAnswer) }, ...problemResponses },
});

const listOfScreens = createRoute({
  method: 'get',
  path: '/v1/slo/screens',
  summary: 'Screens with their page views, and how sure those are',
  security,
  request: { query: screensQuery },
  responses: { 200: { description: 'The screens', content: json(screensAnswer) }, ...problemResponses },
});

const showOneScreen = createRoute({
  method: 'get',
  path: '/v1/slo/screens/{name}',
  summary: 'A screen: its requests as a waterfall, and which of them spent its budget',
  security,
  request: { params, query: screensQuery },
  responses: { 200: { description: 'The screen', content: json(screenDetailAnswer) }, ...problemResponses },
});

export const slosRoutes =
  (room: SloRouteRoom): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      return c.json(await listSlos(room, c.var.language), 200);
    });
    app.openapi(show, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const found = await showSlo(room, c.req.valid('param').name, spanOf(c.req.valid('query')));
      return found.ok ? c.json(found.value, 200) : problemResponse(c, found.error);
    });
    app.openapi(listOfScreens, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const found = await listScreens(room, spanOf(c.req.valid('query')));
      return found.ok ? c.json(found.value, 200) : problemResponse(c, found.error);
    });
    app.openapi(showOneScreen, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const found = await showScreen(room, c.req.valid('param').name, spanOf(c.req.valid('query')));
      return found.ok ? c.json(found.value, 200) : problemResponse(c, found.error);
    });
  };
