import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { err, ok, problem, verbatim } from '#core-values';
import type { StandInGitHubApi } from '../../../demo/stand-ins/github/index.ts';
import type { Comment, PullRequest, Repository } from '../../../demo/stand-ins/github/state.ts';
import {
  HARMLESS,
  LOSES_DATA,
  openShop,
  type Shop,
  type StackAtShop,
  type UploadAtShop,
} from '../../changes/testing/shop.ts';
import type { GitHubConnections } from '../api/port.ts';
import { githubSyncs } from '../syncs.ts';
import { AT, CHANGE, checksOn, commented, gitHubOfShop, ownCommentsOf } from '../testing/shop-on-github.ts';

let shop: Shop;
/** GitHub’s clock: the App’s own tokens are made by the machine’s, from which it goes on by hand. */
let nowMs = Date.now();
let github: StandInGitHubApi;
let repository: Repository;
let pull: PullRequest;
let connections: GitHubConnections;
/** A route that fails from now on, by its words. */
let failing: string | undefined;
let requests: string[];

const fails = (route: string): boolean => {
  requests.push(route);
  return failing !== undefined && route.includes(failing);
};
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  failing = undefined;
  requests = [];
  ({ github, repository, pull, connections } = await gitHubOfShop(() => nowMs, fails));
});
afterEach(async () => {
  const complaints = github.complaints();
  await github.stop();
  expect(complaints).toEqual([]);
});
afterAll(() => shop.close());

const head = (): string => repository.branches.get('topic') ?? '';
const tick = (seconds = 5): void => {
  nowMs += seconds * 1_000;
};

/** A plan as the pull request's own job uploads it. */
const planned = (stack: StackAtShop = 'shop-staging', options: UploadAtShop = {}) => {
  const merge = head().replace(/^./, '0');
  shop.github.merges(merge, head());
  const run = String(100 + requests.length);
  const of = { ref: `refs/pull/${pull.issue.number}/merge`, event_name: 'pull_request', sha: merge };
  const claims = { ...of, run_id: run, run_number: run };
  return shop.uploaded(stack, { changes: HARMLESS, claims, ...options });
};

const sync = async (kind: 'pull-request' | 'drift' = 'pull-request', key = String(pull.issue.number)) => {
  tick();
  const syncs = githubSyncs({ changes: shop.room, connections });
  return syncs[kind]({ kind, at: AT, key }, new AbortController().signal);
};
const comments = (): readonly Comment[] => ownCommentsOf(repository);
const checks = () => checksOn(repository, head());
const written = async (author: 'taro' | 'hanako' | 'stranger', body: string): Promise<Comment> => {
  tick();
  const { number } = pull.issue;
  const comment = await commented(shop.room, { github, repository }, { number, author, body });
  tick();
  return comment;
};
const answer = (): string =>
  comments().find(({ body }) => body.startsWith('<!-- sekisho:answer'))?.body ?? '';
const changing = (): readonly string[] => requests.filter((route) => !route.startsWith('GET'));

test('a pull request shows one comment and a check for each stack, and is left alone while nothing changes', async () => {
  expect(await sync()).toEqual(ok({ isOpen: true }));
  expect(comments()).toHaveLength(1);
  expect(comments()[0]?.body).toContain('the CI plans `shop-staging`');
  expect(checks()).toEqual({
    sekisho: 'queued',
    'sekisho: shop-staging': 'queued',
    'sekisho: shop-production': 'success',
    'sekisho: web-production': 'success',
  });
  const plan = await planned();
  await sync();
  expect(comments()).toHaveLength(1);
  expect(comments()[0]?.body).toContain(`sekisho approve ${plan.id}`);
  expect(checks()['sekisho: shop-staging']).toBe('action_required');
  requests = [];
  await sync();
  expect(changing()).toEqual([]);
});

test('a second pull request of the same commit, for a branch of one’s own, makes nothing of the first one pass', async () => {
  github.push(repository, 'taro', 'mine', CHANGE);
  const { issue } = github.openPullRequest({
    ...{ repository, author: 'taro', branch: 'topic', files: {}, base: 'mine' },
  });
  await sync();
  await sync('pull-request', String(issue.number));
  expect(checks()).toMatchObject({
    ...{ sekisho: 'queued', 'sekisho: shop-staging': 'queued' },
    ...{ 'sekisho → mine': 'success', 'sekisho: shop-staging → mine': 'success' },
  });
});

test('an approved plan passes its check; a push asks for a new plan and shows that none of the old counts', async () => {
  const plan = await planned();
  await shop.decide(plan, 'hanako');
  await sync();
  expect(checks()).toMatchObject({ sekisho: 'success', 'sekisho: shop-staging': 'success' });
  github.push(repository, 'taro', 'topic', { 'stacks/shop-staging/more.tf': '# more\n' });
  await sync();
  expect(checks()).toMatchObject({ sekisho: 'queued', 'sekisho: shop-staging': 'queued' });
});

test('a change of a stack’s other folder after approval is no part of it (Atlantis 1508)', async () => {
  const plan = await planned();
  await shop.decide(plan, 'hanako');
  github.push(repository, 'taro', 'topic', { 'stacks/shop-production/x.tf': '# x\n' });
  await sync();
  expect(checks()['sekisho: shop-production']).toBe('queued');
  expect(checks().sekisho).toBe('queued');
});

test('a deleted folder never passes and nothing plans it (Atlantis 1122)', async () => {
  github.push(repository, 'taro', 'topic', { 'stacks/web-production/main.tf': null });
  await sync();
  expect(checks()['sekisho: web-production']).toBe('action_required');
  expect(comments()[0]?.body).toContain('nothing is destroyed by that');
});

test('while GitHub does not answer nothing is shown, and afterwards everything is', async () => {
  for (const route of [
    'git/trees',
    'git/blobs',
    'git/commits',
    'pulls/',
    'issues/{issue_number}/comments',
    'check-runs',
  ]) {
    failing = route;
    expect((await sync()).ok, route).toBe(false);
  }
  failing = undefined;
  expect((await sync()).ok).toBe(true);
  expect(comments()).toHaveLength(1);
  expect(checks().sekisho).toBe('queued');
});

test('a lookup that fails for good lets nothing pass, and the comment says which', async () => {
  await planned();
  const { repository: connect } = connections;
  connections = {
    repository: async (at) => {
      const there = await connect(at);
      if (!there.ok) return there;
      const gone = err(
        problem('not-found', {
          rule: 'github.not-found',
          message: verbatim('No such tree'),
          remedy: verbatim('Look'),
        }),
      );
      return ok({
        ...there.value,
        request: async (route, parameters) =>
          route.includes('git/trees') ? gone : there.value.request(route, parameters),
      });
    },
  };
  await sync();
  expect(new Set(Object.values(checks()))).toEqual(new Set(['failure']));
  expect(comments()[0]?.body).toContain('No such tree');
});

test('a merged pull request follows its apply, shows the deployment, and is then left', async () => {
  github.merge(repository, pull.issue.number, 'taro');
  expect(await sync()).toEqual(ok({ isOpen: true }));
  const merge = repository.branches.get('main') ?? '';
  shop.clock.advance(Math.max(0, nowMs - shop.clock.now()) + 1_000);
  const plan = await shop.uploaded('shop-staging', {
    changes: HARMLESS,
    claims: { sha: merge, run_id: '900', run_number: '900' },
  });
  await shop.decide(plan, 'hanako');
  const granted = await shop.grant(plan, { sha: merge, run_id: '900', run_number: '900' });
  if (!granted.ok) throw new Error(granted.error.problem.reasons[0].message.en);
  await sync();
  await shop.fetch(granted.value);
  await shop.report(granted.value);
  expect(await sync()).toEqual(ok({ isOpen: false }));
  const [deployment] = [...repository.deployments.values()];
  expect(deployment).toMatchObject({ environment: 'staging/shop-staging', sha: merge });
  expect(deployment?.statuses.map(({ state }) => state)).toEqual(['in_progress', 'success']);
  expect(comments()[0]?.body).toContain('**Done:** everything is applied.');
  requests = [];
  await sync();
  expect(changing()).toEqual([]);
});

test('a review that approves is heard, and so is its withdrawal', async () => {
  const approval = { team: 'shop', accept: ['signature', 'review'] };
  shop.reconfigure(({ stacks }) => stacks.forEach((stack) => void Object.assign(stack, { approval })));
  await planned();
  const hanako = { id: '1002', login: 'hanako' };
  shop.clock.advance(1_000);
  const { id } = shop.github.review(pull.issue.number, hanako, 'approved', head());
  await sync();
  expect(checks()['sekisho: shop-staging']).toBe('success');
  shop.github.dismiss(id);
  await sync();
  expect(checks()['sekisho: shop-staging']).toBe('action_required');
});

test('a review that asks for changes is said to be one, by whom, whoever else approves', async () => {
  const approval = { team: 'shop', accept: ['signature', 'review'] };
  shop.reconfigure(({ stacks }) => stacks.forEach((stack) => void Object.assign(stack, { approval })));
  const plan = await planned();
  await shop.decide(plan, 'hanako');
  shop.clock.advance(1_000);
  const kenji = { id: '1004', login: 'kenji' };
  shop.github.review(pull.issue.number, kenji, 'changes-requested', head());
  await sync();
  expect(checks()['sekisho: shop-staging']).toBe('action_required');
  expect(comments()[0]?.body).toContain('kenji asked for changes to `shop-staging`');
  const check = [...repository.checkRuns.values()].find(({ name }) => name === 'sekisho: shop-staging');
  expect(check?.output.title).toMatch(/^changes requested/);
  expect(check?.output.summary).toContain('**kenji asked for changes**');
});

test('the comment names who can approve: of the team, not the author, with a key unless reviews count', async () => {
  await planned();
  await sync();
  const [first] = comments()[0]?.body.split('\n').slice(1) ?? [];
  expect(first).toContain('team shop (hanako');
  expect(first).not.toContain('taro');
  expect(first).not.toContain('@');
});

test('a merge queue’s commit shows the same checks', async () => {
  const plan = await planned();
  await shop.decide(plan, 'hanako');
  const queued = github.enqueue(repository, pull.issue.number, 'taro');
  await sync();
  const shown = [...repository.checkRuns.values()].filter(({ suite }) => suite.sha === queued.sha);
  expect(shown.find(({ name }) => name === 'sekisho')?.conclusion).toBe('success');
});

test('a comment of somebody else that looks like ours is not taken for it', async () => {
  github.comment(
    repository,
    pull.issue.number,
    'stranger',
    '<!-- sekisho:pull-request -->\nAll is approved.',
  );
  await sync();
  expect(comments()).toHaveLength(1);
});

test('/sekisho plan starts the protected workflow of the default branch for exactly the commit that was seen', async () => {
  await sync();
  await written('taro', '/sekisho plan');
  await sync();
  expect(github.state.dispatches).toMatchObject([
    {
      workflow: 'change.yml',
      ref: 'refs/heads/main',
      inputs: {
        stacks: 'shop-staging',
        'pull-request': String(pull.issue.number),
        commit: head(),
        purpose: 'plan',
      },
    },
  ]);
  expect(await shop.audited('command.followed')).toMatchObject({
    actor: { name: 'taro' },
    evidence: { command: 'plan', commit: head() },
  });
  expect(answer()).toContain('Started the protected workflow');
  await sync();
  expect(github.state.dispatches).toHaveLength(1);
});

test('a command on a commit that was not shown when it was written does nothing (attack 7)', async () => {
  await sync();
  const comment = await written('taro', '/sekisho plan');
  github.push(repository, 'taro', 'topic', { 'stacks/shop-staging/evil.tf': '# evil\n' });
  await sync();
  expect(github.state.dispatches).toEqual([]);
  expect(answer()).toContain('The branch moved');
  expect(comment.reactions.map(({ content }) => content)).toEqual(['-1']);
  expect(await shop.audited('command.refused')).toMatchObject({
    reasons: [{ rule: 'command.commit-moved' }],
  });
  await sync();
  await written('taro', '/sekisho plan');
  await sync();
  expect(github.state.dispatches).toHaveLength(1);
});

test('a command of somebody whom sekisho.yaml does not know does nothing, and is not answered', async () => {
  await sync();
  await written('stranger', '/sekisho plan');
  await sync();
  expect(github.state.dispatches).toEqual([]);
  expect(await shop.audited('command.refused')).toMatchObject({
    reasons: [{ rule: 'command.unknown-person' }],
  });
});

test('a comment that was edited does nothing', async () => {
  await sync();
  const comment = await written('taro', '/sekisho explain');
  github.editComment(repository, comment, 'taro', '/sekisho plan');
  await sync();
  expect(github.state.dispatches).toEqual([]);
  expect(answer()).toContain('changed after it was written');
});

test('/sekisho apply is refused for what is applied after the merge, and for what is not approved', async () => {
  await planned();
  await sync();
  await written('taro', '/sekisho apply shop-staging');
  await sync();
  expect(answer()).toContain('is applied once this is merged');
  expect(github.state.dispatches).toEqual([]);
});

test('/sekisho approve approves nothing: it says how to sign', async () => {
  const plan = await planned('shop-staging', { changes: LOSES_DATA });
  await sync();
  await written('hanako', '/sekisho approve');
  await sync();
  expect(answer()).toContain(`sekisho approve ${plan.id}`);
  expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
});

test('/sekisho cancel cancels as the use-case allows', async () => {
  const plan = await planned();
  await sync();
  await written('taro', '/sekisho cancel');
  await sync();
  expect((await shop.stored(plan.id)).state).toBe('cancelled');
  expect(checks()['sekisho: shop-staging']).toBe('action_required');
});

test('a drifted stack has one issue, which closes by itself and opens again', async () => {
  const scheduled = (run: string, changes: UploadAtShop['changes'] = HARMLESS) => {
    const claims = { event_name: 'schedule', run_id: run, run_number: run };
    return shop.uploaded('shop-staging', { changes, applyable: changes.length > 0, claims });
  };
  const plan = { events: ['schedule'], refs: ['refs/heads/main'] };
  shop.reconfigure(({ stacks }) => stacks.forEach((stack) => void Object.assign(stack, { plan })));
  const issues = () =>
    [...repository.issues.values()].filter(({ app }) => app !== undefined).map(({ state }) => state);
  await scheduled('500');
  expect(await sync('drift', 'shop-staging')).toEqual(ok({ isOpen: false }));
  await sync('drift', 'shop-staging');
  expect(issues()).toEqual(['open']);
  expect((await scheduled('501', [])).state).toBe('no-changes');
  expect(await sync('drift', 'shop-staging')).toEqual(ok({ isOpen: false }));
  expect(issues()).toEqual(['closed']);
  await scheduled('502');
  await sync('drift', 'shop-staging');
  expect(issues()).toEqual(['open']);
  requests = [];
  await sync('drift', 'shop-staging');
  expect(changing()).toEqual([]);
});
