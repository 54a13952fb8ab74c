import { err, ok, type Problem, type Result } from '#core-values';
import {
  type AddRoutes,
  bearerToken,
  createRoute,
  type HttpContext,
  notSignedIn,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import type { Person } from '../core/index.ts';
import { endSession, openSession, personOfSession, type SessionRoom } from './service.ts';

/** Whoever is signed in, as the configuration knows them now. */
export type RequirePerson = (c: HttpContext) => Promise<Result<Person, Problem>>;

export const requirePerson =
  (room: SessionRoom): RequirePerson =>
  async (c) => {
    const token = bearerToken(c);
    const person = token?.startsWith('sks_') === true ? await personOfSession(room, token) : undefined;
    return person === undefined ? err(notSignedIn) : ok(person);
  };

const me = z.object({
  person: z.string(),
  teams: z.array(z.string()),
  administrator: z.boolean(),
  mayBreakGlass: z.boolean(),
});

const open = createRoute({
  method: 'post',
  path: '/v1/sessions',
  summary: 'Sign in with a statement signed by one of your SSH keys',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({ statement: z.string().max(2_048), signature: z.string().max(16_384) }),
        },
      },
    },
  },
  responses: {
    201: {
      description: 'The session; its token is shown once',
      content: {
        'application/json': {
          schema: z.object({ token: z.string(), person: z.string(), expiresAt: z.string() }),
        },
      },
    },
    ...problemResponses,
  },
});

const close = createRoute({
  method: 'delete',
  path: '/v1/sessions/current',
  summary: 'Sign out',
  security: [{ bearer: [] }],
  responses: { 204: { description: 'Signed out' }, ...problemResponses },
});

const who = createRoute({
  method: 'get',
  path: '/v1/me',
  summary: 'Who you are signed in as, and what you may do',
  security: [{ bearer: [] }],
  responses: {
    200: { description: 'You', content: { 'application/json': { schema: me } } },
    ...problemResponses,
  },
});

export const sessionRoutes =
  (room: SessionRoom): AddRoutes =>
  (app) => {
    const person = requirePerson(room);
    app.openapi(open, async (c) => {
      const opened = await openSession(room, c.req.valid('json'));
      if (!opened.ok) return problemResponse(c, opened.error);
      const { token, person: who, expiresAt } = opened.value;
      return c.json({ token, person: who.name, expiresAt: new Date(expiresAt).toISOString() }, 201);
    });
    app.openapi(close, async (c) => {
      const token = bearerToken(c);
      if (token === undefined) return problemResponse(c, notSignedIn);
      await endSession(room, token);
      return c.body(null, 204);
    });
    app.openapi(who, async (c) => {
      const known = await person(c);
      if (!known.ok) return problemResponse(c, known.error);
      const { name, teams } = known.value;
      const { administrators, breakGlass } = room.organization();
      return c.json(
        {
          person: name,
          teams: [...teams],
          administrator: administrators.includes(name),
          mayBreakGlass: breakGlass.includes(name),
        },
        200,
      );
    });
  };
