import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ok } from '#core-values';
import { addCommit, commitOf, merged } from '../../../demo/stand-ins/github/git.ts';
import type { PullRequest } from '../../../demo/stand-ins/github/state.ts';
import { HARMLESS, openShop, type Shop } from '../../changes/testing/shop.ts';
import type { GitHubConnections, GitHubRepository } from '../api/port.ts';
import { githubSyncs } from '../syncs.ts';
import { AT, checksOn, type GitHubOfShop, gitHubOfShop } from '../testing/shop-on-github.ts';

let shop: Shop;
let nowMs = Date.now();
let there: GitHubOfShop;
let failing: string | undefined;

beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  failing = undefined;
  there = await gitHubOfShop(
    () => nowMs,
    (route) => failing !== undefined && route.includes(failing),
  );
});
afterEach(async () => {
  const complaints = there.github.complaints();
  await there.github.stop();
  expect(complaints).toEqual([]);
});
afterAll(() => shop.close());

const STAGING = 'sekisho: shop-staging';
const EVIL = { 'stacks/shop-production/evil.tf': '# evil\n' };
const sync = async ({ issue }: PullRequest = there.pull) => {
  nowMs += 5_000;
  const { connections } = there;
  const subject = { kind: 'pull-request', at: AT, key: String(issue.number) } as const;
  return githubSyncs({ changes: shop.room, connections })['pull-request'](
    subject,
    new AbortController().signal,
  );
};
const tip = (): string => there.repository.branches.get('main') ?? '';
const head = (): string => there.repository.branches.get('topic') ?? '';
/** The plan of the pull request is approved: its own checks pass. */
const approved = async (): Promise<void> => {
  const merge = head().replace(/^./, '0');
  shop.github.merges(merge, head());
  const of = { ref: `refs/pull/${there.pull.issue.number}/merge`, event_name: 'pull_request', sha: merge };
  const plan = await shop.uploaded('shop-staging', {
    changes: HARMLESS,
    claims: { ...of, run_id: '100', run_number: '100' },
  });
  await shop.decide(plan, 'hanako');
};

interface Made {
  readonly base?: string;
  /** Instead of the base and the head. */
  readonly parents?: readonly string[];
  readonly extra?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly pull?: PullRequest;
}
const committed = (parents: readonly string[], files: ReadonlyMap<string, string>): string => {
  const { github, repository } = there;
  return addCommit(github.state, repository, { ...{ author: 'taro', message: 'm' }, parents, files }).sha;
};
/** A commit with this pull request's change, and the branch that whoever may push names like the queue's. */
const made = ({ base = tip(), parents, extra = {}, name = base, pull = there.pull }: Made = {}): string => {
  const { repository } = there;
  const files = merged(repository, base, pull.head.sha) ?? new Map<string, string>();
  const sha = committed(parents ?? [base, pull.head.sha], new Map([...files, ...Object.entries(extra)]));
  repository.branches.set(`gh-readonly-queue/main/pr-${pull.issue.number}-${name}`, sha);
  return sha;
};
const shown = (sha: string) => checksOn(there.repository, sha);
const titles = (sha: string) => [
  ...new Set(
    [...there.repository.checkRuns.values()]
      .filter(({ suite }) => suite.sha === sha)
      .map(({ output }) => output.title),
  ),
];

test('a merge, a squash and a rebase of what was judged onto the base show that it passed', async () => {
  await approved();
  const merge = made();
  await sync();
  expect(shown(merge)).toMatchObject({ sekisho: 'success', [STAGING]: 'success' });
  const squash = made({ parents: [tip()] });
  await sync();
  expect(shown(squash)).toMatchObject({ sekisho: 'success', [STAGING]: 'success' });
  there.github.push(there.repository, 'taro', 'topic', { 'README.md': 'more\n' });
  await approved();
  const first = committed([tip()], commitOf(there.repository, tip()).files);
  const rebase = made({ parents: [first] });
  await sync();
  expect(shown(rebase)).toMatchObject({ sekisho: 'success', [STAGING]: 'success' });
});

test('a commit with another change for a stack passes nothing, and says what it differs in', async () => {
  await approved();
  const sha = made({ extra: EVIL });
  await sync();
  expect(shown(head()).sekisho).toBe('success');
  expect(new Set(Object.values(shown(sha)))).toEqual(new Set(['failure']));
  expect(titles(sha)).toEqual(['Not the change that was judged']);
  for (const of of [
    { extra: EVIL, parents: [tip()] },
    { extra: { 'stacks/shop-staging/topic.tf': '# other\n' } },
  ]) {
    const other = made(of);
    await sync();
    expect(shown(other).sekisho).toBe('failure');
  }
});

test('what came to the base since, in files that no stack uses, is no other change', async () => {
  await approved();
  there.github.push(there.repository, 'hanako', 'main', { 'notes.md': 'Notes.\n' });
  const sha = made({ extra: { 'notes.md': 'Notes of the queue.\n' } });
  await sync();
  expect(shown(sha).sekisho).toBe('success');
});

test('a branch that only bears the queue’s name passes nothing', async () => {
  await approved();
  const { github, repository } = there;
  const old = tip();
  github.push(repository, 'hanako', 'main', { 'notes.md': 'Notes.\n' });
  github.push(repository, 'taro', 'evil', EVIL);
  const evil = repository.branches.get('evil') ?? '';
  const forged: Readonly<Record<string, Made>> = {
    'named after nothing': { name: 'x' },
    'on a commit that is not of the base': { base: evil },
    'not built on what its name says': { base: old, parents: [tip()] },
    'with a history of its own': { base: old, parents: [old, evil] },
    'with a third parent': { base: old, parents: [old, head(), evil] },
    'of more commits than the pull request has': { base: old, parents: [committed([old], new Map())] },
  };
  for (const [why, of] of Object.entries(forged)) {
    const sha = made(of);
    await sync();
    expect(shown(sha).sekisho, why).toBe('failure');
    expect(titles(sha), why).toEqual(['Not a commit of the merge queue']);
  }
});

test('a forged branch changes nothing of another pull request’s checks', async () => {
  const { github, repository } = there;
  const other = github.openPullRequest({ repository, author: 'taro', branch: 'evil', files: EVIL });
  await sync(other);
  const before = shown(other.head.sha);
  expect(before.sekisho).toBe('queued');
  await approved();
  repository.branches.set(
    `gh-readonly-queue/main/pr-${there.pull.issue.number}-${'0'.repeat(40)}`,
    other.head.sha,
  );
  await sync();
  expect(shown(other.head.sha)).toEqual(before);
});

test('in a group a commit waits for the pull request in front, and passes after it', async () => {
  const { github, repository } = there;
  const other = github.openPullRequest({
    repository,
    author: 'taro',
    branch: 'notes',
    files: { 'a.md': 'A.\n' },
  });
  await approved();
  const front = made({ pull: other });
  const behind = made({ base: front });
  // Whichever of the two its name is taken from.
  const alike = made({ base: front, name: tip() });
  await sync();
  expect([shown(behind).sekisho, shown(alike).sekisho]).toEqual(['queued', 'queued']);
  expect(titles(behind)).toEqual(['Waits for the pull request in front']);
  await sync(other);
  expect(shown(front).sekisho).toBe('success');
  await sync();
  expect(shown(behind)).toMatchObject({ sekisho: 'success', [STAGING]: 'success' });
  expect(shown(alike)).toMatchObject({ sekisho: 'success', [STAGING]: 'success' });
});

test('an unapproved change in front lets nothing behind it pass, by whatever branches', async () => {
  const { github, repository } = there;
  const evil = github.openPullRequest({ repository, author: 'taro', branch: 'evil', files: EVIL });
  await approved();
  const front = made({ pull: evil });
  const behind = made({ base: front });
  await sync(evil);
  await sync();
  expect(shown(front).sekisho).toBe('queued');
  expect(shown(behind).sekisho).toBe('queued');
});

test('a commit whose files cannot be listed passes nothing', async () => {
  await approved();
  const sha = made();
  const { repository: connect } = there.connections;
  const connections: GitHubConnections = {
    repository: async (at) => {
      const one = await connect(at);
      if (!one.ok) return one;
      const request: GitHubRepository['request'] = async (route, parameters) => {
        const answer = await one.value.request(route, parameters);
        const isTree = 'tree_sha' in parameters && parameters.tree_sha === sha;
        if (isTree && answer.ok) Object.assign(Object(answer.value), { truncated: true });
        return answer;
      };
      return ok({ ...one.value, request });
    },
  };
  there = { ...there, connections };
  await sync();
  expect(shown(head()).sekisho).toBe('success');
  expect(shown(sha).sekisho).toBe('failure');
  expect(titles(sha)).toEqual(['Cannot be compared with what was judged']);
});

test('while GitHub does not answer nothing is said of the queue', async () => {
  await approved();
  const sha = made();
  for (const route of ['git/ref/', 'matching-refs']) {
    failing = route;
    expect((await sync()).ok, route).toBe(false);
    expect(shown(sha)).toEqual({});
  }
  failing = undefined;
  await sync();
  expect(shown(sha).sekisho).toBe('success');
});
