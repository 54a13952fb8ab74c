import { parsePersonName } from '#core-values';
import { type AddRoutes, createRoute, PEOPLE, problemResponse, problemResponses, z } from '#platform';
import { type BrowserRoom, isFromBrowser, requireBrowserSession } from './browser.ts';
import { NO_SUCH_SESSION } from './browser-problems.ts';
import { revokeSession, type ShownSession, sessionsToShow, sessionsUnderWay } from './manage.ts';
import type { RequirePerson } from './routes.ts';

const sessionAnswer = z
  .object({
    id: z.string(),
    person: z.string(),
    kind: z.enum(['browser', 'command-line']),
    device: z.string().optional().openapi({ description: 'What a browser says of itself' }),
    signedInBy: z.enum(['link', 'passkey', 'provider', 'ssh-key']),
    provider: z.string().optional(),
    openedAt: z.string(),
    lastUsedAt: z.string().optional().openapi({ description: 'Of browsers, to the minute' }),
    endsAt: z.string(),
    current: z.boolean().openapi({ description: 'The one that asks' }),
  })
  .openapi('Session');

const list = createRoute({
  method: 'get',
  path: '/v1/sessions',
  summary: 'Where you are signed in; for administrators, where anybody is',
  security: PEOPLE,
  request: { query: z.strictObject({ person: z.string().max(64).optional() }) },
  responses: {
    200: {
      description: 'Browsers, the one used last first, then command lines',
      content: { 'application/json': { schema: z.object({ sessions: z.array(sessionAnswer) }) } },
    },
    ...problemResponses,
  },
});

const revoke = createRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  summary: 'End a session: one of yours, or anybody’s, for administrators',
  security: PEOPLE,
  request: { params: z.object({ id: z.string().regex(/^(?:bse_[0-9a-f-]{36}|cls_[0-9a-f]{32})$/) }) },
  responses: { 204: { description: 'Ended' }, ...problemResponses },
});

/** After `sessionRoutes`: `current` is no id. */
export const browserSessionRoutes =
  (room: BrowserRoom, person: RequirePerson): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const known = await person(c);
      if (!known.ok) return problemResponse(c, known.error);
      const { person: words } = c.req.valid('query');
      const whose = words === undefined ? undefined : parsePersonName(words);
      if (words !== undefined && whose === undefined) return problemResponse(c, NO_SUCH_SESSION);
      const shownTo = sessionsToShow(room.organization(), known.value, whose);
      if (!shownTo.ok) return problemResponse(c, shownTo.error);
      const sessions = await sessionsUnderWay(room, shownTo.value);
      const own = isFromBrowser(room, c) ? await requireBrowserSession(room, c) : undefined;
      const current = own?.ok === true ? own.value.id : undefined;
      return c.json({ sessions: sessions.map((one) => shown(one, current)) }, 200);
    });
    app.openapi(revoke, async (c) => {
      const known = await person(c);
      if (!known.ok) return problemResponse(c, known.error);
      const revoked = await revokeSession(room, known.value, c.req.valid('param').id);
      return revoked.ok ? c.body(null, 204) : problemResponse(c, revoked.error);
    });
  };

const shown = (
  { openedAt, lastUsedAt, endsAt, ...session }: ShownSession,
  current: string | undefined,
): z.infer<typeof sessionAnswer> => ({
  ...session,
  openedAt: new Date(openedAt).toISOString(),
  ...(lastUsedAt === undefined ? {} : { lastUsedAt: new Date(lastUsedAt).toISOString() }),
  endsAt: new Date(endsAt).toISOString(),
  current: session.id === current,
});
