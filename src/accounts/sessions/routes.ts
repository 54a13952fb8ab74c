import { err, ok, type Problem, type Result } from '#core-values';
import {
  type AddRoutes,
  bearerToken,
  createRoute,
  type HttpContext,
  notSignedIn,
  PEOPLE,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import { mayOnlyEnrol, type Person } from '../core/index.ts';
import {
  type BrowserSession,
  isFromBrowser,
  personAtBrowser,
  requireBrowserSession,
  sessionCookie,
} from './browser.ts';
import { signOut } from './manage.ts';
import { endSession, openSession, personOfSession, type SessionRoom } from './service.ts';

/** Whoever is signed in, as the configuration knows them now: by a session's token, or at a browser by its cookie. */
export type RequirePerson = (c: HttpContext) => Promise<Result<Person, Problem>>;

export const requirePerson =
  (room: SessionRoom): RequirePerson =>
  async (c) =>
    isFromBrowser(room, c) ? personAtBrowser(room, c) : personByToken(room, c);

async function personByToken(room: SessionRoom, c: HttpContext): Promise<Result<Person, Problem>> {
  const token = bearerToken(c);
  const person = token?.startsWith('sks_') === true ? await personOfSession(room, token) : undefined;
  return person === undefined ? err(notSignedIn) : ok(person);
}

const me = z.object({
  person: z.string(),
  teams: z.array(z.string()),
  administrator: z.boolean(),
  mayBreakGlass: z.boolean(),
  session: z
    .object({
      id: z.string(),
      signedInBy: z.enum(['link', 'passkey', 'provider']),
      openedAt: z.string(),
      endsAt: z.string(),
      mayOnlyEnrol: z.boolean().openapi({ description: 'A passkey must be enrolled before anything else' }),
    })
    .optional()
    .openapi({ description: 'Of the browser that asks; absent for command lines' }),
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
  security: PEOPLE,
  responses: { 204: { description: 'Signed out' }, ...problemResponses },
});

const who = createRoute({
  method: 'get',
  path: '/v1/me',
  summary: 'Who you are signed in as, and what you may do',
  security: PEOPLE,
  responses: {
    200: { description: 'You', content: { 'application/json': { schema: me } } },
    ...problemResponses,
  },
});

export const sessionRoutes =
  (room: SessionRoom): AddRoutes =>
  (app) => {
    app.openapi(open, async (c) => {
      const opened = await openSession(room, c.req.valid('json'));
      if (!opened.ok) return problemResponse(c, opened.error);
      const { token, person: who, expiresAt } = opened.value;
      return c.json({ token, person: who.name, expiresAt: new Date(expiresAt).toISOString() }, 201);
    });
    app.openapi(close, async (c) => {
      if (isFromBrowser(room, c)) {
        const session = await requireBrowserSession(room, c);
        if (!session.ok) return problemResponse(c, session.error);
        await signOut(room, session.value);
        sessionCookie(room).forget(c);
        return c.body(null, 204);
      }
      const token = bearerToken(c);
      if (token === undefined) return problemResponse(c, notSignedIn);
      await endSession(room, token);
      return c.body(null, 204);
    });
    app.openapi(who, async (c) => {
      if (!isFromBrowser(room, c)) {
        const known = await personByToken(room, c);
        return known.ok ? c.json(meOf(room, known.value), 200) : problemResponse(c, known.error);
      }
      const session = await requireBrowserSession(room, c);
      if (!session.ok) return problemResponse(c, session.error);
      return c.json(meOf(room, session.value.person, session.value), 200);
    });
  };

function meOf(room: SessionRoom, { name, teams }: Person, session?: BrowserSession): z.infer<typeof me> {
  const { administrators, breakGlass } = room.organization();
  return {
    person: name,
    teams: [...teams],
    administrator: administrators.includes(name),
    mayBreakGlass: breakGlass.includes(name),
    ...(session === undefined ? {} : { session: shown(session) }),
  };
}

const shown = ({ id, how, openedAt, endsAt }: BrowserSession) => ({
  id,
  signedInBy: how.kind,
  openedAt: new Date(openedAt).toISOString(),
  endsAt: new Date(endsAt).toISOString(),
  mayOnlyEnrol: mayOnlyEnrol(how),
});
