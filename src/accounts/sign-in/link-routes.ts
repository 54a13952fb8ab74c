import { type AddRoutes, createRoute, problemResponse, problemResponses, z } from '#platform';
import { LINK_PURPOSES, madeLinkAnswer } from '../core/index.ts';
import { passkeyAssertion } from '../core/passkey.ts';
import { giveSession } from '../sessions/index.ts';
import { makeLink, openLink } from './links.ts';
import type { LinkRoom } from './room.ts';

const statement = z.string().max(4_096);

const make = createRoute({
  method: 'post',
  path: '/v1/sign-in/links',
  summary: 'Make a link that signs a person in once, to enrol a passkey',
  description:
    'Authenticated by the signed statement alone: by an SSH key, or by a passkey whose challenge is the SHA-256 of the statement.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.union([
            z.strictObject({ statement, signature: z.string().max(16_384) }),
            z.strictObject({ statement, assertion: passkeyAssertion }),
          ]),
        },
      },
    },
  },
  responses: {
    201: {
      description: 'The link, shown once',
      content: { 'application/json': { schema: madeLinkAnswer } },
    },
    ...problemResponses,
  },
});

const open = createRoute({
  method: 'post',
  path: '/v1/sign-in/link',
  summary: 'Sign this browser in by a link, to enrol a passkey',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({ token: z.string().regex(/^skl_[A-Za-z0-9_-]{43}$/) }),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'Signed in; the session may only enrol a passkey',
      content: {
        'application/json': {
          schema: z.object({
            person: z.string(),
            purpose: z.enum(LINK_PURPOSES),
            vouchedBy: z.string().nullable().openapi({ description: 'null: the server’s own terminal' }),
          }),
        },
      },
    },
    ...problemResponses,
  },
});

export const linkRoutes =
  (room: LinkRoom): AddRoutes =>
  (app) => {
    app.openapi(make, async (c) => {
      const body = c.req.valid('json');
      const request =
        'signature' in body ? { ...body, kind: 'ssh' as const } : { ...body, kind: 'passkey' as const };
      const made = await makeLink(room, request);
      if (!made.ok) return problemResponse(c, made.error);
      const { person, url, expiresAt } = made.value;
      return c.json({ person, url, expiresAt: new Date(expiresAt).toISOString() }, 201);
    });
    app.openapi(open, async (c) => {
      const signedIn = await openLink(room, c, c.req.valid('json').token);
      if (!signedIn.ok) return problemResponse(c, signedIn.error);
      const { opened, link } = signedIn.value;
      giveSession(room, c, opened);
      return c.json({ person: link.person, purpose: link.purpose, vouchedBy: link.madeBy }, 200);
    });
  };
