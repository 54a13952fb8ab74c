import type { RequirePerson } from '#accounts';
import { formatTime, type Problem, type Result } from '#core-values';
import {
  type AddRoutes,
  createRoute,
  type HttpContext,
  PEOPLE,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import { administratorIn } from './access.ts';
import { experienceAnswer, leaveOutRequest, leftOutAnswer } from './core/index.ts';
import { type LeftOutKept, selectLeftOut, selectObserved, selectUnused } from './experience.ts';
import { type DecidingRoom, leaveOut, putBackWhatWasLeftOut } from './leave-out.ts';
import type { AdministeredRoom } from './room.ts';

export interface NeedsRoutesOptions extends Omit<DecidingRoom, 'organization'>, AdministeredRoom {
  readonly requirePerson: RequirePerson;
}

const json = <S>(schema: S) => ({ 'application/json': { schema } });
const security = PEOPLE;

const observedRoute = createRoute({
  method: 'get',
  path: '/v1/needs/observed',
  summary: 'What applies taught about the needs of resource types, and what was left out because of it',
  security,
  responses: { 200: { description: 'So far', content: json(experienceAnswer) }, ...problemResponses },
});

const leaveOutRoute = createRoute({
  method: 'post',
  path: '/v1/needs/left-out',
  summary: 'Leave out an action that was granted to a resource type again and again and never called',
  security,
  request: { body: { required: true, content: json(leaveOutRequest) } },
  responses: { 201: { description: 'In force', content: json(leftOutAnswer) }, ...problemResponses },
});

const putBackRoute = createRoute({
  method: 'post',
  path: '/v1/needs/left-out/{id}/put-back',
  summary: 'Put back what was left out; plans that come from now on have it again',
  security,
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: { 200: { description: 'In force', content: json(leftOutAnswer) }, ...problemResponses },
});

/** What administrators see and decide of observed needs. */
export const observedNeedsRoutes =
  (on: NeedsRoutesOptions): AddRoutes =>
  (app) => {
    app.openapi(observedRoute, async (c) => {
      const person = await administratorIn(on, c);
      if (!person.ok) return person.error;
      const atLeast = on.appliesToBelieve;
      const observed = (await selectObserved(on.db)).map(({ since, actions, ...step }) => ({
        ...step,
        actions: [...actions],
        ...{ since: formatTime(since), isUsed: step.applies >= atLeast },
      }));
      const unused = (await selectUnused(on.db, atLeast)).map(({ since, steps, ...one }) => ({
        ...one,
        ...{ steps: [...steps], since: formatTime(since) },
      }));
      const leftOut = (await selectLeftOut(on.db)).map(leftOutOf);
      return c.json({ atLeast, observed, unused, leftOut }, 200);
    });
    app.openapi(leaveOutRoute, async (c) => {
      const person = await administratorIn(on, c);
      if (!person.ok) return person.error;
      const { stack, ...asked } = c.req.valid('json');
      const done = await leaveOut(on, {
        ...asked,
        ...(stack !== undefined && { stack }),
        person: person.value,
      });
      return answer(on, c, done, 201);
    });
    app.openapi(putBackRoute, async (c) => {
      const person = await administratorIn(on, c);
      if (!person.ok) return person.error;
      return answer(
        on,
        c,
        await putBackWhatWasLeftOut(on, { ...c.req.valid('param'), person: person.value }),
        200,
      );
    });
  };

async function answer<Status extends 200 | 201>(
  { db }: NeedsRoutesOptions,
  c: HttpContext,
  done: Result<{ readonly auditEntry: string }, Problem>,
  status: Status,
) {
  if (!done.ok) return problemResponse(c, done.error);
  const leftOut = (await selectLeftOut(db)).map(leftOutOf);
  return c.json({ leftOut, auditEntry: done.value.auditEntry }, status);
}

const leftOutOf = ({ at, ...left }: LeftOutKept) => ({ ...left, at: formatTime(at) });
