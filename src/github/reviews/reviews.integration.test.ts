import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IssuerName, parseExternalId } from '#accounts/core';
import { ok, type Problem, type Result } from '#core-values';
import { systemClock } from '#platform';
import { type Scene, scene, tokenOf } from '../../../demo/stand-ins/github/testing.ts';
import { ask, askAll } from '../api/asking.ts';
import { type Authority, restClient } from '../api/client.ts';
import type { GitHubConnections } from '../api/port.ts';
import { githubReviews } from './reviews.ts';

/** Against a GitHub that answers as GitHub describes itself, and refuses what it does not describe. */
let on: Scene;
beforeAll(async () => {
  on = await scene();
});
afterAll(async () => {
  await on.github.stop();
});

function must<T>(result: Result<T, Problem>): T {
  if (!result.ok) throw new Error(result.error.reasons[0].message.en);
  return result.value;
}

function connections(): GitHubConnections {
  const { github, repository } = on;
  const client = restClient({
    ...{ fetch, clock: systemClock, timeoutMs: 10_000 },
    pause: () => Promise.reject(new Error('nothing is waited for')),
  });
  const authority: Authority = {
    ...{ host: github.host, rateKey: 'app/1', scope: 'app/1/1', forget: () => undefined },
    token: async () => ok(await tokenOf(on)),
  };
  const under = { owner: repository.owner, repo: repository.name };
  return {
    repository: async (at) =>
      ok({
        ...at,
        ...{ owner: under.owner, name: under.repo, defaultBranch: 'main', app: { id: 1, slug: 'sekisho' } },
        request: (route, parameters) => ask(client, authority, route, { ...parameters, ...under }),
        all: (route, parameters, most) => askAll(client, authority, route, { ...parameters, ...under }, most),
      }),
  };
}

test('What is reviewed on GitHub is read: whose word, of which commit, dismissed or not, and by whom it was written', async () => {
  const { github, repository } = on;
  const opened = github.openPullRequest({
    repository,
    author: 'alice',
    branch: 'change',
    files: { 'shop/main.tf': 'b\n' },
  });
  const { head, mergeCommit } = opened;
  const { number } = opened.issue;
  const [first, merge] = [head.sha, mergeCommit ?? ''];
  const kept = github.review(repository, number, 'bob', 'APPROVE');
  const pushed = github.push(repository, 'bob', 'change', { 'shop/main.tf': 'c\n' });
  const dismissed = github.review(repository, number, 'bob', 'REQUEST_CHANGES');
  github.dismiss(repository, number, dismissed, 'alice');
  const port = githubReviews(connections());
  const issuer = { name: 'github' as IssuerName, url: github.issuer };
  const repositoryId = parseExternalId(String(repository.id)) ?? expect.unreachable();
  const place = { issuer, repositoryId, pullRequest: number };
  const [alice, bob] = ['alice', 'bob'].map((login) => ({ id: String(github.user(login).id), login }));
  expect(must(await port.reviewsOf(place))).toMatchObject([
    { id: String(kept.id), by: bob, state: 'approved', commit: first },
    { id: String(dismissed.id), by: bob, state: 'dismissed', commit: pushed.sha },
  ]);
  expect(must(await port.authorsOf(place))).toEqual([alice, bob]);
  expect(must(await port.headOf({ issuer, repositoryId, commit: merge }))).toBe(first);
  const notMerged = await port.headOf({ issuer, repositoryId, commit: first });
  expect(notMerged.ok ? '' : notMerged.error.reasons[0].rule).toBe('review.not-a-merge');
  expect(github.complaints()).toEqual([]);
});
