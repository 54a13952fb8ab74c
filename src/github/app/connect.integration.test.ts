import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Organization, Person } from '#accounts/core';
import { listAudit } from '#audit';
import { ok } from '#core-values';
import {
  createHttpApp,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  silentLogger,
  uuidV7,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { githubConnections } from '../api/connections.ts';
import { githubRoutes } from '../routes.ts';
import { connectedApps, openSecrets } from '../store/apps.ts';
import { TEST_KEY, testKeyring, WEBHOOK_SECRET } from '../testing/connected.ts';
import { type Answering, type FakeNetwork, fakeNetwork, json } from '../testing/fake-network.ts';

let database: TestDatabase;
let network: FakeNetwork;
let app: HttpApp;
let who: string;
let administrators: string[];
let answering: Answering;
let secrets: number;
const keyring = testKeyring();

function newSecret(): string {
  secrets += 1;
  return `secret-${String(secrets).padStart(36, '0')}`;
}

const CONVERTED = {
  id: 4711,
  slug: 'sekisho-shop',
  pem: TEST_KEY,
  webhook_secret: WEBHOOK_SECRET,
  client_id: 'Iv1.1',
  client_secret: 'not-kept-client-secret',
};

beforeEach(async () => {
  database = await testDatabase();
  who = 'hanako';
  administrators = ['hanako'];
  secrets = 0;
  answering = ({ url }) =>
    url.includes('/app-manifests/c0de/')
      ? json(CONVERTED, { status: 201 })
      : json({ message: 'Not Found' }, { status: 404 });
  network = fakeNetwork((asked) => answering(asked));
  const organization = () =>
    ({
      name: 'Shop',
      stacks: [],
      administrators,
      people: [{ name: 'hanako' }, { name: 'taro' }],
    }) as unknown as Organization;
  app = createHttpApp({
    version: '0',
    logger: silentLogger,
    metrics: createMetrics({ processMetrics: false }),
    clock: network.clock,
    newRequestId: () => 'request',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      githubRoutes({
        ...{ db: database.db, clock: network.clock, keyring, organization },
        publicUrl: 'https://sekisho.shop.example',
        newSecret,
        newAppId: () => `gha_${uuidV7(network.clock.now())}`,
        connections: githubConnections({ db: database.db, keyring, network }),
        requirePerson: async () => ok({ name: who } as unknown as Person),
        poke: () => undefined,
        received: () => undefined,
      }),
    ],
  });
});
afterEach(() => database.close());

const post = (path: string, body: object) =>
  app.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const get = (path: string, cookie?: string) =>
  app.request(path, cookie === undefined ? {} : { headers: { cookie } });

async function begin(asked: object = { host: 'github.com' }): Promise<string> {
  const answer = await post('/v1/github/connects', asked);
  expect(answer.status).toBe(201);
  const { url } = (await answer.json()) as { url: string };
  return url.replace('https://sekisho.shop.example', '');
}

/** The browser of somebody: the page, and what it would post. */
async function open(link: string, cookie?: string) {
  const answer = await get(link, cookie);
  const page = (await answer.text()).replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  const action = /action="([^"]+)"/.exec(page)?.[1] ?? '';
  const [given = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  return {
    status: answer.status,
    page,
    action,
    policy: answer.headers.get('content-security-policy'),
    setCookie: answer.headers.get('set-cookie') ?? '',
    cookie: given,
    state: action === '' ? '' : (new URL(action).searchParams.get('state') ?? ''),
    manifest: JSON.parse(/name="manifest" value="(.*)">\n/.exec(page)?.[1] ?? '{}'),
  };
}

const back = async (state: string, cookie: string | undefined, code = 'c0de') =>
  (await get(`/v1/github/callback?code=${code}&state=${encodeURIComponent(state)}`, cookie)).status;
const kinds = async () =>
  (await listAudit(database.db, { filter: { kind: 'github' } })).entries.map(({ kind }) => kind).toReversed();
const apps = () => connectedApps(database.db);

test('an administrator connects an App: one page, one button, one way back', async () => {
  const opened = await open(await begin({ host: 'github.com', organization: 'shop' }));
  expect(opened.action).toMatch(/^https:\/\/github\.com\/organizations\/shop\/settings\/apps\/new\?state=/);
  expect(opened.policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action https:\/\/github\.com; frame-ancestors 'none'$/,
  );
  expect(opened.setCookie).toMatch(/; Path=\/v1\/github; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/);
  expect(opened.manifest).toMatchObject({
    public: false,
    redirect_url: 'https://sekisho.shop.example/v1/github/callback',
    default_permissions: { contents: 'read', checks: 'write', members: 'read' },
  });
  expect(await back(opened.state, opened.cookie)).toBe(200);
  const [connected] = await apps();
  expect(connected).toMatchObject({
    host: 'github.com',
    appId: 4711,
    slug: 'sekisho-shop',
    connectedBy: 'hanako',
  });
  expect(opened.manifest.hook_attributes.url).toBe(
    `https://sekisho.shop.example/v1/github/webhooks/${connected?.id}`,
  );
  expect(await kinds()).toEqual(['github.connect-begun', 'github.connected']);
});

test('every page is in the reader’s language, and its policy lets through its style sheet and nothing else', async () => {
  const { state, cookie } = await open(await begin());
  const links = [
    await begin(),
    `/v1/github/callback?code=c0de&state=${state}`,
    '/v1/github/connect',
    `/v1/github/connect?ticket=${'x'.repeat(300)}`,
    '/v1/github/callback',
    '/v1/github/callback?code=c0de&state=spent',
  ];
  const statuses: number[] = [];
  for (const link of links) {
    const answer = await app.request(link, { headers: { 'accept-language': 'ja', cookie } });
    statuses.push(answer.status);
    const page = await answer.text();
    expect(page).toContain('<html lang="ja">');
    const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(answer.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
    // What the policy would stop is not there to begin with.
    expect(page).not.toMatch(/<script| style=|<link|<img|@import|url\(/);
  }
  expect(statuses).toEqual([200, 200, 403, 403, 403, 403]);
});

test('the keys are sealed, and no answer, page, entry or row has them in clear', async () => {
  const opened = await open(await begin());
  const page = await (await get(`/v1/github/callback?code=c0de&state=${opened.state}`, opened.cookie)).text();
  const listed = await (await get('/v1/github/apps')).text();
  const { rows } = await sql<{ all: string }>`
    SELECT string_agg(t::text, ' ') AS all FROM (
      SELECT github_apps::text AS t FROM github_apps UNION ALL SELECT github_connects::text FROM github_connects
      UNION ALL SELECT leaf FROM audit_entries) AS everything`.execute(database.db);
  const everything = [page, listed, rows[0]?.all ?? ''].join(' ');
  const words = TEST_KEY.split('\n')[5] ?? 'no key';
  for (const secret of [words, WEBHOOK_SECRET, CONVERTED.client_secret, opened.state, 'secret-0000'])
    expect(everything).not.toContain(secret);
  const hex = (secret: string) => Buffer.from(secret).toString('hex');
  expect(everything).not.toContain(hex(WEBHOOK_SECRET));
  const [connected] = await apps();
  if (connected === undefined) throw new Error('It is connected.');
  expect(await openSecrets(keyring, connected)).toEqual(
    ok({ privateKey: TEST_KEY, webhookSecret: WEBHOOK_SECRET }),
  );
});

describe('attack 24: the way back from GitHub', () => {
  test('is good once', async () => {
    const { state, cookie } = await open(await begin());
    expect([await back(state, cookie), await back(state, cookie)]).toEqual([200, 403]);
    expect(await kinds()).toEqual(['github.connect-begun', 'github.connected', 'github.connect-refused']);
  });

  test('is good once, also when ten come at the same time', async () => {
    const { state, cookie } = await open(await begin());
    const all = await Promise.all(Array.from({ length: 10 }, () => back(state, cookie)));
    expect(all.filter((status) => status === 200)).toHaveLength(1);
    expect(network.asked).toHaveLength(1);
  });

  test('is for the browser that opened the link, and no other', async () => {
    const { state } = await open(await begin());
    const other = await open(await begin());
    expect([
      await back(state, other.cookie),
      await back(state, undefined),
      await back('guessed', other.cookie),
    ]).toEqual([403, 403, 403]);
    expect(network.asked).toEqual([]);
  });

  test('ends after an hour', async () => {
    const { state, cookie } = await open(await begin());
    network.clock.advance(3_600_000);
    expect(await back(state, cookie)).toBe(403);
  });

  test('ends when whoever began it is no administrator any more', async () => {
    const { state, cookie } = await open(await begin());
    administrators = [];
    expect(await back(state, cookie)).toBe(403);
    expect(network.asked).toEqual([]);
  });

  test('with a code that GitHub does not know any more connects nothing, and the state is spent', async () => {
    const { state, cookie } = await open(await begin());
    expect(await back(state, cookie, 'expired')).toBe(502);
    expect(await back(state, cookie)).toBe(403);
    expect([await apps(), (await kinds()).at(1)]).toEqual([[], 'github.connect-failed']);
  });

  test('never carries a code to another route of GitHub', async () => {
    const { state, cookie } = await open(await begin());
    expect(await back(state, cookie, encodeURIComponent('../../user'))).toBe(502);
    expect(network.asked).toEqual([]);
  });

  test('connects nothing where GitHub answers something else than an App', async () => {
    for (const wrong of [{ pem: 'none' }, { webhook_secret: null }, { id: '4711' }, { slug: '../x' }]) {
      answering = () => json({ ...CONVERTED, ...wrong }, { status: 201 });
      const { state, cookie } = await open(await begin());
      expect(await back(state, cookie)).toBe(502);
    }
    expect(await apps()).toEqual([]);
  });
});

test('the link opens in one browser: again in the same, with a new state, and in no other', async () => {
  const link = await begin();
  const first = await open(link);
  expect((await open(link)).status).toBe(403);
  const again = await open(link, first.cookie);
  expect([again.status, again.state === first.state]).toEqual([200, false]);
  expect([await back(first.state, first.cookie), await back(again.state, first.cookie)]).toEqual([403, 200]);
  expect((await open(link, first.cookie)).status).toBe(403);
});

test('an enterprise server is spoken to at its own address; a host of this machine only by a server of this machine', async () => {
  const opened = await open(await begin({ host: 'github.example.com' }));
  expect(opened.action).toMatch(/^https:\/\/github\.example\.com\/settings\/apps\/new/);
  await back(opened.state, opened.cookie);
  expect(network.asked[0]?.url).toBe('https://github.example.com/api/v3/app-manifests/c0de/conversions');
  expect(network.asked[0]?.headers.has('authorization')).toBe(false);
  for (const host of [
    '127.0.0.1:8080',
    'localhost',
    'user@github.com',
    'github.com/x',
    'GITHUB.com',
    '',
    '[::1]',
  ])
    expect((await post('/v1/github/connects', { host })).status).toBe(400);
});

test('nobody but an administrator connects, sees or disconnects Apps, and that they tried is recorded', async () => {
  who = 'taro';
  const statuses = await Promise.all([
    post('/v1/github/connects', { host: 'github.com' }),
    post('/v1/github/apps', { host: 'github.com', appId: 1, privateKey: 'x', webhookSecret: 'x' }),
    post('/v1/github/apps/gha_1/disconnect', {}),
    get('/v1/github/apps'),
    get('/v1/github/check'),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  expect(await kinds()).toEqual(Array.from({ length: 5 }, () => 'github.refused'));
});

describe('an App made by hand', () => {
  const byHand = { host: 'github.com', appId: 4711, privateKey: TEST_KEY, webhookSecret: WEBHOOK_SECRET };

  test('is kept once GitHub knows its key; the same one is not connected twice', async () => {
    answering = ({ url, headers }) => {
      expect([url, headers.get('authorization')]).toEqual([
        'https://api.github.com/app',
        expect.stringMatching(/^Bearer ey/),
      ]);
      return json({ id: 4711, slug: 'sekisho-shop' });
    };
    expect((await post('/v1/github/apps', byHand)).status).toBe(201);
    expect((await post('/v1/github/apps', byHand)).status).toBe(409);
    expect(await apps()).toHaveLength(1);
  });

  test('is refused with another App’s key, no key at all, or a secret that can be guessed', async () => {
    answering = () => json({ id: 4712, slug: 'another' });
    const refused = await Promise.all([
      post('/v1/github/apps', byHand),
      post('/v1/github/apps', { ...byHand, privateKey: 'ghs_looks_secret_123456' }),
      post('/v1/github/apps', { ...byHand, webhookSecret: 'short' }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(await refused[1]?.text()).not.toContain('ghs_');
    expect(await apps()).toEqual([]);
  });
});

test('a disconnected App has no keys any more, and may be connected again', async () => {
  const opened = await open(await begin());
  await back(opened.state, opened.cookie);
  const [connected] = await apps();
  expect((await post(`/v1/github/apps/${connected?.id}/disconnect`, {})).status).toBe(200);
  expect((await post(`/v1/github/apps/${connected?.id}/disconnect`, {})).status).toBe(404);
  const { rows } = await sql`SELECT secrets_sealed FROM github_apps`.execute(database.db);
  expect([await apps(), rows]).toEqual([[], [{ secrets_sealed: null }]]);
  const again = await open(await begin());
  expect(await back(again.state, again.cookie)).toBe(200);
});

test('a row whose host or id was changed in the database opens no keys', async () => {
  const opened = await open(await begin());
  await back(opened.state, opened.cookie);
  for (const change of [sql`host = 'evil.example'`, sql`host = 'github.com', app_id = 666`]) {
    await sql`UPDATE github_apps SET ${change}`.execute(database.db);
    const [changed] = await apps();
    if (changed === undefined) throw new Error('It is there.');
    expect(await openSecrets(keyring, changed)).toMatchObject({
      ok: false,
      error: { reasons: [{ rule: 'github.app-tampered' }] },
    });
  }
});
