import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { HARMLESS, openShop, type Shop } from '../../changes/testing/shop.ts';
import { githubSyncs } from '../syncs.ts';
import { AT, checksOn, type GitHubOfShop, gitHubOfShop } from '../testing/shop-on-github.ts';

let shop: Shop;
let nowMs = Date.now();
let there: GitHubOfShop;

beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  shop.clock.advance(Math.max(0, nowMs - shop.clock.now()) + 1_000);
  there = await gitHubOfShop(
    () => nowMs,
    () => false,
  );
  const merge = head().replace(/^./, '0');
  shop.github.merges(merge, head());
  const of = { ref: `refs/pull/${there.pull.issue.number}/merge`, event_name: 'pull_request', sha: merge };
  const claims = { ...of, run_id: '100', run_number: '100' };
  await shop.decide(await shop.uploaded('shop-staging', { changes: HARMLESS, claims }), 'hanako');
  await sync();
});
afterEach(async () => {
  const complaints = there.github.complaints();
  await there.github.stop();
  expect(complaints).toEqual([]);
});
afterAll(() => shop.close());

const head = (): string => there.repository.branches.get('topic') ?? '';
const sync = async () => {
  nowMs += 5_000;
  const { connections, pull } = there;
  const subject = { kind: 'pull-request', at: AT, key: String(pull.issue.number) } as const;
  return githubSyncs({ changes: shop.room, connections })['pull-request'](
    subject,
    new AbortController().signal,
  );
};
const checks = () => checksOn(there.repository, head());
const merged = (method: 'merge' | 'squash' = 'merge') => {
  const { github, repository, pull } = there;
  return github.merge(repository, pull.issue.number, 'taro', method);
};

const mergeOf = async (run: string) => {
  shop.clock.advance(Math.max(0, nowMs - shop.clock.now()) + 1_000);
  const sha = there.repository.branches.get('main') ?? '';
  const claims = { sha, run_id: run, run_number: run };
  const plan = await shop.uploaded('shop-staging', { changes: HARMLESS, claims });
  const granted = await shop.grant(plan, claims);
  if (!granted.ok) throw new Error(granted.error.problem.reasons[0].message.en);
  await shop.fetch(granted.value);
  return granted.value;
};
const titleOf = (name = 'sekisho: shop-staging'): string | null | undefined =>
  [...there.repository.checkRuns.values()].findLast((run) => run.suite.sha === head() && run.name === name)
    ?.output.title;

test('after the merge the head’s checks say what became of it: applied, or failed', async () => {
  expect(titleOf()).toMatch(/^approved/);
  merged();
  await sync();
  expect(titleOf()).toMatch(/^approved/);
  const grant = await mergeOf('900');
  await sync();
  expect(titleOf()).toMatch(/^approved/);
  await shop.report(grant, 'failed');
  await sync();
  expect(titleOf()).toMatch(/^apply failed/);
  expect(checks()).toMatchObject({ sekisho: 'failure', 'sekisho: shop-staging': 'failure' });
});

test('an apply that is done is shown on the head, on the checks that it carries already', async () => {
  merged();
  const grant = await mergeOf('900');
  const [run] = there.repository.checkRuns.keys();
  await shop.report(grant);
  there.repository.checkRuns.delete(run ?? 0);
  const before = there.repository.checkRuns.size;
  await sync();
  expect(titleOf()).toMatch(/^applied/);
  expect(there.repository.checkRuns.size).toBe(before);
});

test('after the merge an open pull request of the same commit keeps the checks that it is required to pass', async () => {
  merged('squash');
  const { github, repository } = there;
  const again = { repository, author: 'taro', branch: 'again', files: {} };
  const other = github.openPullRequest(again);
  repository.branches.set('again', head());
  other.head.sha = head();
  await shop.report(await mergeOf('900'), 'failed');
  await sync();
  expect(checks().sekisho).toBe('success');
  github.close(repository, other.issue.number, 'taro');
  await sync();
  expect(checks().sekisho).toBe('failure');
});
