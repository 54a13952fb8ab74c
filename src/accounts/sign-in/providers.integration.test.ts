import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '#audit';
import { z } from '#platform';
import { type StandInSignIn, startStandInSignIn } from '../../../demo/stand-ins/sign-in.ts';
import { BROWSER_YAML, type BrowserWorld, browserWorld, cookieOf } from '../sessions/testing.ts';
import { type Provider, provider, providerRoutes } from './index.ts';

const MINUTE_MS = 60_000;
let stand: StandInSignIn;
let world: BrowserWorld;
const faults: string[] = [];
let down = false;

beforeAll(async () => {
  stand = await startStandInSignIn([
    { login: 'hanako', id: '1001' },
    { login: 'taro', id: '1002' },
    { login: 'stranger', id: '1003' },
  ]);
  const yaml = BROWSER_YAML.replace(
    'signIn: [{ provider: google, subject: "1001" }]',
    'signIn: [{ provider: google, subject: "1001" }, { provider: github, subject: "1001" }]',
  )
    .replace(
      'teams: [shop] }\nadmin',
      'teams: [shop], signIn: [{ provider: github, subject: "1002" }] }\nadmin',
    )
    .replace(
      'clientSecret: { env: SECRET } }]',
      'clientSecret: { env: SECRET } }, { name: github, kind: github, clientId: c, clientSecret: { env: SECRET } }]',
    );
  const providers = [of('google', 'oidc'), of('github', 'github')];
  world = await browserWorld({ yaml, routes: (room) => [providerRoutes({ ...room, providers })] });
});
beforeEach(() => world.clock.advance(1_000));
afterEach(() => {
  stand.lie((claims) => claims);
  down = false;
  faults.length = 0;
});
afterAll(async () => {
  await world.close();
  await stand.stop();
});

const of = (name: string, kind: 'oidc' | 'github'): Provider =>
  provider({
    settings: { name, kind, url: stand.url, label: name, clientId: stand.clientId },
    clientSecret: stand.clientSecret,
    fetch: (address, init) => (down ? Promise.reject(new Error('down')) : fetch(address, init)),
    onFault: (why) => faults.push(why),
  });

const ATTEMPT = '__Host-sekisho-sign-in';
const begun = z.object({ url: z.string() });

interface Begun {
  readonly url: string;
  /** The cookie that ties the sign-in to its browser. */
  readonly browser: string;
}

async function begin(name: string, returnTo?: string): Promise<Begun> {
  const answer = await post(name, { ...(returnTo === undefined ? {} : { returnTo }) });
  const browser = cookieOf(answer, ATTEMPT) ?? expect.unreachable(String(answer.status));
  return { url: begun.parse(await answer.json()).url, browser };
}

const post = (name: string, body: object, headers: Record<string, string> = {}) =>
  world.asked(`/v1/sign-in/providers/${name}`, { method: 'POST', body: JSON.stringify(body), headers });
/** The browser comes back; `path` as the provider wrote it. */
const comeBack = (address: string, browser?: string) => {
  const { pathname, search } = new URL(address);
  return world.asked(`${pathname}${search}`, {
    headers: { origin: '', 'sec-fetch-site': 'cross-site' },
    ...(browser === undefined ? {} : { cookie: browser }),
  });
};
const signIn = async (name: string, login: string, returnTo?: string) => {
  const { url, browser } = await begin(name, returnTo);
  return comeBack(await stand.signIn(url, login), browser);
};
const whoIs = async (answer: Response) => {
  const cookie = cookieOf(answer) ?? expect.unreachable(answer.headers.get('location') ?? '');
  return (await world.asked('/v1/me', { cookie })).json();
};
const refusal = (answer: Response) => {
  expect(answer.status).toBe(303);
  expect(cookieOf(answer)).toBeUndefined();
  return new URL(answer.headers.get('location') ?? '', world.origin).searchParams.get('refused');
};

describe.each(['google', 'github'])('signing in at %s', (name) => {
  it('lets in whom sekisho.yaml names by id, and goes on to where they wanted', async () => {
    const answer = await signIn(name, 'hanako', '/changes?state=waiting');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/changes?state=waiting');
    expect(await whoIs(answer)).toMatchObject({
      person: 'hanako',
      session: { signedInBy: 'provider', mayOnlyEnrol: false },
    });
    const [entry] = (await listAudit(world.database.db, { limit: 1 })).entries;
    expect(entry).toMatchObject({
      kind: 'session.opened',
      evidence: { how: { kind: 'provider', provider: name, subject: '1001' } },
    });
  });

  it('lets nobody in whom the provider knows and sekisho.yaml does not; the log has the id', async () => {
    expect(refusal(await signIn(name, 'stranger'))).toBe('sign-in.account-unknown');
    const [entry] = (await listAudit(world.database.db, { limit: 1 })).entries;
    expect(entry).toMatchObject({ kind: 'session.refused', evidence: { provider: name, subject: '1003' } });
  });

  it('tells when the person was refused there', async () => {
    expect(refusal(await signIn(name, 'nobody'))).toBe('sign-in.refused-by-provider');
  });

  it('attack 24: takes an answer from the browser only that began it (login CSRF)', async () => {
    const [thief, victim] = [await begin(name), await begin(name)];
    const answered = await stand.signIn(thief.url, 'hanako');
    expect(refusal(await comeBack(answered, victim.browser))).toBe('sign-in.not-begun-here');
    expect(refusal(await comeBack(answered))).toBe('sign-in.not-begun-here');
    expect((await comeBack(answered, thief.browser)).headers.get('location')).toBe('/');
  });

  it('attack 24: takes no answer under the state of another sign-in, of the same browser neither', async () => {
    const [one, other] = [await begin(name), await begin(name)];
    const answered = new URL(await stand.signIn(one.url, 'hanako'));
    answered.searchParams.set('state', new URL(other.url).searchParams.get('state') ?? '');
    expect(refusal(await comeBack(answered.href, one.browser))).toBe('sign-in.not-begun-here');
    expect(refusal(await comeBack(answered.href, other.browser))).toBe('sign-in.provider-failed');
  });

  it('attack 20: takes an answer once', async () => {
    const { url, browser } = await begin(name);
    const answered = await stand.signIn(url, 'hanako');
    const answers = await Promise.all(Array.from({ length: 4 }, () => comeBack(answered, browser)));
    expect(answers.filter((answer) => cookieOf(answer) !== undefined)).toHaveLength(1);
    expect(refusal(await comeBack(answered, browser))).toBe('sign-in.not-begun-here');
  });

  it('must be finished within ten minutes', async () => {
    const { url, browser } = await begin(name);
    const answered = await stand.signIn(url, 'hanako');
    world.clock.advance(10 * MINUTE_MS);
    expect(refusal(await comeBack(answered, browser))).toBe('sign-in.not-begun-here');
  });

  it('attack 24: takes no answer that was meant for another provider (mix-up)', async () => {
    const { url, browser } = await begin(name);
    const answered = (await stand.signIn(url, 'hanako')).replace(
      `/providers/${name}/`,
      `/providers/${name === 'google' ? 'github' : 'google'}/`,
    );
    expect(refusal(await comeBack(answered, browser))).toBe('sign-in.not-begun-here');
  });

  it('attack 24: proves by PKCE that it began: a code that was intercepted is worth nothing elsewhere', async () => {
    const { url, browser } = await begin(name);
    const weakened = new URL(url);
    weakened.searchParams.set('code_challenge', 'a'.repeat(43));
    expect(refusal(await comeBack(await stand.signIn(weakened.href, 'hanako'), browser))).toBe(
      'sign-in.provider-failed',
    );
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', '/v1/me'])(
    'attack 24: goes on to our own pages only, not to %s (open redirect)',
    async (returnTo) => {
      expect((await signIn(name, 'hanako', returnTo)).headers.get('location')).toBe('/');
    },
  );

  it('attack 24: is begun by our own page only', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { origin: '' }]) {
      expect((await post(name, {}, headers)).status).toBe(403);
    }
  });

  it('attack 24: opens a session of its own, whatever cookie was planted (session fixation)', async () => {
    const { url, browser } = await begin(name);
    const planted = `__Host-sekisho=skb_${'a'.repeat(43)}`;
    const answer = await comeBack(await stand.signIn(url, 'hanako'), `${browser}; ${planted}`);
    expect(cookieOf(answer)).not.toBe(planted);
    expect(await whoIs(answer)).toMatchObject({ person: 'hanako' });
  });

  it('is a problem of its own while the provider is silent', async () => {
    const { url, browser } = await begin(name);
    const answered = await stand.signIn(url, 'hanako');
    down = true;
    expect(refusal(await comeBack(answered, browser))).toBe('sign-in.provider-failed');
    expect(faults.join()).toContain('down');
  });
});

describe('an id token', () => {
  it.each([
    ['another nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['another audience', { aud: 'another' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an end in the past', { iat: 1, exp: 2 }],
  ])('attack 24: with %s signs nobody in', async (_, change) => {
    stand.lie((claims) => JSON.parse(JSON.stringify({ ...claims, ...change })));
    expect(refusal(await signIn('google', 'hanako'))).toBe('sign-in.provider-failed');
    stand.lie((claims) => claims);
    expect(await whoIs(await signIn('google', 'hanako'))).toMatchObject({ person: 'hanako' });
  });

  it('of one sign-in does not do for another: the nonce is of the browser and its state', async () => {
    const [one, other] = [new URL((await begin('google')).url), new URL((await begin('google')).url)];
    expect(one.searchParams.get('nonce')).not.toBe(other.searchParams.get('nonce'));
    const { browser, url } = await begin('google');
    const swapped = new URL(url);
    swapped.searchParams.set('nonce', one.searchParams.get('nonce') ?? '');
    expect(refusal(await comeBack(await stand.signIn(swapped.href, 'hanako'), browser))).toBe(
      'sign-in.provider-failed',
    );
  });
});

it('an unknown provider is told as such, and the list names those there are', async () => {
  expect((await post('gitlab', {})).status).toBe(404);
  const listed = await (await world.asked('/v1/sign-in/providers', {})).json();
  expect(listed).toEqual({
    providers: [
      { name: 'google', label: 'google' },
      { name: 'github', label: 'github' },
    ],
  });
});

it('no more than ten thousand sign-ins are under way, whoever begins them; after ten minutes there is room again', async () => {
  await sql`INSERT INTO sign_in_attempts SELECT encode(sha256(n::text::bytea), 'hex'), repeat('0', 64), 'google', '/',
    ${new Date(world.clock.now() + 10 * MINUTE_MS)} FROM generate_series(1, 10000) AS n`.execute(
    world.database.db,
  );
  expect((await post('google', {})).status).toBe(429);
  world.clock.advance(10 * MINUTE_MS);
  expect((await post('google', {})).status).toBe(200);
});

it('nothing of a sign-in is in the log in clear', async () => {
  const { url, browser } = await begin('github');
  await comeBack(await stand.signIn(url, 'taro'), browser);
  const state = new URL(url).searchParams.get('state') ?? expect.unreachable();
  for (const secret of [state, browser.slice(-43), stand.clientSecret]) {
    expect(world.logged()).not.toContain(secret);
  }
});
