import type { Person } from '#accounts/core';
import {
  type AddRoutes,
  createRoute,
  type HttpContext,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import { isBurning } from '../budgets/status-of-slo.ts';
import {
  incidentChanged,
  incidentsAnswer,
  incidentsQuery,
  resolutionRequest,
  silenceRequest,
} from '../core/api/incidents-api.ts';
import type { Act } from '../core/incidents/incident.ts';
import { actOnIncident } from '../incidents/act.ts';
import { incidentAnswer } from '../incidents/incident-answer.ts';
import { listIncidents } from '../incidents/store.ts';
import { mayAdminister } from '../incidents/who-may.ts';
import { json, refused, type SloRouteRoom, security, timeOf } from './access.ts';

const MOST = 100;
const params = z.object({ id: z.string().max(64) });
const changed = {
  200: { description: 'The incident as it is now', content: json(incidentChanged) },
  ...problemResponses,
};

const list = createRoute({
  method: 'get',
  path: '/v1/slo/incidents',
  summary: 'Incidents of SLOs: those that are open first, then the newest',
  security,
  request: { query: incidentsQuery },
  responses: { 200: { description: 'The incidents', content: json(incidentsAnswer) }, ...problemResponses },
});

const acknowledge = createRoute({
  method: 'post',
  path: '/v1/slo/incidents/{id}/acknowledgement',
  summary: 'Say that you look after an incident',
  security,
  request: { params },
  responses: changed,
});

const silence = createRoute({
  method: 'post',
  path: '/v1/slo/incidents/{id}/silence',
  summary: 'Have nobody told of an incident until then',
  security,
  request: { params, body: { content: json(silenceRequest), required: true } },
  responses: changed,
});

const resolve = createRoute({
  method: 'post',
  path: '/v1/slo/incidents/{id}/resolution',
  summary: 'Resolve an incident by hand',
  security,
  request: { params, body: { content: json(resolutionRequest), required: true } },
  responses: changed,
});

export const incidentRoutes =
  (room: SloRouteRoom): AddRoutes =>
  (app) => {
    const burning = async (): Promise<ReadonlySet<string>> => {
      const { slos } = await room.statuses.now();
      return new Set(slos.filter(isBurning).map(({ slo }) => slo.metadata.name));
    };
    const act = async (c: HttpContext, person: Person, id: string, does: Act) => {
      const done = await actOnIncident(room, { id, person, act: does });
      if (!done.ok) return refused(c, done.error);
      const { slo } = done.value.incident;
      return c.json(
        {
          incident: incidentAnswer(done.value, { now: room.clock.now(), firing: (await burning()).has(slo) }),
        },
        200,
      );
    };
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { state, slo } = c.req.valid('query');
      const filter = { ...(state === undefined ? {} : { state }), ...(slo === undefined ? {} : { slo }) };
      const firing = await burning();
      const now = room.clock.now();
      const incidents = (await listIncidents(room.db, filter, MOST)).map((kept) =>
        incidentAnswer(kept, { now, firing: firing.has(kept.incident.slo) }),
      );
      return c.json({ incidents, mayAct: mayActSomewhere(room, person.value, slo) }, 200);
    });
    app.openapi(acknowledge, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      return act(c, person.value, c.req.valid('param').id, { kind: 'acknowledge' });
    });
    app.openapi(silence, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { until, reason } = c.req.valid('json');
      return act(c, person.value, c.req.valid('param').id, { kind: 'silence', until: timeOf(until), reason });
    });
    app.openapi(resolve, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { reason } = c.req.valid('json');
      return act(c, person.value, c.req.valid('param').id, { kind: 'resolve', reason });
    });
  };

/** For pages, that offer no button to who would be refused: of the one SLO that was asked for, else of any. */
function mayActSomewhere(room: SloRouteRoom, person: Person, slo: string | undefined): boolean {
  const { slos } = room.definitions().definitions;
  const asked = slos.filter(({ metadata }) => slo === undefined || metadata.name === slo);
  const services = new Set(asked.map(({ service }) => service));
  return [...services].some((service) => mayAdminister(room, person, service, 'one').denial === undefined);
}
