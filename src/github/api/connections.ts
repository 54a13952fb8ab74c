import { type ExternalId, parseExternalId } from '#accounts/core';
import { type Clock, err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Db, Keyring } from '#platform';
import { connectedApps, openSecrets, type SealedApp } from '../store/apps.ts';
import { type Found, forgetFound, keepFound, whereFound } from '../store/repositories.ts';
import { ask, askAll } from './asking.ts';
import { asApp, type Installations, installations, type OpenedApp, privateKeyOf } from './authorities.ts';
import { type GitHubNetwork, type RestClient, restClient } from './client.ts';
import type { GitHubConnections, GitHubRepository, RepositoryAt, Route } from './port.ts';
import { MOVED_RULE, malformedAnswer } from './problems.ts';
import type { Rate } from './rate.ts';

export interface ConnectionsOptions {
  readonly db: Db;
  readonly keyring: Pick<Keyring, 'decrypt'>;
  readonly network: GitHubNetwork;
}

export interface Connections extends GitHubConnections {
  readonly client: RestClient;
  readonly installations: Installations;
  /** The App with its key, or why it cannot be used. */
  open(app: SealedApp): Promise<Result<OpenedApp, Problem>>;
  rates(): ReadonlyMap<string, Rate>;
}

interface State extends ConnectionsOptions {
  readonly clock: Clock;
  readonly client: RestClient;
  readonly installations: Installations;
  readonly open: Connections['open'];
  /** When a host's installations were last listed because a repository was not known, by host. */
  readonly listedAt: Map<string, number>;
}

/** A repository that nobody installed the App on is asked for again and again: not more often than this. */
const LIST_EVERY_MS = 60_000;

export function githubConnections(options: ConnectionsOptions): Connections {
  const { clock } = options.network;
  const client = restClient(options.network);
  const state: State = {
    ...options,
    clock,
    client,
    installations: installations(client, clock),
    open: (app) => openApp(options.keyring, app),
    listedAt: new Map(),
  };
  return {
    client,
    installations: state.installations,
    open: state.open,
    rates: () => client.rates(),
    repository: (at) => findRepository(state, at),
  };
}

async function openApp(
  keyring: Pick<Keyring, 'decrypt'>,
  app: SealedApp,
): Promise<Result<OpenedApp, Problem>> {
  const secrets = await openSecrets(keyring, app);
  if (!secrets.ok) return secrets;
  const key = privateKeyOf(secrets.value.privateKey);
  // It was one when it was stored.
  if (key === undefined) throw new Error(`The private key of ${app.id} is none.`);
  return ok({ id: app.id, host: app.host, appId: app.appId, slug: app.slug, key });
}

async function findRepository(state: State, at: RepositoryAt): Promise<Result<GitHubRepository, Problem>> {
  const apps = (await connectedApps(state.db)).filter(({ host }) => host === at.host);
  if (apps.length === 0) return err(notConnected(at.host));
  const known = await whereFound(state.db, at);
  if (known !== undefined) {
    const reached = await reach(state, apps, known, at);
    if (reached.ok || !isGone(reached.error)) return reached;
    // The App was taken off it, or another one put on.
    await forgetFound(state.db, at);
  }
  const listed = await listAll(state, apps, at.host);
  if (!listed.ok) return listed;
  const found = await whereFound(state.db, at);
  return found === undefined ? err(notInstalled(at)) : reach(state, apps, found, at);
}

/** What GitHub answers to a token for a repository that the installation does not hold, or for an installation that is gone. */
const isGone = ({ code }: Problem): boolean => code === 'not-found' || code === 'bad-input';

async function reach(
  state: State,
  apps: readonly SealedApp[],
  { app: id, installationId }: Found,
  at: RepositoryAt,
): Promise<Result<GitHubRepository, Problem>> {
  const sealed = apps.find((app) => app.id === id);
  if (sealed === undefined) return err(notInstalled(at));
  const app = await state.open(sealed);
  return app.ok ? named(state, app.value, installationId, at, 'once more') : app;
}

/**
 * The repository by the name that it has now. The name comes with the token, by id; whether it still is that one's is asked each time
 * (mostly a 304): somebody may have taken the name since, and what is public can be read with any token.
 */
async function named(
  state: State,
  app: OpenedApp,
  installationId: number,
  at: RepositoryAt,
  tries: 'once more' | 'last',
): Promise<Result<GitHubRepository, Problem>> {
  const answer = await state.installations.tokenAnswer(app, installationId, at);
  if (!answer.ok) return answer;
  const [first, ...others] = answer.value.repositories ?? [];
  if (first === undefined || others.length > 0 || String(first.id) !== at.id)
    return err(malformedAnswer(at.host, 'access_tokens'));
  const repository = { owner: first.owner.login, name: first.name };
  const authority = state.installations.as(app, installationId, at);
  const now = await ask(state.client, authority, 'GET /repos/{owner}/{repo}', {
    owner: repository.owner,
    repo: repository.name,
  });
  const isMoved = now.ok ? String(now.value.id) !== at.id : isOtherName(now.error);
  if (isMoved && tries === 'once more') {
    state.installations.forget(app, installationId, at);
    return named(state, app, installationId, at, 'last');
  }
  if (!now.ok) return now;
  if (isMoved) return err(malformedAnswer(at.host, 'GET /repos/{owner}/{repo}'));
  // Routes of the organization have no place for them, and what has no place goes into the query.
  const under = (route: Route) =>
    route.includes('{owner}') ? { owner: repository.owner, repo: repository.name } : {};
  return ok({
    host: at.host,
    id: at.id,
    ...repository,
    defaultBranch: now.value.default_branch,
    app: { id: app.appId, slug: app.slug },
    request: (route, parameters) => ask(state.client, authority, route, { ...parameters, ...under(route) }),
    all: (route, parameters, most) =>
      askAll(state.client, authority, route, { ...parameters, ...under(route) }, most),
  });
}

const isOtherName = ({ code, reasons }: Problem): boolean =>
  code === 'not-found' || reasons[0].rule === MOVED_RULE;

/** Keeps which repositories each installation of a host's Apps holds. */
async function listAll(
  state: State,
  apps: readonly SealedApp[],
  host: string,
): Promise<Result<void, Problem>> {
  const now = state.clock.now();
  if (now - (state.listedAt.get(host) ?? Number.NEGATIVE_INFINITY) < LIST_EVERY_MS) return ok(undefined);
  for (const sealed of apps) {
    const app = await state.open(sealed);
    if (!app.ok) return app;
    const all = await askAll(state.client, asApp(state.clock, app.value), 'GET /app/installations', {});
    if (!all.ok) return all;
    for (const { id, suspended_at } of all.value) {
      if (typeof suspended_at === 'string') continue;
      const kept = await listInstallation(state, app.value, id);
      if (!kept.ok) return kept;
    }
  }
  state.listedAt.set(host, now);
  return ok(undefined);
}

async function listInstallation(
  { client, clock, db, installations: all }: State,
  app: OpenedApp,
  installationId: number,
): Promise<Result<void, Problem>> {
  const repositories = await askAll(
    client,
    all.as(app, installationId),
    'GET /installation/repositories',
    {},
    100_000,
  );
  if (!repositories.ok) return repositories;
  const ids = repositories.value
    .map(({ id }) => parseExternalId(String(id)))
    .filter((id): id is ExternalId => id !== undefined);
  await keepFound(db, app.host, { app: app.id, installationId }, { ids, at: clock.now() });
  return ok(undefined);
}

const notConnected = (host: string): Problem =>
  problem('not-found', {
    rule: 'github.not-connected',
    message: text(`No GitHub App of ${host} is connected.`, `${host} の GitHub App が接続されていません。`),
    remedy: text(
      'An administrator connects one: `sekisho github connect` (docs/github-app.md).',
      '管理者が `sekisho github connect` で接続してください(docs/github-app.ja.md)。',
    ),
  });

const notInstalled = ({ host, id }: RepositoryAt): Problem =>
  problem('not-found', {
    rule: 'github.not-installed',
    message: text(
      `The GitHub App is not installed on the repository with the id ${id} of ${host}.`,
      `${host} の ID ${id} のリポジトリに GitHub App がインストールされていません。`,
    ),
    remedy: text(
      'Add the repository to the installation: `sekisho github check` has the address.',
      'インストールの対象にリポジトリを追加してください。設定ページのアドレスは `sekisho github check` で確認できます。',
    ),
  });
