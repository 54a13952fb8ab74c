import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import type { PullRequest } from '../../demo/stand-ins/github/state.ts';
import type { Delivering } from '../../demo/stand-ins/github/webhooks/deliver.ts';
import { type GitHubShop, openGitHubShop } from '../github-shop.ts';

const opened: GitHubShop[] = [];
afterAll(async () => {
  for (const shop of opened.splice(0)) await shop.stop();
});

const STACKS = ['shop-staging', 'shop-production', 'web-production'] as const;
const PULLS = 18;
const CHUNKS = 3;
const STEPS_IN_CHUNK = 150;

/** The same numbers on every machine: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** Of a pull request's own, so that none conflicts with another. */
const fileOf = (number: number): string => `stacks/${STACKS[number % 3]}/n${number}.tf`;

/** One thing that somebody does on a pull request. */
function step({ github, repository }: GitHubShop, next: (below: number) => number): void {
  const pull = repository.pulls.get(next(PULLS) + 1);
  if (pull === undefined) throw new Error('no pull request');
  const { number, state } = pull.issue;
  const what = next(100);
  if (what < 35) github.comment(repository, number, 'yuki', what === 0 ? '/sekisho explain' : `note ${what}`);
  else if (pull.mergedAt !== null) github.comment(repository, number, 'kenji', 'thanks');
  else if (state === 'closed') github.reopen(repository, number, 'taro');
  else if (what < 60)
    github.push(repository, 'taro', pull.head.branch, { [fileOf(number)]: `# ${next(1_000)}\n` });
  else if (what < 82) github.review(repository, number, 'hanako', what < 75 ? 'APPROVE' : 'REQUEST_CHANGES');
  else if (what < 90) dismissLast(github, repository, pull);
  else if (what < 96) github.draft(repository, number, !pull.isDraft, 'taro');
  else if (what < 99 || next(8) > 0) github.close(repository, number, 'taro');
  else github.merge(repository, number, 'hanako');
}

function dismissLast(
  github: GitHubShop['github'],
  repository: GitHubShop['repository'],
  pull: PullRequest,
): void {
  const last = pull.reviews.at(-1);
  if (last !== undefined) github.dismiss(repository, pull.issue.number, last, 'taro');
}

/** The jobs of some pull requests plan what they have now. */
async function plan({ shop, repository }: GitHubShop, next: (below: number) => number): Promise<void> {
  for (const number of [next(PULLS) + 1, next(PULLS) + 1]) {
    const pull = repository.pulls.get(number);
    const stack = STACKS[number % 3];
    if (pull?.issue.state !== 'open' || pull.mergeCommit === null || stack === undefined) continue;
    const run = {
      run_id: `${1_000 + repository.nextNumber + next(1_000_000)}`,
      run_number: `${next(1_000_000)}`,
    };
    await shop.upload(stack, {
      claims: { event_name: 'pull_request', ref: `refs/pull/${number}/merge`, sha: pull.mergeCommit, ...run },
    });
  }
}

interface Lived {
  readonly here: GitHubShop;
  readonly sent: number;
}

/** The same history, told in one way or another while Sekisho works. */
async function live(how: Delivering): Promise<Lived> {
  const here = await openGitHubShop();
  opened.push(here);
  const { github, repository, shop } = here;
  const next = numbers(4_321);
  for (let made = 1; made <= PULLS; made += 1)
    github.openPullRequest({
      repository,
      author: 'taro',
      branch: `b${made}`,
      files: { [fileOf(made)]: '#\n' },
    });
  let sent = 0;
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    for (let made = 0; made < STEPS_IN_CHUNK; made += 1) {
      shop.clock.advance(1_000);
      step(here, next);
    }
    await plan(here, next);
    sent += await github.deliver({ ...how, seed: chunk + 1, atOnce: 6 });
    await here.reconcile();
  }
  sent += await github.deliver({ ...how, delayedPercent: 0, seed: 99, atOnce: 6 });
  await here.reconcile();
  return { here, sent };
}

/** What people see on GitHub, but for ids and times. */
const shownBy = ({ repository }: GitHubShop): readonly object[] =>
  [...repository.pulls.values()].map(({ issue, head }) => ({
    number: issue.number,
    state: issue.state,
    checks: [...repository.checkRuns.values()]
      .filter(({ suite }) => suite.sha === head.sha)
      .map(({ name, status, conclusion, output }) => [name, status, conclusion, output.title]),
    // Which of the two comes first is by who wrote first; each is written once.
    comments: [...repository.comments.values()]
      .filter(({ issue: of, app }) => of === issue.number && app !== undefined)
      .map(({ body }) => body.replaceAll(/pln_[0-9a-f-]+/g, 'pln').split('\n').length)
      .toSorted((a, b) => a - b),
  }));

const kept = async ({ shop }: GitHubShop): Promise<readonly unknown[]> => {
  const { rows } = await sql`
    SELECT kind, key, is_open, dirty_since, attempts, last_problem FROM github_subjects
    ORDER BY kind, key`.execute(shop.database.db);
  const { rows: comments } = await sql`
    SELECT number, author_id, body_sha256, count(*) AS times, count(handled_at) AS handled FROM github_comments
    GROUP BY number, author_id, body_sha256 ORDER BY number, body_sha256`.execute(shop.database.db);
  return [...rows, ...comments];
};

test('10,000 deliveries in any order, twice, late and never lead to the same state as in order', {
  timeout: 300_000,
}, async () => {
  const inOrder = await live({});
  const inDisorder = await live({
    isShuffled: true,
    duplicatesPercent: 1_100,
    delayedPercent: 30,
    gapsPercent: 10,
  });
  expect(inDisorder.sent).toBeGreaterThan(10_000);
  expect(shownBy(inDisorder.here)).toEqual(shownBy(inOrder.here));
  expect(await kept(inDisorder.here)).toEqual(await kept(inOrder.here));
  expect(inOrder.here.github.complaints()).toEqual([]);
  expect(inDisorder.here.github.complaints()).toEqual([]);
});
