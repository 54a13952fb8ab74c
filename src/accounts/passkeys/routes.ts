import { type EpochMs, formatTime, parsePersonName } from '#core-values';
import { type AddRoutes, createRoute, PEOPLE, problemResponse, problemResponses, z } from '#platform';
import { type Person, personByName } from '../core/index.ts';
import { credentialId, PASSKEY_WAYS, passkeyAssertion, standsOnNow } from '../core/passkey.ts';
import { giveSession, isFromBrowser, type RequirePerson, requireBrowserSession } from '../sessions/index.ts';
import { confirmationOptions } from './confirm.ts';
import { beginEnrolment, enrol } from './enrol.ts';
import { listPasskeys, removePasskey, renamePasskey } from './keep.ts';
import { passkeyRegistration } from './registration.ts';
import type { PasskeyRoom } from './room.ts';
import { signInByPasskey, signInOptions } from './sign-in.ts';
import type { StoredPasskey } from './store.ts';

const json = <T extends z.ZodType>(schema: T) => ({ 'application/json': { schema } });
const security = PEOPLE;

const name = z
  .string()
  .trim()
  .min(1)
  .max(64)
  // One visible line: people tell their keys apart by it.
  .regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+$/u);

const descriptor = z.object({
  id: z.string(),
  type: z.literal('public-key'),
  transports: z.array(z.string()),
});

const requestAnswer = z
  .object({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.number(),
    userVerification: z.literal('required'),
    allowCredentials: z.array(descriptor),
  })
  .openapi({ description: 'For `navigator.credentials.get`, in JSON' });

const creationAnswer = z
  .object({
    challenge: z.string(),
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    timeout: z.number(),
    pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.number() })),
    attestation: z.literal('none'),
    authenticatorSelection: z.object({
      residentKey: z.literal('required'),
      requireResidentKey: z.boolean(),
      userVerification: z.literal('required'),
    }),
    excludeCredentials: z.array(descriptor),
  })
  .openapi({ description: 'For `navigator.credentials.create`, in JSON' });

const passkeyAnswer = z.object({
  id: z.string().openapi({ description: 'The credential’s id' }),
  person: z.string(),
  name: z.string(),
  fingerprint: z
    .string()
    .openapi({ description: 'For `people[].keys` in sekisho.yaml: `passkey: SHA256:…`' }),
  state: z.enum(['active', 'suspended']),
  addedAt: z.string(),
  addedBy: z.enum(PASSKEY_WAYS),
  lastUsedAt: z.string().optional(),
  standsOn: z.array(z.string()).openapi({
    description:
      'Who might hold it besides its owner, because it was enrolled by their link; empty once sekisho.yaml lists it',
  }),
  listed: z.boolean().openapi({ description: 'Whether sekisho.yaml lists it' }),
});

const signInBegin = createRoute({
  method: 'post',
  path: '/v1/sign-in/passkey/options',
  summary: 'What to ask a passkey with, to sign in by it',
  responses: {
    200: { description: 'Good for five minutes', content: json(requestAnswer) },
    ...problemResponses,
  },
});

const signIn = createRoute({
  method: 'post',
  path: '/v1/sign-in/passkey',
  summary: 'Sign this browser in by a passkey',
  request: { body: { required: true, content: json(z.strictObject({ assertion: passkeyAssertion })) } },
  responses: {
    200: { description: 'Signed in', content: json(z.object({ person: z.string() })) },
    ...problemResponses,
  },
});

const list = createRoute({
  method: 'get',
  path: '/v1/passkeys',
  summary: 'A person’s passkeys; your own unless another is named',
  security,
  request: { query: z.object({ person: z.string().optional() }) },
  responses: {
    200: { description: 'Oldest first', content: json(z.object({ passkeys: z.array(passkeyAnswer) })) },
    ...problemResponses,
  },
});

const enrolBegin = createRoute({
  method: 'post',
  path: '/v1/passkeys/options',
  summary: 'What to ask the authenticator with, to enrol a passkey; only at a browser',
  security,
  responses: {
    200: {
      description: '`confirmation` must be answered too, by a passkey that the person has, where it is there',
      content: json(z.object({ creation: creationAnswer, confirmation: requestAnswer.optional() })),
    },
    ...problemResponses,
  },
});

const enrolEnd = createRoute({
  method: 'post',
  path: '/v1/passkeys',
  summary: 'Enrol a passkey; by a link, this also signs the browser in',
  security,
  request: {
    body: {
      required: true,
      content: json(
        z.strictObject({
          name,
          registration: passkeyRegistration,
          confirmation: passkeyAssertion.optional(),
        }),
      ),
    },
  },
  responses: { 201: { description: 'Enrolled', content: json(passkeyAnswer) }, ...problemResponses },
});

const params = z.object({ id: credentialId() });

const rename = createRoute({
  method: 'post',
  path: '/v1/passkeys/{id}/rename',
  summary: 'Name a passkey of yours',
  security,
  request: { params, body: { required: true, content: json(z.strictObject({ name })) } },
  responses: { 200: { description: 'Renamed', content: json(passkeyAnswer) }, ...problemResponses },
});

const confirmBegin = createRoute({
  method: 'post',
  path: '/v1/passkeys/confirmation',
  summary: 'What to ask one of your passkeys with, to confirm an act',
  security,
  responses: {
    200: {
      description: 'Without `confirmation` where you have no passkey that works',
      content: json(z.object({ confirmation: requestAnswer.optional() })),
    },
    ...problemResponses,
  },
});

const remove = createRoute({
  method: 'post',
  path: '/v1/passkeys/{id}/remove',
  summary: 'Remove a passkey for ever; administrators others’ too, with a reason',
  security,
  request: {
    params,
    body: {
      required: true,
      content: json(
        z.strictObject({
          confirmation: passkeyAssertion.optional(),
          evenTheLast: z.boolean().default(false),
          reason: z.string().trim().min(1).max(1_000).optional(),
        }),
      ),
    },
  },
  responses: { 204: { description: 'Removed' }, ...problemResponses },
});

/** Signing in by passkeys: for whoever reaches the server. */
export const passkeySignInRoutes =
  (room: PasskeyRoom): AddRoutes =>
  (app) => {
    app.openapi(signInBegin, (c) => c.json(signInOptions(room), 200));
    app.openapi(signIn, async (c) => {
      const opened = await signInByPasskey(room, c, c.req.valid('json').assertion);
      if (!opened.ok) return problemResponse(c, opened.error);
      giveSession(room, c, opened.value);
      return c.json({ person: opened.value.session.person.name }, 200);
    });
  };

/** Enrolling, naming, listing and removing. */
export const passkeyRoutes =
  (room: PasskeyRoom, requirePerson: RequirePerson): AddRoutes =>
  (app) => {
    addEnrolment(room)(app);
    app.openapi(list, async (c) => {
      const asking = await requirePerson(c);
      if (!asking.ok) return problemResponse(c, asking.error);
      const { person = asking.value.name } = c.req.valid('query');
      const owner = personByName(room.organization(), parsePersonName(person) ?? asking.value.name);
      const passkeys =
        owner === undefined || owner.name !== person ? [] : await listPasskeys(room, owner.name);
      return c.json({ passkeys: passkeys.map((passkey) => answerOf(passkey, owner)) }, 200);
    });
    app.openapi(rename, async (c) => {
      const person = await requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const to = { credentialId: c.req.valid('param').id, name: c.req.valid('json').name };
      const renamed = await renamePasskey(room, { person: person.value, ...to });
      if (!renamed.ok) return problemResponse(c, renamed.error);
      return c.json(answerOf(renamed.value, person.value), 200);
    });
    app.openapi(confirmBegin, async (c) => {
      const person = await requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const confirmation = await confirmationOptions(room, person.value.name);
      return c.json(confirmation === undefined ? {} : { confirmation }, 200);
    });
    app.openapi(remove, async (c) => {
      const person = await requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { confirmation, evenTheLast, reason } = c.req.valid('json');
      const removed = await removePasskey(room, {
        ...{ person: person.value, credentialId: c.req.valid('param').id },
        ...{ mustConfirm: isFromBrowser(room, c), evenTheLast },
        ...(confirmation === undefined ? {} : { confirmation }),
        ...(reason === undefined ? {} : { reason }),
      });
      return removed.ok ? c.body(null, 204) : problemResponse(c, removed.error);
    });
  };

const addEnrolment =
  (room: PasskeyRoom): AddRoutes =>
  (app) => {
    app.openapi(enrolBegin, async (c) => {
      const session = await requireBrowserSession(room, c);
      if (!session.ok) return problemResponse(c, session.error);
      return c.json(await beginEnrolment(room, session.value), 200);
    });
    app.openapi(enrolEnd, async (c) => {
      const session = await requireBrowserSession(room, c);
      if (!session.ok) return problemResponse(c, session.error);
      const { name: called, registration, confirmation } = c.req.valid('json');
      const done = await enrol(room, c, {
        ...{ session: session.value, name: called, registration },
        ...(confirmation === undefined ? {} : { confirmation }),
      });
      if (!done.ok) return problemResponse(c, done.error);
      const { passkey, opened } = done.value;
      if (opened !== undefined) giveSession(room, c, opened);
      return c.json(answerOf(passkey, session.value.person), 201);
    });
  };

const time = (at: EpochMs): string => formatTime(at);

const answerOf = (passkey: StoredPasskey, owner: Person | undefined): z.infer<typeof passkeyAnswer> => ({
  ...{ id: passkey.credentialId, person: passkey.person, name: passkey.name },
  ...{ fingerprint: passkey.fingerprint, state: passkey.state === 'active' ? 'active' : 'suspended' },
  ...{ addedAt: time(passkey.addedAt), addedBy: passkey.addedBy },
  ...(passkey.lastUsedAt === undefined ? {} : { lastUsedAt: time(passkey.lastUsedAt) }),
  standsOn: [...standsOnNow(passkey, owner ?? { passkeys: [] })],
  listed: owner?.passkeys.includes(passkey.fingerprint) === true,
});
