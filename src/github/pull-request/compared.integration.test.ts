import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ok } from '#core-values';
import { openShop, type Shop } from '../../changes/testing/shop.ts';
import { githubSyncs } from '../syncs.ts';
import {
  AT,
  CHANGE,
  checksOn,
  commented,
  FILES,
  type GitHubOfShop,
  gitHubOfShop,
  ownCommentsOf,
} from '../testing/shop-on-github.ts';

let shop: Shop;
let nowMs = Date.now();
let there: GitHubOfShop;
let requests: string[];

beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  requests = [];
  there = await gitHubOfShop(
    () => nowMs,
    (route) => requests.push(route) === 0,
  );
});
afterEach(async () => {
  const complaints = there.github.complaints();
  await there.github.stop();
  expect(complaints).toEqual([]);
});
afterAll(() => shop.close());

const sync = async ({ issue } = there.pull) => {
  nowMs += 5_000;
  const { connections } = there;
  const subject = { kind: 'pull-request', at: AT, key: String(issue.number) } as const;
  return githubSyncs({ changes: shop.room, connections })['pull-request'](
    subject,
    new AbortController().signal,
  );
};
const checks = () => checksOn(there.repository, there.repository.branches.get('topic'));
const comment = (): string => ownCommentsOf(there.repository)[0]?.body ?? '';

test('after the base moved, what is affected is what the job of the merge commit finds', async () => {
  const { github, repository } = there;
  const production = 'stacks/shop-production/main.tf';
  const queue = { source: '../../modules/queue', file: 'modules/queue/main.tf' };
  github.push(repository, 'hanako', 'main', {
    [production]: `${FILES[production]}module "queue" {\n  source = "${queue.source}"\n}\n`,
    [queue.file]: 'variable "name" {}\n',
  });
  github.push(repository, 'taro', 'topic', { [queue.file]: 'variable "name" {}\n' });
  await sync();
  // The base has the same file already.
  expect(checks()['sekisho: shop-production']).toBe('success');
  github.push(repository, 'hanako', 'main', { 'modules/queue/README.md': 'Queues.\n' });
  github.push(repository, 'taro', 'topic', { 'modules/queue/outputs.tf': 'output "arn" { value = 1 }\n' });
  await sync();
  expect(checks()['sekisho: shop-production']).toBe('queued');
  expect(comment()).toContain('modules/queue/outputs.tf changed');
});

test('a conflict is said, since no job starts, and the branch alone is judged', async () => {
  const { github, repository } = there;
  const file = 'stacks/shop-staging/topic.tf';
  github.push(repository, 'hanako', 'main', { [file]: '# theirs\n', 'stacks/web-production/x.tf': '# x\n' });
  await sync();
  expect(comment()).toContain('**The branch conflicts with its base**');
  expect(checks()).toMatchObject({
    'sekisho: shop-staging': 'queued',
    'sekisho: web-production': 'success',
  });
});

test('nothing of a fork is read: every check says why, and a command does nothing', async () => {
  const { github, repository } = there;
  const fork = github.fork(repository, 'stranger');
  const pull = github.openPullRequest({
    repository,
    author: 'stranger',
    branch: 'theirs',
    files: CHANGE,
    fork,
  });
  await sync(pull);
  expect(requests.filter((route) => /git\/(?:trees|blobs|commits)|compare/.test(route))).toEqual([]);
  const shown = [...repository.checkRuns.values()].filter(({ suite }) => suite.sha === pull.head.sha);
  expect(shown.map(({ name }) => name).toSorted()).toEqual([
    'sekisho',
    'sekisho: shop-production',
    'sekisho: shop-staging',
    'sekisho: web-production',
  ]);
  for (const { conclusion, output } of shown) {
    expect(conclusion).toBe('action_required');
    expect(output.summary).toContain('It comes from a fork');
  }
  expect(comment()).toContain('Sekisho reads nothing of it');
  nowMs += 5_000;
  await commented(shop.room, there, { number: pull.issue.number, author: 'taro', body: '/sekisho plan' });
  await sync(pull);
  expect(github.state.dispatches).toEqual([]);
  expect(await shop.audited('command.refused')).toMatchObject({ reasons: [{ rule: 'command.fork' }] });
  github.close(repository, pull.issue.number, 'stranger');
  expect(await sync(pull)).toEqual(ok({ isOpen: false }));
});
