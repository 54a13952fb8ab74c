import { type ExternalId, parseExternalId } from '#accounts/core';
import type { ChangesRoom } from '#changes';
import { err, ok, problem, verbatim } from '#core-values';
import { handClock, inTransaction } from '#platform';
import { type StandInGitHubApi, startGitHubApi } from '../../../demo/stand-ins/github/index.ts';
import type { Comment, PullRequest, Repository } from '../../../demo/stand-ins/github/state.ts';
import { EVENTS, EVERYTHING, tokenOf } from '../../../demo/stand-ins/github/testing.ts';
import { ask, askAll } from '../api/asking.ts';
import { type Authority, restClient } from '../api/client.ts';
import type { GitHubConnections } from '../api/port.ts';
import { insertComment } from '../store/comments.ts';
import { sha256 } from '../webhooks/events.ts';

export const FILES = {
  'stacks/shop-staging/main.tf': 'terraform {\n  backend "s3" {}\n}\n',
  'stacks/shop-production/main.tf': 'terraform {\n  backend "s3" {}\n}\n',
  'stacks/web-production/main.tf': 'terraform {\n  backend "s3" {}\n}\n',
  '.github/workflows/change.yml': 'on: workflow_dispatch\n',
};
export const CHANGE = { 'stacks/shop-staging/topic.tf': 'resource "aws_sns_topic" "orders" {}\n' };
const USERS = { taro: 42, hanako: 1002, stranger: 9 } as const;

const idOf = (words: string | number): ExternalId => {
  const id = parseExternalId(String(words));
  if (id === undefined) throw new Error('no id');
  return id;
};
export const AT = { host: 'github.com', id: idOf(700_100) };

export interface GitHubOfShop {
  readonly github: StandInGitHubApi;
  readonly repository: Repository;
  /** Of `topic`, which changes shop-staging. */
  readonly pull: PullRequest;
  readonly connections: GitHubConnections;
}

/** A GitHub with the shop's repository and one pull request; `fails` is told every route before it is asked. */
export async function gitHubOfShop(
  nowMs: () => number,
  fails: (route: string) => boolean,
): Promise<GitHubOfShop> {
  const github = await startGitHubApi({ nowMs });
  github.organization('shop', 900);
  for (const [login, id] of Object.entries(USERS)) github.user(login, id);
  const repository = github.repository({ owner: 'shop', name: 'infra', id: 700_100, files: FILES });
  const about = { name: 'Sekisho', owner: 'shop', permissions: EVERYTHING, events: EVENTS, hookUrl: '' };
  const app = github.registerApp(about);
  const installation = github.install(app, 'shop', [repository]);
  const pull = github.openPullRequest({ repository, author: 'taro', branch: 'topic', files: CHANGE });
  const token = await tokenOf({ github, app, installation, repository });
  const network = { fetch, clock: handClock(), pause: async () => undefined, timeoutMs: 5_000 };
  const client = restClient(network);
  const authority: Authority = {
    ...{ host: github.host, rateKey: 'app', scope: 'app', forget: () => undefined },
    token: async () => ok(token),
  };
  const own = { owner: 'shop', repo: 'infra' };
  const why = { rule: 'github.failed', message: verbatim('x'), remedy: verbatim('x') };
  const down = err(problem('outside-failed', why));
  const connections: GitHubConnections = {
    repository: async (at) =>
      ok({
        ...at,
        ...{ owner: 'shop', name: 'infra', defaultBranch: 'main', app: { id: app.id, slug: app.slug } },
        request: async (route, parameters) =>
          fails(route) ? down : ask(client, authority, route, { ...parameters, ...own }),
        all: async (route, parameters, most) =>
          fails(route) ? down : askAll(client, authority, route, { ...parameters, ...own }, most),
      }),
  };
  return { github, repository, pull, connections };
}

/** What the checks on a commit say, by their names. */
export const checksOn = (
  { checkRuns }: Repository,
  sha: string | undefined,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...checkRuns.values()]
      .filter(({ suite }) => suite.sha === sha)
      .map(({ name, status, conclusion }) => [name, conclusion ?? status]),
  );

/** Comments of Apps. */
export const ownCommentsOf = ({ comments }: Repository): readonly Comment[] =>
  [...comments.values()].filter(({ app }) => app !== undefined);

/** A comment as GitHub has it and its webhook told of it. */
export async function commented(
  { db, clock }: Pick<ChangesRoom, 'db' | 'clock'>,
  { github, repository }: Pick<GitHubOfShop, 'github' | 'repository'>,
  {
    number,
    author,
    body,
  }: { readonly number: number; readonly author: keyof typeof USERS; readonly body: string },
): Promise<Comment> {
  const comment = github.comment(repository, number, author, body);
  const taken = { repositoryId: AT.id, number: String(number), bodySha256: sha256(body) };
  const ids = { commentId: idOf(comment.id), authorId: idOf(USERS[author]) };
  await inTransaction(db, (tx) => insertComment(tx, AT.host, { ...taken, ...ids }, clock.now()));
  return comment;
}
