import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Organization, type Person, parseExternalId } from '#accounts/core';
import { ok } from '#core-values';
import { githubConnections, githubRoutes, markConfigured, type Sync, WEBHOOK_LIMITS } from '#github';
import {
  createHttpApp,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  handClock,
  type RunningServer,
  serveHttp,
  silentLogger,
  uuidV7,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { type StandInGitHubApi, startGitHubApi } from '../../demo/stand-ins/github/index.ts';
import { EVENTS, EVERYTHING } from '../../demo/stand-ins/github/testing.ts';
import { commentsToHandle } from '../../src/github/store/comments.ts';
import { type HeldLocks, sessionLocks } from '../../src/github/subjects/locks.ts';
import { dueSubjects } from '../../src/github/subjects/queue.ts';
import { syncAny } from '../../src/github/subjects/reconcile.ts';
import { subjectWorker } from '../../src/github/subjects/worker.ts';
import { testKeyring } from '../../src/github/testing/connected.ts';

/** The App's foundation against a GitHub that answers as GitHub describes itself: connected by its routes, told by its webhooks. */

const clock = handClock();
const keyring = testKeyring();
const logger = silentLogger;
let database: TestDatabase;
let github: StandInGitHubApi;
let server: RunningServer;
let locks: HeldLocks;
let organization: Organization;

beforeAll(async () => {
  [database, github] = await Promise.all([testDatabase(), startGitHubApi({ nowMs: () => clock.now() })]);
  const held = await sessionLocks(database.url);
  if (!held.ok) throw new Error(held.error.reasons[0].message.en);
  locks = held.value;
});
afterAll(async () => {
  await locks.release();
  await server.close();
  await github.stop();
  await database.close();
});

const network = () => ({
  fetch,
  clock,
  pause: async (ms: number) => clock.advance(ms),
  timeoutMs: 10_000,
});

/** What GitHub would show, had we shown it: what a worker read when it last looked. */
const shown = new Map<string, string>();

test('after changes told in any order, twice, late or never, and while GitHub is down, everything that was last is shown', async () => {
  github.organization('acme');
  for (const login of ['alice', 'bob']) github.user(login);
  const repository = github.repository({ owner: 'acme', name: 'infra', files: { 'shop/main.tf': 'a\n' } });
  const id = parseExternalId(String(repository.id));
  if (id === undefined) throw new Error('GitHub gave an id.');
  organization = {
    name: 'Acme',
    administrators: ['hanako'],
    stacks: [{ name: 'shop', repository: { id, name: 'acme/infra', issuer: { url: github.issuer } } }],
  } as unknown as Organization;
  const connections = githubConnections({ db: database.db, keyring, network: network() });
  const on = { db: database.db, clock, keyring, connections, organization: () => organization };
  const app = createHttpApp({
    version: '0',
    logger,
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS, byRoute: WEBHOOK_LIMITS },
    routes: [
      githubRoutes({
        ...on,
        publicUrl: 'http://127.0.0.1:8420',
        newSecret: () => randomBytes(32).toString('base64url'),
        newAppId: () => `gha_${uuidV7(clock.now())}`,
        requirePerson: async () => ok({ name: 'hanako' } as unknown as Person),
        poke: () => undefined,
        received: () => undefined,
      }),
    ],
  });
  const served = await serveHttp(app, { host: '127.0.0.1', port: 0, logger });
  if (!served.ok) throw new Error('It serves.');
  server = served.value;

  const made = github.registerApp({
    name: 'Sekisho',
    owner: 'acme',
    permissions: EVERYTHING,
    events: EVENTS,
    hookUrl: '',
  });
  github.install(made, 'acme', [repository]);
  const connected = await fetch(`${server.url}/v1/github/apps`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      host: github.host,
      appId: made.id,
      privateKey: made.privateKeyPem,
      webhookSecret: made.hook.secret,
    }),
  });
  expect(connected.status).toBe(201);
  made.hook.url = ((await connected.json()) as { webhookUrl: string }).webhookUrl.replace(
    'http://127.0.0.1:8420',
    server.url,
  );

  const sync: Sync = async ({ at, key }, signal) => {
    const found = await connections.repository(at);
    if (!found.ok) return found;
    const pull = await found.value.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
      pull_number: Number(key),
    });
    if (!pull.ok) return pull;
    expect(signal.aborted).toBe(false);
    shown.set(key, `${pull.value.state} ${pull.value.head.sha}`);
    return ok({ isOpen: pull.value.state === 'open' });
  };
  const worker = subjectWorker({
    ...{ db: database.db, clock, locks, logger, random: () => 0.5 },
    sync: syncAny(on, { 'pull-request': sync, drift: async () => ok({ isOpen: false }) }),
  });
  const work = async () => {
    for (
      let round = 0;
      round < 200 && (await dueSubjects(database.db, clock.now(), 1)).length > 0;
      round += 1
    ) {
      await worker.takeUp();
      await worker.idle();
    }
  };

  const commands: string[] = [];
  for (let number = 1; number <= 8; number += 1) {
    github.openPullRequest({
      repository,
      author: 'alice',
      branch: `b${number}`,
      files: { 'shop/main.tf': `${number}\n` },
    });
  }
  for (let round = 0; round < 12; round += 1) {
    for (let number = 1; number <= 8; number += 1) {
      if ((round + number) % 3 === 0)
        github.push(repository, 'alice', `b${number}`, { 'shop/main.tf': `${number} ${round}\n` });
      if ((round + number) % 5 === 0)
        commands.push(String(github.comment(repository, number, 'bob', '/sekisho plan').id));
    }
    if (round === 4) github.switches.outage = { kind: 'status', status: 503 };
    if (round === 8) github.switches.outage = undefined;
    await github.deliver({
      ...{ seed: round, isShuffled: true, atOnce: 10 },
      ...{ duplicatesPercent: 60, delayedPercent: 20, gapsPercent: 20 },
    });
    await work();
    clock.advance(20_000);
  }
  github.close(repository, 3, 'alice');
  github.dropDeliveries();

  // No webhook tells of the last of it: reconciliation does, within three minutes.
  for (let minutes = 0; minutes < 2; minutes += 1) {
    clock.advance(180_000);
    await markConfigured(on);
    await work();
  }
  const truth = new Map(
    [...repository.pulls.values()].map(({ issue, head }) => [
      String(issue.number),
      `${issue.state} ${head.sha}`,
    ]),
  );
  expect(shown).toEqual(truth);
  const waiting = await Promise.all(
    [...truth.keys()].map((number) => commentsToHandle(database.db, { host: github.host, id }, number)),
  );
  expect(
    waiting
      .flat()
      .map(({ commentId }) => String(commentId))
      .toSorted(),
  ).toEqual(commands.toSorted());
  expect(github.complaints()).toEqual([]);
}, 60_000);
