import type { Person } from '#accounts/core';
import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { correctionsOf } from '../budgets/status-of-slo.ts';
import {
  correctionChanged,
  correctionRequest,
  correctionsAnswer,
  correctionsQuery,
  undoRequest,
} from '../core/api/corrections-api.ts';
import { makeCorrection, undoCorrection } from '../corrections/correct.ts';
import { correctionAnswer } from '../corrections/correction-answer.ts';
import { readCorrections } from '../corrections/store.ts';
import { mayAdminister } from '../incidents/who-may.ts';
import { json, refused, type SloRouteRoom, security, timeOf } from './access.ts';

const MOST = 500;

const list = createRoute({
  method: 'get',
  path: '/v1/slo/corrections',
  summary: 'Time that is left out of error budgets, newest first',
  security,
  request: { query: correctionsQuery },
  responses: {
    200: { description: 'The corrections', content: json(correctionsAnswer) },
    ...problemResponses,
  },
});

const make = createRoute({
  method: 'post',
  path: '/v1/slo/corrections',
  summary: 'Leave time out of the error budgets of an SLO or a service',
  security,
  request: { body: { content: json(correctionRequest), required: true } },
  responses: {
    200: { description: 'It counts from now on', content: json(correctionChanged) },
    ...problemResponses,
  },
});

const undo = createRoute({
  method: 'post',
  path: '/v1/slo/corrections/{id}/undo',
  summary: 'Undo a correction',
  security,
  request: {
    params: z.object({ id: z.string().max(64) }),
    body: { content: json(undoRequest), required: true },
  },
  responses: {
    200: { description: 'It counts no longer', content: json(correctionChanged) },
    ...problemResponses,
  },
});

export const correctionRoutes =
  (room: SloRouteRoom): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { slo: name } = c.req.valid('query');
      const { slos } = room.definitions().definitions;
      const slo = slos.find(({ metadata }) => metadata.name === name);
      const { corrections } = await readCorrections(room.db, room.correctionsKey);
      const own = name === undefined ? corrections : slo === undefined ? [] : correctionsOf(slo, corrections);
      return c.json(
        {
          corrections: own.slice(0, MOST).map(correctionAnswer),
          mayCorrect: mayCorrectSomewhere(room, person.value, name),
        },
        200,
      );
    });
    app.openapi(make, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { of, from, to, reason } = c.req.valid('json');
      const asked = { of, from: timeOf(from), to: timeOf(to), reason };
      const made = await makeCorrection(room, { person: person.value, ...asked });
      return made.ok ? c.json({ correction: correctionAnswer(made.value) }, 200) : refused(c, made.error);
    });
    app.openapi(undo, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const asked = { person: person.value, id: c.req.valid('param').id, reason: c.req.valid('json').reason };
      const undone = await undoCorrection(room, asked);
      return undone.ok
        ? c.json({ correction: correctionAnswer(undone.value) }, 200)
        : refused(c, undone.error);
    });
  };

/** For pages: of the one SLO that was asked for, else of any. */
function mayCorrectSomewhere(room: SloRouteRoom, person: Person, slo: string | undefined): boolean {
  const { slos } = room.definitions().definitions;
  const asked = slos.filter(({ metadata }) => slo === undefined || metadata.name === slo);
  const services = new Set(asked.map(({ service }) => service));
  return [...services].some((service) => mayAdminister(room, person, service, 'all').denial === undefined);
}
