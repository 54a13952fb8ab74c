import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dispatch } from '../../demo/stand-ins/github/state.ts';
import { LOSES_DATA, rulesOf } from '../../src/changes/testing/shop.ts';
import { forgetOldGitHub } from '../../src/github/keeping.ts';
import { type GitHubShop, openGitHubShop } from '../github-shop.ts';

/** What our App starts is known by its run, from the command on the pull request to the job’s plan. */

let here: GitHubShop;
let number: number;
beforeEach(async () => {
  here = await openGitHubShop();
  here.shop.reconfigure(({ stacks }) => {
    for (const stack of stacks)
      Object.assign(stack, {
        plan: { events: ['push', 'pull_request', 'workflow_dispatch'], refs: ['refs/heads/main'] },
        apply: { events: ['push', 'workflow_dispatch'], refs: ['refs/heads/main'] },
      });
  });
  const files = { 'stacks/shop-staging/main.tf': 'x\n' };
  const pull = here.github.openPullRequest({
    ...{ repository: here.repository, author: 'taro', branch: 'change', files },
  });
  number = pull.issue.number;
  await told();
  here.shop.clock.advance(60_000);
});
afterEach(async () => {
  const complaints = here.github.complaints();
  await here.stop();
  expect(complaints).toEqual([]);
});

async function told(): Promise<void> {
  await here.github.deliver();
  await here.settle();
}

async function commanded(): Promise<Dispatch> {
  here.github.comment(here.repository, number, 'hanako', '/sekisho plan shop-staging');
  await told();
  return here.github.state.dispatches.at(-1) ?? expect.unreachable();
}

/** The token of a run's job, as GitHub writes it. */
const jobOf = ({ run, actor }: Pick<Dispatch, 'run' | 'actor'>) => ({
  ...{ event_name: 'workflow_dispatch', ref: 'refs/heads/main', sha: run.sha },
  ...{ run_id: String(run.id), run_number: '7', actor, actor_id: String(here.github.user(actor).id) },
});

const upload = (claims: Readonly<Record<string, string>>) =>
  here.shop.upload('shop-staging', { claims, changes: LOSES_DATA });

const headOf = (): string => here.repository.pulls.get(number)?.head.sha ?? '';

describe('attack 20: a run that our App started', () => {
  test('is for its pull request, of which the author is an author, though its job names none', async () => {
    const claims = jobOf(await commanded());
    const plan = await here.shop.uploaded('shop-staging', { claims, changes: LOSES_DATA });
    expect(plan.job).toMatchObject({ pullRequest: number, headCommit: headOf() });
    expect(plan.facts.dispatch).toMatchObject({ by: 'app', authors: [{ person: 'taro' }] });
    expect(rulesOf(await here.shop.decide(plan, 'taro'))).toContain('policy.authors-never-approve');
    const again = { ...claims, run_attempt: '2' };
    const second = await here.shop.uploaded('shop-staging', { claims: again, changes: LOSES_DATA });
    expect(second.job.pullRequest).toBe(number);
  });

  test('gets no plan in when we do not know what for, however often it is looked for', async () => {
    const { run, actor } = await commanded();
    const forged = jobOf({ run: { ...run, id: run.id + 1_000 }, actor });
    expect(rulesOf(await upload(forged))).toEqual(['plan.unknown-dispatch']);
  });
});

test('A run by hand names who started it, and leaves open whose change it plans', async () => {
  const { run } = await commanded();
  const claims = jobOf({ run: { ...run, id: run.id + 1_000 }, actor: 'hanako' });
  const plan = await here.shop.uploaded('shop-staging', { claims, changes: LOSES_DATA });
  expect(plan.facts.dispatch).toEqual({ by: 'hand' });
});

test('What a run was started for is kept for as long as GitHub lets it run again', async () => {
  const claims = jobOf(await commanded());
  const { clock, room } = here.shop;
  const day = 86_400_000;
  clock.advance(65 * day);
  await forgetOldGitHub({ db: room.db, clock });
  expect(rulesOf(await upload(claims))).toEqual(['allowed']);
  clock.advance(26 * day);
  await forgetOldGitHub({ db: room.db, clock });
  expect(rulesOf(await upload({ ...claims, run_attempt: '2' }))).toEqual(['plan.unknown-dispatch']);
});
