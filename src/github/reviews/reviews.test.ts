import { expect, test } from 'vitest';
import { type IssuerName, parseExternalId } from '#accounts/core';
import { err, ok, type Problem, problem, type Result, verbatim } from '#core-values';
import { ask, askAll } from '../api/asking.ts';
import { type Authority, restClient } from '../api/client.ts';
import type { GitHubConnections } from '../api/port.ts';
import { fakeNetwork, json } from '../testing/fake-network.ts';
import { githubReviews } from './reviews.ts';

const HEAD = 'a1'.repeat(20);
const MERGE = 'b1'.repeat(20);
const repositoryId = parseExternalId('700100') ?? expect.unreachable();
const issuer = { name: 'github' as IssuerName, url: 'https://token.actions.githubusercontent.com' };
const place = { issuer, repositoryId, pullRequest: 7 };
const hanako = { id: 1002, login: 'hanako' };
const taro = { id: 42, login: 'taro' };
const SHOP = { owner: 'shop', repo: 'infra' };

/** Answers by path below the repository, as GitHub would. */
function reviewsOf(answers: Readonly<Record<string, unknown>>) {
  const network = fakeNetwork(({ url }) => {
    const path = new URL(url).pathname.replace('/repos/shop/infra', '');
    return path in answers ? json(answers[path]) : json({ message: 'Not Found' }, { status: 404 });
  });
  const client = restClient(network);
  const authority: Authority = {
    ...{ host: 'github.com', rateKey: 'app/1', scope: 'app/1/7', forget: () => undefined },
    token: async () => ok('ghs_token'),
  };
  const connections: GitHubConnections = {
    repository: async (at) =>
      at.host === 'github.com' && at.id === repositoryId
        ? ok({
            ...at,
            ...{ owner: 'shop', name: 'infra', defaultBranch: 'main', app: { id: 1, slug: 'sekisho' } },
            request: (route, parameters) => ask(client, authority, route, { ...parameters, ...SHOP }),
            all: (route, parameters, most) =>
              askAll(client, authority, route, { ...parameters, ...SHOP }, most),
          })
        : err(problem('not-found', { rule: 'x', message: verbatim('x'), remedy: verbatim('x') })),
  };
  return githubReviews(connections);
}

const review = (id: number, state: string, more: object = {}) => ({
  ...{ id, state, user: hanako, commit_id: HEAD, submitted_at: '2026-11-23T08:00:00Z' },
  html_url: `https://github.com/shop/infra/pull/7#pullrequestreview-${id}`,
  ...more,
});
const ruleOf = (result: Result<unknown, Problem>): string =>
  result.ok ? 'fine' : result.error.reasons[0].rule;

test('Reviews are read with who, what, which commit and when', async () => {
  const port = reviewsOf({ '/pulls/7/reviews': [review(1, 'APPROVED')] });
  expect(await port.reviewsOf(place)).toEqual(
    ok([
      {
        ...{ id: '1', by: { id: '1002', login: 'hanako' }, state: 'approved', commit: HEAD },
        at: Date.UTC(2026, 10, 23, 8),
        url: 'https://github.com/shop/infra/pull/7#pullrequestreview-1',
      },
    ]),
  );
});

test('What is not submitted, or of a deleted user, is nobody’s word; a state that is not known approves nothing', async () => {
  const port = reviewsOf({
    '/pulls/7/reviews': [
      review(1, 'PENDING', { submitted_at: undefined }),
      review(2, 'APPROVED', { user: null }),
      review(3, 'CHANGES_REQUESTED'),
      review(4, 'COMMENTED'),
      review(5, 'DISMISSED'),
      review(6, 'BLESSED'),
      review(7, 'APPROVED', { commit_id: null }),
    ],
  });
  const read = await port.reviewsOf(place);
  expect(read.ok && read.value.map(({ id, state, commit }) => [id, state, commit === HEAD])).toEqual([
    ['3', 'changes-requested', true],
    ['4', 'commented', true],
    ['5', 'dismissed', true],
    ['6', 'dismissed', true],
    ['7', 'approved', false],
  ]);
});

test('A review without a time is a problem, not a missing review', async () => {
  const port = reviewsOf({ '/pulls/7/reviews': [review(1, 'APPROVED', { submitted_at: undefined })] });
  expect(ruleOf(await port.reviewsOf(place))).toBe('review.unreadable');
});

const commit = (author: unknown, message = 'Change') => ({ sha: HEAD, author, commit: { message } });

test('Authors are who opened it, and authors and co-authors of its commits by user id, each once', async () => {
  const message =
    'Change\n\nCo-authored-by: Yuki <1003+yuki@users.noreply.github.com>\nco-authored-by: X <x@example.com>';
  const port = reviewsOf({
    '/pulls/7': { number: 7, user: taro, commits: 3 },
    '/pulls/7/commits': [commit(taro), commit(null, message), commit({})],
  });
  expect(await port.authorsOf(place)).toEqual(
    ok([
      { id: '42', login: 'taro' },
      { id: '1003', login: 'yuki' },
    ]),
  );
});

test('Commits that GitHub does not list leave the authors unknown', async () => {
  const many = reviewsOf({ '/pulls/7': { user: taro, commits: 251 }, '/pulls/7/commits': [] });
  expect(ruleOf(await many.authorsOf(place))).toBe('review.too-many-commits');
  const fewer = reviewsOf({ '/pulls/7': { user: taro, commits: 2 }, '/pulls/7/commits': [commit(taro)] });
  expect(ruleOf(await fewer.authorsOf(place))).toBe('review.too-many-commits');
});

test('The head of a merge is its second parent, and a commit that is no merge has none', async () => {
  const merge = { issuer, repositoryId, commit: MERGE };
  const path = `/git/commits/${MERGE}`;
  const parents = (...shas: string[]) => ({ sha: MERGE, parents: shas.map((sha) => ({ sha })) });
  expect(await reviewsOf({ [path]: parents('c1', HEAD) }).headOf(merge)).toEqual(ok(HEAD));
  for (const wrong of [parents('c1'), parents('c1', HEAD, 'd1'), { ...parents('c1', HEAD), sha: HEAD }])
    expect(ruleOf(await reviewsOf({ [path]: wrong }).headOf(merge))).toBe('review.not-a-merge');
});

test('Whatever GitHub does not answer is a problem', async () => {
  const port = reviewsOf({});
  expect(ruleOf(await port.reviewsOf(place))).toBe('github.not-found');
  expect(ruleOf(await port.authorsOf(place))).toBe('github.not-found');
  expect(ruleOf(await port.headOf({ issuer, repositoryId, commit: MERGE }))).toBe('github.not-found');
  const gitlab = { ...place, issuer: { ...issuer, url: 'https://gitlab.com' } };
  expect(ruleOf(await port.reviewsOf(gitlab))).toBe('review.not-github');
});
