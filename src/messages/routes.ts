import type { RequirePerson } from '#accounts';
import { formatTime, type Language } from '#core-values';
import { type AddRoutes, createRoute, PEOPLE, problemResponse, problemResponses, z } from '#platform';
import { type DestinationAnswer, destinationsAnswer, testAnswer } from './core/index.ts';
import type { MessagesRoom, Reachable } from './room.ts';
import { sendTest } from './send-test.ts';
import { type DestinationHealth, destinationHealth } from './store/destinations.ts';

const json = <S>(schema: S) => ({ 'application/json': { schema } });
const security = PEOPLE;

const listRoute = createRoute({
  method: 'get',
  path: '/v1/messages',
  summary: 'Whom Sekisho tells what happens, and how that goes',
  security,
  responses: {
    200: { description: 'The destinations', content: json(destinationsAnswer) },
    ...problemResponses,
  },
});

const testRoute = createRoute({
  method: 'post',
  path: '/v1/messages/{name}/test',
  summary: 'Send a test to a destination at once',
  security,
  request: { params: z.object({ name: z.string().max(64) }) },
  responses: { 200: { description: 'It was sent', content: json(testAnswer) }, ...problemResponses },
});

export interface MessagesRoutesOptions extends Pick<MessagesRoom, 'db' | 'clock' | 'destinations'> {
  readonly requirePerson: RequirePerson;
}

/** For everybody who is signed in: a message that does not arrive concerns them all. */
export const messagesRoutes =
  (on: MessagesRoutesOptions): AddRoutes =>
  (app) => {
    app.openapi(listRoute, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const health = await destinationHealth(on.db);
      const answers = on.destinations.map((one) =>
        answerOf(
          one,
          health.find(({ name }) => name === one.destination.name),
          c.var.language,
        ),
      );
      return c.json({ destinations: answers }, 200);
    });
    app.openapi(testRoute, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { name } = c.req.valid('param');
      const sent = await sendTest(on, { name, person: person.value });
      if (!sent.ok) return problemResponse(c, sent.error);
      return c.json({ destination: name, auditEntry: sent.value }, 200);
    });
  };

const answerOf = (
  { destination: { name, way, kinds, language } }: Reachable,
  health: DestinationHealth | undefined,
  reader: Language,
): DestinationAnswer => ({
  name,
  way: way.kind,
  kinds: [...kinds],
  language,
  open: health?.open ?? 0,
  attempts: health?.attempts ?? 0,
  ...(health?.oldestAt === undefined ? {} : { oldestAt: formatTime(health.oldestAt) }),
  ...(health?.lastSentAt === undefined ? {} : { lastSentAt: formatTime(health.lastSentAt) }),
  ...(health?.nextTryAt === undefined ? {} : { nextTryAt: formatTime(health.nextTryAt) }),
  ...(health?.problem === undefined ? {} : { problem: health.problem[reader] }),
});
