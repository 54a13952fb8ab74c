import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { giveSession } from '../sessions/index.ts';
import { beginSignIn, finishSignIn, type ProvidersRoom } from './providers.ts';

const named = z.object({ name: z.string().max(64) });

const list = createRoute({
  method: 'get',
  path: '/v1/sign-in/providers',
  summary: 'Where people may sign in besides passkeys',
  responses: {
    200: {
      description: 'As sekisho.yaml has them',
      content: {
        'application/json': {
          schema: z.object({ providers: z.array(z.object({ name: z.string(), label: z.string() })) }),
        },
      },
    },
    ...problemResponses,
  },
});

const begin = createRoute({
  method: 'post',
  path: '/v1/sign-in/providers/{name}',
  summary: 'Begin to sign in at a provider',
  request: {
    params: named,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            returnTo: z
              .string()
              .max(2_048)
              .optional()
              .openapi({ description: 'Path of our own pages; the overview for anything else' }),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'Where the browser goes now',
      content: { 'application/json': { schema: z.object({ url: z.string() }) } },
    },
    ...problemResponses,
  },
});

const callback = createRoute({
  method: 'get',
  path: '/v1/sign-in/providers/{name}/callback',
  summary: 'Where a provider sends the browser back to',
  request: { params: named },
  responses: {
    303: {
      description: 'Signed in: on to the page; refused: on to the sign-in page, which is told the rule',
    },
    ...problemResponses,
  },
});

export const providerRoutes =
  (room: ProvidersRoom): AddRoutes =>
  (app) => {
    app.openapi(list, (c) =>
      c.json({ providers: room.providers.map(({ name, label }) => ({ name, label })) }, 200),
    );
    app.openapi(begin, async (c) => {
      const begun = await beginSignIn(room, c, { ...c.req.valid('param'), ...c.req.valid('json') });
      return begun.ok ? c.json({ url: begun.value }, 200) : problemResponse(c, begun.error);
    });
    app.openapi(callback, async (c) => {
      const signedIn = await finishSignIn(room, c, c.req.valid('param').name);
      // A person looks at this, and a page tells them in their language.
      if (!signedIn.ok) return c.redirect(`/sign-in?refused=${signedIn.error.reasons[0].rule}`, 303);
      giveSession(room, c, signedIn.value.opened);
      return c.redirect(signedIn.value.returnTo, 303);
    });
  };
