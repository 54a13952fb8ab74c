import { parsePersonName } from '#core-values';
import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { type BrowserRoom, isFromBrowser, requireBrowserSession } from './browser.ts';
import { NO_SUCH_SESSION } from './browser-problems.ts';
import type { StoredSession } from './browser-store.ts';
import { openBrowserSessions, revokeBrowserSession, sessionsToShow } from './manage.ts';
import type { RequirePerson } from './routes.ts';

const session = z
  .object({
    id: z.string(),
    person: z.string(),
    device: z.string().openapi({ description: 'What the browser says of itself' }),
    signedInBy: z.enum(['link', 'passkey', 'provider']),
    provider: z.string().optional(),
    openedAt: z.string(),
    lastUsedAt: z.string().openapi({ description: 'To the minute' }),
    endsAt: z.string(),
    current: z.boolean().openapi({ description: 'The one that asks' }),
  })
  .openapi('BrowserSession');

const list = createRoute({
  method: 'get',
  path: '/v1/sessions',
  summary: 'Browsers that you are signed in at; of anybody, for administrators',
  security: [{ bearer: [] }],
  request: { query: z.strictObject({ person: z.string().max(64).optional() }) },
  responses: {
    200: {
      description: 'The one used last first',
      content: { 'application/json': { schema: z.object({ sessions: z.array(session) }) } },
    },
    ...problemResponses,
  },
});

const revoke = createRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  summary: 'Sign a browser out: one of yours, or anybody’s, for administrators',
  security: [{ bearer: [] }],
  request: { params: z.object({ id: z.string().regex(/^bse_[0-9a-f-]{36}$/) }) },
  responses: { 204: { description: 'Signed out' }, ...problemResponses },
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
      const sessions = await openBrowserSessions(room, shownTo.value);
      const own = isFromBrowser(room, c) ? await requireBrowserSession(room, c) : undefined;
      const current = own?.ok === true ? own.value.id : undefined;
      return c.json({ sessions: sessions.map((one) => shown(one, current)) }, 200);
    });
    app.openapi(revoke, async (c) => {
      const known = await person(c);
      if (!known.ok) return problemResponse(c, known.error);
      const revoked = await revokeBrowserSession(room, known.value, c.req.valid('param').id);
      return revoked.ok ? c.body(null, 204) : problemResponse(c, revoked.error);
    });
  };

const shown = (
  { id, person, how, device, openedAt, tokens }: StoredSession,
  current: string | undefined,
) => ({
  ...{ id, person, device, signedInBy: how.kind },
  ...(how.kind === 'provider' ? { provider: how.provider } : {}),
  openedAt: new Date(openedAt).toISOString(),
  lastUsedAt: new Date(tokens.lastUsedAt).toISOString(),
  endsAt: new Date(tokens.endsAt).toISOString(),
  current: id === current,
});
