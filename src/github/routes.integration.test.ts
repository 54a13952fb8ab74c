import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Organization, Person } from '#accounts/core';
import { ok } from '#core-values';
import {
  createHttpApp,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  inTransaction,
  silentLogger,
  uuidV7,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { githubConnections } from './api/connections.ts';
import { PERMISSIONS } from './app/permissions.ts';
import { type GitHubCheckAnswer, githubCheckAnswer } from './core/app-answers.ts';
import { githubRoutes, WEBHOOK_LIMITS } from './routes.ts';
import type { SealedApp } from './store/apps.ts';
import { dueSubjects, markSubjects, settleFailed } from './subjects/queue.ts';
import { connectedTestApp, testKeyring, WEBHOOK_SECRET } from './testing/connected.ts';
import { type Answering, type FakeNetwork, fakeNetwork, json } from './testing/fake-network.ts';

let database: TestDatabase;
let network: FakeNetwork;
let connected: SealedApp;
let app: HttpApp;
let answering: Answering;
let outcomes: string[];
const keyring = testKeyring();
const STACK = {
  name: 'shop',
  repository: { id: '7', name: 'shop/infra', issuer: { url: 'https://token.actions.githubusercontent.com' } },
};

beforeEach(async () => {
  database = await testDatabase();
  connected = await connectedTestApp(database, keyring);
  outcomes = [];
  network = fakeNetwork((asked) => answering(asked));
  app = createHttpApp({
    version: '0',
    logger: silentLogger,
    metrics: createMetrics({ processMetrics: false }),
    clock: network.clock,
    newRequestId: () => 'request',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS, byRoute: WEBHOOK_LIMITS },
    routes: [
      githubRoutes({
        ...{ db: database.db, clock: network.clock, keyring, publicUrl: 'https://sekisho.shop.example' },
        organization: () => ({ stacks: [STACK], administrators: ['hanako'] }) as unknown as Organization,
        newSecret: () => 'secret',
        newAppId: () => `gha_${uuidV7(network.clock.now())}`,
        connections: githubConnections({ db: database.db, keyring, network }),
        requirePerson: async () => ok({ name: 'hanako' } as unknown as Person),
        poke: () => undefined,
        received: (outcome) => outcomes.push(outcome),
      }),
    ],
  });
});
afterEach(() => database.close());

const deliver = (body: string, headers: Record<string, string> = {}) =>
  app.request(`/v1/github/webhooks/${connected.id}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'pull_request',
      'x-github-delivery': 'd-1',
      'x-hub-signature-256': `sha256=${createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex')}`,
      ...headers,
    },
  });
const PUSHED = (padding = '') =>
  JSON.stringify({ padding, repository: { id: 7 }, pull_request: { number: 12 } });

test('a delivery is answered with 202 and nothing else, also when it is repeated', async () => {
  const [first, again] = [await deliver(PUSHED()), await deliver(PUSHED())];
  expect([first.status, await first.text(), again.status]).toEqual([202, '', 202]);
  expect((await deliver(PUSHED(), { 'x-hub-signature-256': '' })).status).toBe(401);
  expect(outcomes).toEqual(['marked', 'repeated', 'refused']);
});

test('a delivery may be as large as GitHub makes them, and no larger', async () => {
  expect((await deliver(PUSHED('語'.repeat(1_000_000)))).status).toBe(202);
  const huge = 'x'.repeat(26 * 1024 * 1024);
  expect((await deliver(huge, { 'content-length': String(huge.length) })).status).toBe(413);
});

/** What a healthy GitHub answers. */
const HEALTHY: Readonly<Record<string, unknown>> = {
  '/app': {
    id: 4711,
    slug: 'sekisho-shop',
    permissions: Object.fromEntries(PERMISSIONS.map(({ name, level }) => [name, level])),
  },
  '/app/installations': [
    {
      id: 1,
      account: { login: 'shop' },
      suspended_at: null,
      permissions: Object.fromEntries(PERMISSIONS.map(({ name, level }) => [name, level])),
    },
  ],
  '/app/installations/1/access_tokens': {
    token: 'ghs_installation',
    expires_at: '2030-01-01T00:00:00Z',
    repositories: [{ id: 7, name: 'infra', owner: { login: 'shop' } }],
  },
  '/installation/repositories': { total_count: 1, repositories: [{ id: 7 }] },
  '/repos/shop/infra': { id: 7, default_branch: 'main' },
  '/rate_limit': { resources: { core: { limit: 5000, remaining: 4990, reset: 1_800_000_000 } } },
};

const answerWith =
  (changed: Readonly<Record<string, unknown>> = {}): Answering =>
  ({ url }) => {
    const path = new URL(url).pathname;
    const hook = {
      url: `https://sekisho.shop.example/v1/github/webhooks/${connected.id}`,
      content_type: 'json',
      insecure_ssl: '0',
    };
    const body = { '/app/hook/config': hook, ...HEALTHY, ...changed }[path];
    return body === undefined ? json({ message: 'Not Found' }, { status: 404 }) : json(body);
  };

async function check(changed?: Readonly<Record<string, unknown>>): Promise<GitHubCheckAnswer> {
  answering = answerWith(changed);
  const answer = await app.request('/v1/github/check');
  expect(answer.status).toBe(200);
  const words = await answer.text();
  expect(words).not.toMatch(/ghs_|PRIVATE KEY|a-secret-of/);
  return githubCheckAnswer.parse(JSON.parse(words));
}

test('a check tells who we are, what is left of the limit, where we are installed and what is reached', async () => {
  const { apps, repositories, queue } = await check();
  expect(apps).toMatchObject([
    {
      app: { slug: 'sekisho-shop' },
      warnings: [],
      rateLimit: { remaining: 4990, limit: 5000 },
      installations: [{ account: 'shop', isSuspended: false, missing: [] }],
    },
  ]);
  expect(repositories).toEqual([{ host: 'github.com', id: '7', name: 'shop/infra' }]);
  expect(queue).toEqual({ dirty: 0, oldestSeconds: 0, failing: [] });
});

test('a check names missing permissions, a webhook that goes elsewhere and one that nobody verifies', async () => {
  const { apps } = await check({
    '/app': {
      id: 4711,
      slug: 'sekisho-shop',
      permissions: { contents: 'read', metadata: 'read', checks: 'read' },
    },
    '/app/hook/config': { url: 'https://evil.example/', content_type: 'form', insecure_ssl: '1' },
  });
  expect(apps[0]?.warnings.map(({ rule }) => rule)).toEqual([
    'github.missing-permissions',
    'github.webhook-elsewhere',
    'github.webhook-form',
    'github.webhook-unchecked-tls',
  ]);
  expect(apps[0]?.warnings[0]?.message).toContain('checks: write');
});

test('a check says that GitHub does not know us, and which repository is not reached', async () => {
  const { apps, repositories } = await check({ '/app': undefined });
  expect(apps[0]?.problem?.rule).toBe('github.not-found');
  const none = await check({ '/app/installations': [] });
  expect(none.apps[0]?.warnings.map(({ rule }) => rule)).toEqual(['github.installed-nowhere']);
  expect(repositories.length).toBe(1);
});

test('a check shows what was tried in vain, and when it is tried again', async () => {
  await deliver(PUSHED());
  network.clock.advance(90_000);
  const [subject] = await dueSubjects(database.db, network.clock.now(), 1);
  if (subject === undefined) throw new Error('It was marked.');
  await settleFailed(database.db, subject, {
    now: network.clock.now(),
    againMs: 5_000,
    problem: 'github.failed: 502',
  });
  await inTransaction(database.db, (tx) => markSubjects(tx, [subject.subject], network.clock.now()));
  const { queue } = await check();
  expect(queue).toMatchObject({
    dirty: 1,
    oldestSeconds: 90,
    failing: [{ subject: `pull-request github.com 7 12`, attempts: 1, problem: 'github.failed: 502' }],
  });
});
