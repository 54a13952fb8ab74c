import { randomBytes } from 'node:crypto';
import { ok } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type RunningServer,
  serveHttp,
  uuidV7,
} from '#platform';
import { type StandInGitHubApi, startGitHubApi } from '../demo/stand-ins/github/index.ts';
import type { App, Repository } from '../demo/stand-ins/github/state.ts';
import { planInShort, type ReviewsPort } from '../src/changes/index.ts';
import { openShop, type Shop } from '../src/changes/testing/shop.ts';
import { PEOPLE } from '../src/changes/testing/shop-configuration.ts';
import { type Connections, githubConnections } from '../src/github/api/connections.ts';
import { EVENTS, PERMISSIONS } from '../src/github/app/permissions.ts';
import { dispatchOf, githubReviews, githubSyncs } from '../src/github/index.ts';
import { githubRoutes, WEBHOOK_LIMITS } from '../src/github/routes.ts';
import { followAudit } from '../src/github/subjects/follow.ts';
import { sessionLocks } from '../src/github/subjects/locks.ts';
import { dueSubjects } from '../src/github/subjects/queue.ts';
import { markConfigured, syncAny } from '../src/github/subjects/reconcile.ts';
import { subjectWorker } from '../src/github/subjects/worker.ts';

/** The shop with its repository on the stand-in for GitHub, and our App put on it through the server's own routes. */
export interface GitHubShop {
  readonly shop: Shop;
  readonly github: StandInGitHubApi;
  readonly repository: Repository;
  readonly app: App;
  readonly connections: Connections;
  /** Works on what is dirty until nothing is; what waits for its next try is waited for. */
  settle(): Promise<void>;
  /** What the job does every few minutes, and all that comes of it. */
  reconcile(): Promise<void>;
  stop(): Promise<void>;
}

const STACKS = ['shop-staging', 'shop-production', 'web-production'] as const;

const FILES: Readonly<Record<string, string>> = {
  '.github/workflows/terraform.yml': 'on:\n  workflow_call:\n',
  '.github/workflows/change.yml': 'on:\n  workflow_dispatch:\n  pull_request:\n',
  ...Object.fromEntries(
    STACKS.map((stack) => [
      `stacks/${stack}/main.tf`,
      `terraform {\n  backend "s3" {\n    key = "${stack}"\n  }\n}\n`,
    ]),
  ),
};

export async function openGitHubShop(): Promise<GitHubShop> {
  const shop = await openShop();
  const { clock, database } = shop;
  const github = await startGitHubApi({ nowMs: clock.now, isGitHubCom: true });
  github.organization('shop', 900);
  for (const [login, { id }] of Object.entries(PEOPLE)) github.user(login, Number(id));
  github.team('shop', 'shop', ['taro', 'hanako', 'yuki']);
  const repository = github.repository({ owner: 'shop', name: 'infra', id: 700_100, files: FILES });
  const network = {
    fetch: github.fetch,
    clock,
    pause: async (ms: number) => clock.advance(ms),
    timeoutMs: 5_000,
  };
  const connections = githubConnections({ db: database.db, keyring: shop.room.keyring, network });
  const server = await serveRoutes(shop, connections);
  const app = await connect(github, repository, server.url);
  const looking = { db: database.db, pause: network.pause };
  const reviews: ReviewsPort = {
    ...githubReviews(connections),
    dispatchOf: (run) => dispatchOf(looking, run),
  };
  const room = { ...shop.room, connections };
  Object.assign(shop.room, { reviews });
  const syncs = githubSyncs({ changes: shop.room, connections });
  const held = await sessionLocks(database.url);
  if (!held.ok) throw new Error(held.error.reasons[0].message.en);
  const locks = held.value;
  const worker = subjectWorker({
    ...room,
    random: () => 0.5,
    locks,
    logger: createLogger({ level: 'error' }),
    sync: syncAny(room, syncs),
  });
  const pullRequestOf = async (plan: Parameters<typeof planInShort>[1]) =>
    (await planInShort(room, plan))?.pullRequest;
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 1_000; round += 1) {
      while (await followAudit({ ...room, pullRequestOf }));
      if ((await dueSubjects(database.db, clock.now(), 1)).length === 0) return;
      await worker.takeUp();
      await worker.idle();
    }
    throw new Error('Something stays dirty.');
  };
  return {
    ...{ shop, github, repository, app, connections, settle },
    reconcile: async () => {
      clock.advance(5 * 60_000);
      await markConfigured(room);
      await settle();
    },
    stop: async () => {
      await worker.idle();
      await locks.release();
      await server.close();
      await github.stop();
      await shop.close();
    },
  };
}

async function serveRoutes(shop: Shop, connections: Connections): Promise<RunningServer> {
  const { clock, room } = shop;
  const logger = createLogger({ level: 'error' });
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
        ...room,
        publicUrl: 'http://127.0.0.1:1',
        newSecret: () => randomBytes(32).toString('base64url'),
        newAppId: () => `gha_${uuidV7(clock.now())}`,
        connections,
        requirePerson: async () => ok(shop.person('hanako')),
        poke: () => undefined,
        received: () => undefined,
      }),
    ],
  });
  const server = await serveHttp(app, { host: '127.0.0.1', port: 0, logger });
  if (!server.ok) throw new Error(server.error.reasons[0].message.en);
  return server.value;
}

async function connect(github: StandInGitHubApi, repository: Repository, url: string): Promise<App> {
  const app = github.registerApp({
    name: 'Sekisho Shop',
    owner: 'shop',
    permissions: Object.fromEntries(PERMISSIONS.map(({ name, level }) => [name, level])),
    events: EVENTS,
    hookUrl: '',
  });
  github.install(app, 'shop', [repository]);
  const answer = await fetch(`${url}/v1/github/apps`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      host: github.host,
      appId: app.id,
      privateKey: app.privateKeyPem,
      webhookSecret: app.hook.secret,
    }),
  });
  const { id, message } = (await answer.json()) as { id?: string; message?: string };
  if (id === undefined) throw new Error(`${answer.status} ${message}`);
  app.hook.url = `${url}/v1/github/webhooks/${id}`;
  return app;
}
