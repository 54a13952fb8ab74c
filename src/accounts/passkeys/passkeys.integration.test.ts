import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '#audit';
import type { PersonName } from '#core-values';
import { problemDocumentSchema, z } from '#platform';
import type { SignInHow } from '../core/index.ts';
import { requirePerson } from '../sessions/index.ts';
import { type BrowserWorld, browserWorld, cookieOf } from '../sessions/testing.ts';
import { partyOf } from './room.ts';
import { passkeyRoutes, passkeySignInRoutes } from './routes.ts';
import { passkeysOf } from './store.ts';
import {
  enrolled,
  type Lies,
  removed,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from './testing.ts';

const MINUTE_MS = 60_000;
const INVITED: SignInHow = link('hanako');
const PROVIDER: SignInHow = { kind: 'provider', provider: 'google', subject: '1001' };
let world: BrowserWorld;
const alarms: string[] = [];

function link(vouchedBy: string | null, purpose: 'first' | 'invite' | 'recovery' = 'invite'): SignInHow {
  return { kind: 'link', link: 'sil_x', purpose, vouchedBy: vouchedBy as PersonName | null };
}

beforeAll(async () => {
  world = await browserWorld({
    routes: (room) => {
      const passkeys = { ...room, alarm: ({ person }: { person: string }) => void alarms.push(person) };
      return [passkeySignInRoutes(passkeys), passkeyRoutes(passkeys, requirePerson(room))];
    },
  });
});
beforeEach(async () => {
  alarms.length = 0;
  world.clock.advance(MINUTE_MS);
  await sql
    .raw(
      `ALTER TABLE passkeys DISABLE TRIGGER USER; TRUNCATE passkeys; ALTER TABLE passkeys ENABLE TRIGGER USER`,
    )
    .execute(world.room.db);
});
afterAll(() => world.close());

const authenticator = (): SoftwareAuthenticator => softwareAuthenticator({ origin: world.origin });
const post = (path: string, cookie: string | undefined, body?: unknown) =>
  world.asked(path, {
    method: 'POST',
    ...(cookie === undefined ? {} : { cookie }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const optionsSchema = z.object({
  creation: z.object({ challenge: z.string(), excludeCredentials: z.array(z.object({ id: z.string() })) }),
  confirmation: z.object({ challenge: z.string() }).optional(),
});
const passkeyList = z.object({
  passkeys: z.array(z.looseObject({ id: z.string(), name: z.string(), state: z.string() })),
});

const registrationOf = (by: SoftwareAuthenticator, challenge: string, lies?: Lies) => {
  const { rawId, response } = by.register(challenge, lies);
  return { credentialId: rawId, ...response };
};

interface Ceremony {
  readonly confirmBy?: SoftwareAuthenticator;
  readonly lies?: Lies;
  readonly name?: string;
}

async function enrolAt(
  cookie: string,
  by: SoftwareAuthenticator,
  { confirmBy, lies, name = 'laptop' }: Ceremony = {},
) {
  const { creation, confirmation } = optionsSchema.parse(
    await (await post('/v1/passkeys/options', cookie)).json(),
  );
  const confirmed =
    confirmBy === undefined || confirmation === undefined
      ? {}
      : { confirmation: confirmBy.assert(confirmation.challenge) };
  return post('/v1/passkeys', cookie, {
    name,
    registration: registrationOf(by, creation.challenge, lies),
    ...confirmed,
  });
}

async function signInWith(by: SoftwareAuthenticator, lies?: Lies) {
  const { challenge } = z
    .object({ challenge: z.string() })
    .parse(await (await post('/v1/sign-in/passkey/options', undefined)).json());
  return post('/v1/sign-in/passkey', undefined, { assertion: by.assert(challenge, lies) });
}

const rule = async (answer: Response): Promise<string> =>
  answer.ok ? 'done' : (problemDocumentSchema.parse(await answer.json()).reasons[0]?.rule ?? '');
const newest = async (kind: string) =>
  (await listAudit(world.room.db, { filter: { kind }, limit: 1 })).entries[0];
const has = (person: string, by: SoftwareAuthenticator, standsOn: readonly string[] = []) =>
  enrolled(world.room.db, partyOf(world.room), by, { person, standsOn });
const passkeyOf = async (person: string, by: SoftwareAuthenticator) =>
  (await passkeysOf(world.room.db, person as PersonName, world.room.sessionKey)).find(
    ({ credentialId }) => credentialId === by.credentialId,
  );
async function signedIn(person: string, by = authenticator(), standsOn: readonly string[] = []) {
  await has(person, by, standsOn);
  const cookie = await world.signIn(person, { kind: 'passkey', credential: by.credentialId });
  return { by, cookie };
}

const confirmationFor = async (cookie: string, by: SoftwareAuthenticator) => {
  const options = await (await post('/v1/passkeys/confirmation', cookie)).json();
  const { confirmation } = z.object({ confirmation: z.object({ challenge: z.string() }) }).parse(options);
  return { confirmation: by.assert(confirmation.challenge) };
};

const challengeAt = async (at: string) =>
  optionsSchema.parse(await (await post('/v1/passkeys/options', at)).json()).creation.challenge;

describe('enrolling', () => {
  it('by a link makes a passkey that signs in, and the browser is signed in by it at once', async () => {
    const by = authenticator();
    const answer = await enrolAt(await world.signIn('taro', INVITED), by);
    expect(answer.status).toBe(201);
    expect(await answer.clone().json()).toMatchObject({
      person: 'taro',
      standsOn: ['hanako'],
      listed: false,
    });
    const cookie = cookieOf(answer) ?? '';
    expect((await post('/test/change', cookie, {})).status).toBe(200);
    const again = await signInWith(by);
    expect(await again.json()).toEqual({ person: 'taro' });
    expect((await post('/test/change', cookieOf(again) ?? '', {})).status).toBe(200);
    expect(await newest('passkey.enrolled')).toMatchObject({
      subject: { person: 'taro' },
      evidence: { by: 'link', standsOn: ['hanako'] },
    });
  });

  it.each<[string, string, SignInHow, string, readonly string[]]>([
    ['the terminal’s link', 'hanako', link(null, 'first'), 'terminal', []],
    ['a link made with the own SSH key', 'taro', link('taro'), 'link', []],
    ['an administrator’s link', 'taro', link('hanako'), 'link', ['hanako']],
    ['a provider', 'hanako', PROVIDER, 'provider', []],
  ])('by %s is known to stand on that', async (_, person, how, addedBy, standsOn) => {
    const by = authenticator();
    expect(await rule(await enrolAt(await world.signIn(person, how), by))).toBe('done');
    expect(await passkeyOf(person, by)).toMatchObject({ addedBy, standsOn });
  });

  it('attack 20: stands on everybody on whose word the maker of the link is who they are', async () => {
    await has('hanako', authenticator(), ['yuki']);
    const by = authenticator();
    await enrolAt(await world.signIn('taro', INVITED), by);
    expect((await passkeyOf('taro', by))?.standsOn).toEqual(['hanako', 'yuki']);
    const second = authenticator();
    const cookie = await world.signIn('taro', { kind: 'passkey', credential: by.credentialId });
    expect(await rule(await enrolAt(cookie, second, { confirmBy: by }))).toBe('done');
    expect(await passkeyOf('taro', second)).toMatchObject({
      addedBy: 'passkey',
      standsOn: ['hanako', 'yuki'],
    });
  });

  it('attack 20: does not wash another’s word off by a link for oneself, which a passkey on that word can ask for', async () => {
    await has('hanako', authenticator(), ['yuki']);
    const by = authenticator();
    await enrolAt(await world.signIn('hanako', link('hanako', 'recovery')), by);
    expect((await passkeyOf('hanako', by))?.standsOn).toEqual(['yuki']);
  });

  it('attack 24: of a further passkey needs one that is there: a stolen session enrols none', async () => {
    const { by, cookie } = await signedIn('taro');
    const second = authenticator();
    expect(await rule(await enrolAt(cookie, second))).toBe('passkey.confirm-first');
    const another = authenticator();
    await has('hanako', another);
    expect(await rule(await enrolAt(cookie, second, { confirmBy: another }))).toBe('passkey.not-theirs');
    expect(await newest('passkey.refused')).toMatchObject({ subject: { person: 'taro' } });
    expect(await rule(await enrolAt(cookie, second, { confirmBy: by }))).toBe('done');
    const { fingerprint } = (await passkeyOf('taro', by)) ?? expect.unreachable();
    expect(await newest('passkey.enrolled')).toMatchObject({ evidence: { confirmedBy: fingerprint } });
  });

  it('of a first one is not done by an old sign-in at a provider, nor by a session of a passkey that is gone', async () => {
    const cookie = await world.signIn('hanako', PROVIDER);
    world.clock.advance(16 * MINUTE_MS);
    const old = await post('/v1/passkeys/options', cookie);
    const renewed = cookieOf(old) ?? cookie;
    expect(await rule(await enrolAt(renewed, authenticator()))).toBe('passkey.not-by-this-session');
    const { by, cookie: other } = await signedIn('taro');
    await removed(world.room.db, partyOf(world.room), by);
    expect(await rule(await enrolAt(other, authenticator()))).toBe('passkey.not-by-this-session');
  });

  it('by a recovery takes the place of all others, and needs none of them', async () => {
    const [lost, found] = [authenticator(), authenticator()];
    const { cookie: thief } = await signedIn('taro', lost);
    expect(await rule(await enrolAt(await world.signIn('taro', link('hanako', 'recovery')), found))).toBe(
      'done',
    );
    expect(await rule(await signInWith(lost))).toBe('passkey.removed');
    expect((await post('/test/change', thief, {})).status).toBe(401);
    expect(await rule(await signInWith(found))).toBe('done');
    expect(await newest('passkey.enrolled')).toMatchObject({ evidence: { replaced: [expect.any(String)] } });
  });

  it.each<[string, Lies]>([
    ['on another site’s page', { origin: 'https://evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['in a frame', { crossOrigin: true }],
    ['without verifying the person', { userVerified: false }],
    ['as an answer to something else', { type: 'webauthn.get' }],
  ])('attack 24: is refused when it was done %s', async (_, lies) => {
    const by = authenticator();
    const answer = await enrolAt(await world.signIn('taro', INVITED), by, { lies });
    expect(answer.status).toBe(403);
    expect(await passkeyOf('taro', by)).toBeUndefined();
  });

  it('attack 24: answers one challenge, made for this person and this use, once and within five minutes', async () => {
    const cookie = await world.signIn('taro', INVITED);
    const send = async (at: string, challenge: string, by = authenticator()) =>
      rule(await post('/v1/passkeys', at, { name: 'x', registration: registrationOf(by, challenge) }));
    const others = await challengeAt(await world.signIn('hanako', link(null, 'first')));
    expect(await send(cookie, others)).toBe('passkey.other-challenge');
    const signIn = await (await post('/v1/sign-in/passkey/options', undefined)).json();
    expect(await send(cookie, z.object({ challenge: z.string() }).parse(signIn).challenge)).toBe(
      'passkey.other-challenge',
    );
    const old = await challengeAt(cookie);
    world.clock.advance(5 * MINUTE_MS);
    expect(await send(cookie, old)).toBe('passkey.other-challenge');
    const known = await signedIn('taro');
    const challenge = await challengeAt(known.cookie);
    for (const expected of ['done', 'passkey.other-challenge']) {
      const body = { name: 'x', registration: registrationOf(authenticator(), challenge) };
      const confirmed = await confirmationFor(known.cookie, known.by);
      expect(await rule(await post('/v1/passkeys', known.cookie, { ...body, ...confirmed }))).toBe(expected);
    }
  });

  it('by a link is done once, however often it is asked for at the same moment', async () => {
    const cookie = await world.signIn('taro', INVITED);
    const challenges = await Promise.all(Array.from({ length: 4 }, () => challengeAt(cookie)));
    const rules = await Promise.all(
      challenges.map(async (challenge) =>
        rule(
          await post('/v1/passkeys', cookie, {
            name: 'x',
            registration: registrationOf(authenticator(), challenge),
          }),
        ),
      ),
    );
    expect(rules.filter((one) => one === 'done')).toHaveLength(1);
  });

  it('takes no passkey over from anybody', async () => {
    const by = authenticator();
    await has('hanako', by);
    expect(await rule(await enrolAt(await world.signIn('taro', INVITED), by))).toBe('passkey.known-already');
  });

  it('is not done by a command line’s session, nor from another site’s page', async () => {
    expect(
      (
        await world.asked('/v1/passkeys/options', {
          method: 'POST',
          headers: { authorization: 'Bearer sks_x' },
        })
      ).status,
    ).toBe(401);
    const cookie = await world.signIn('taro', INVITED);
    const foreign = await world.asked('/v1/passkeys/options', {
      method: 'POST',
      cookie,
      headers: { origin: 'https://evil.example' },
    });
    expect(await rule(foreign)).toBe('request.foreign-origin');
  });
});

describe('signing in by a passkey', () => {
  it('attack 24: is not done twice by one answer, which suspends nothing either, by an answer to something else, or from another site’s page', async () => {
    const by = authenticator();
    await has('taro', by);
    const options = await (await post('/v1/sign-in/passkey/options', undefined)).json();
    const { challenge } = z.object({ challenge: z.string() }).parse(options);
    const assertion = by.assert(challenge);
    const foreign = await world.asked('/v1/sign-in/passkey', {
      ...{ method: 'POST', body: JSON.stringify({ assertion }) },
      headers: { origin: 'https://evil.example' },
    });
    expect(await rule(foreign)).toBe('request.foreign-origin');
    expect(await rule(await post('/v1/sign-in/passkey', undefined, { assertion }))).toBe('done');
    // The passkey has counted on since: the old answer is no copy of it.
    expect(await rule(await signInWith(by))).toBe('done');
    expect(await rule(await post('/v1/sign-in/passkey', undefined, { assertion }))).toBe(
      'passkey.other-challenge',
    );
    const approval = by.assert(Buffer.alloc(32).toString('base64url'));
    expect(await rule(await post('/v1/sign-in/passkey', undefined, { assertion: approval }))).toBe(
      'passkey.other-challenge',
    );
    expect(await newest('session.refused')).toMatchObject({ evidence: { by: 'passkey' } });
  });

  it('attack 24: suspends a passkey whose counter goes back, ends its sessions, and alarms', async () => {
    const by = authenticator();
    await has('taro', by);
    const cookie = cookieOf(await signInWith(by)) ?? '';
    expect(await rule(await signInWith(by, { counter: 1 }))).toBe('passkey.suspended');
    expect(alarms).toEqual(['taro']);
    expect(await newest('passkey.suspended')).toMatchObject({ subject: { person: 'taro' } });
    expect((await post('/test/change', cookie, {})).status).toBe(401);
    expect(await rule(await signInWith(by))).toBe('passkey.suspended');
  });

  it('attack 21: is nobody’s once its owner has left the configuration', async () => {
    const by = authenticator();
    await has('taro', by);
    const before = world.configure((yaml) => yaml.replaceAll('taro', 'jiro'));
    expect(await rule(await signInWith(by))).toBe('passkey.unknown');
    world.configure(() => before);
    expect(await rule(await signInWith(by))).toBe('done');
  });
});

describe('keeping passkeys', () => {
  it('names them, for their owner alone', async () => {
    const { by, cookie } = await signedIn('taro');
    expect((await post(`/v1/passkeys/${by.credentialId}/rename`, cookie, { name: ' 電話 ' })).status).toBe(
      200,
    );
    const shown = passkeyList.parse(await (await world.asked('/v1/passkeys', { cookie })).json());
    expect(shown.passkeys).toMatchObject([{ id: by.credentialId, name: '電話', state: 'active' }]);
    const other = await signedIn('hanako');
    const answer = await post(`/v1/passkeys/${by.credentialId}/rename`, other.cookie, { name: 'mine' });
    expect(await rule(answer)).toBe('passkey.only-own');
    expect((await post(`/v1/passkeys/${by.credentialId}/rename`, cookie, { name: 'a\nb' })).status).toBe(400);
  });

  it('removes one once another confirms it, ends its sessions, and the last only when told so', async () => {
    const first = await signedIn('taro');
    const second = await signedIn('taro');
    const path = `/v1/passkeys/${first.by.credentialId}/remove`;
    expect(await rule(await post(path, second.cookie, {}))).toBe('passkey.confirm-first');
    const confirmed = await confirmationFor(second.cookie, second.by);
    expect((await post(path, second.cookie, confirmed)).status).toBe(204);
    expect(await rule(await signInWith(first.by))).toBe('passkey.removed');
    expect((await post('/test/change', first.cookie, {})).status).toBe(401);
    const last = `/v1/passkeys/${second.by.credentialId}/remove`;
    const again = await confirmationFor(second.cookie, second.by);
    expect(await rule(await post(last, second.cookie, again))).toBe('passkey.last-one');
    expect((await post(last, second.cookie, { ...again, evenTheLast: true })).status).toBe(204);
    expect(await newest('passkey.removed')).toMatchObject({
      actor: { name: 'taro' },
      subject: { person: 'taro' },
    });
  });

  it('lets an administrator remove others’ with a reason, and nobody else', async () => {
    const taro = await signedIn('taro');
    const hanako = await signedIn('hanako');
    const confirmed = await confirmationFor(hanako.cookie, hanako.by);
    const path = `/v1/passkeys/${taro.by.credentialId}/remove`;
    expect(await rule(await post(path, hanako.cookie, confirmed))).toBe('passkey.only-own');
    const answer = await post(path, hanako.cookie, { ...confirmed, reason: 'the laptop was lost' });
    expect(answer.status).toBe(204);
    expect(await newest('passkey.removed')).toMatchObject({
      actor: { name: 'hanako' },
      evidence: { reason: 'the laptop was lost' },
    });
    const mine = `/v1/passkeys/${hanako.by.credentialId}/remove`;
    const other = await signedIn('taro');
    expect(await rule(await post(mine, other.cookie, { reason: 'x' }))).toBe('passkey.only-own');
  });

  it('shows to everybody on whose word a passkey stands, until sekisho.yaml lists it', async () => {
    const taro = await signedIn('taro', authenticator(), ['hanako']);
    const { cookie } = await signedIn('hanako');
    const shown = async () =>
      passkeyList.parse(await (await world.asked('/v1/passkeys?person=taro', { cookie })).json()).passkeys[0];
    const passkey = z.looseObject({ fingerprint: z.string() }).parse(await shown());
    expect(passkey).toMatchObject({ standsOn: ['hanako'], listed: false });
    const before = world.configure((yaml) =>
      yaml.replace('name: taro,', `name: taro, keys: [{ passkey: "${passkey.fingerprint}" }],`),
    );
    expect(await shown()).toMatchObject({ id: taro.by.credentialId, standsOn: [], listed: true });
    world.configure(() => before);
  });
});
