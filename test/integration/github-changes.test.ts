import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signatureOf } from '../../demo/stand-ins/github/webhooks/deliver.ts';
import { FIRST_LINEAGE, HARMLESS, LOSES_DATA, mustBeTaken, rulesOf } from '../../src/changes/testing/shop.ts';
import { type GitHubShop, openGitHubShop } from '../github-shop.ts';

/** Changes as their people live them: GitHub tells by webhooks, is asked by its API, and shows what comes of it. */

let here: GitHubShop;
beforeEach(async () => {
  here = await openGitHubShop();
  here.shop.reconfigure(({ stacks }) => {
    for (const stack of stacks)
      Object.assign(stack, {
        plan: {
          events: ['push', 'pull_request', 'schedule', 'workflow_dispatch'],
          refs: ['refs/heads/main', 'refs/pull/*/merge'],
        },
        approval: { team: 'shop', accept: ['signature', 'review'] },
      });
  });
});
afterEach(async () => {
  const complaints = here.github.complaints();
  await here.stop();
  expect(complaints).toEqual([]);
});

/** What the failed apply left behind. */
const AFTER_FAILURE = { lineage: FIRST_LINEAGE, serial: 2 };

const STAGING = 'stacks/shop-staging/main.tf';
const PRODUCTION = 'stacks/shop-production/main.tf';

/** Everything that waits is told and worked on. */
async function told(): Promise<void> {
  await here.github.deliver();
  await here.settle();
}

async function opened(files: Readonly<Record<string, string | null>>, branch = 'change'): Promise<number> {
  const { github, repository } = here;
  const pull = github.openPullRequest({ repository, author: 'taro', branch, files });
  await told();
  return pull.issue.number;
}

let runs = 100;
function run(): { readonly run_id: string; readonly run_number: string } {
  runs += 1;
  return { run_id: String(runs), run_number: String(runs) };
}

/** What the token of the pull request's own job says now. */
const pullJob = (number: number) => ({
  ...{ event_name: 'pull_request', ref: `refs/pull/${number}/merge`, ...run() },
  sha: here.repository.pulls.get(number)?.mergeCommit ?? '',
});

const mainJob = (event = 'push') => ({
  ...{ event_name: event, ref: 'refs/heads/main', ...run() },
  sha: here.repository.branches.get('main') ?? '',
});

const bot = (number: number): readonly string[] =>
  [...here.repository.comments.values()]
    .filter(({ issue, app }) => issue === number && app !== undefined)
    .map(({ body }) => body);

/** Title of the newest check of a stack, and how it ended. */
function check(number: number, stack: string): string {
  const { head } = here.repository.pulls.get(number) ?? {};
  const found = [...here.repository.checkRuns.values()].filter(
    ({ suite, name }) => suite.sha === head?.sha && name === `sekisho: ${stack}`,
  );
  return found.map(({ conclusion, output }) => `${conclusion}: ${output.title}`).join(' | ');
}

describe('the life of a change', () => {
  test('planned, reviewed, merged, applied: one comment, one check a stack, one deployment say so', async () => {
    const { github, repository, shop } = here;
    const number = await opened({ [STAGING]: 'x\n' });
    expect(check(number, 'shop-staging')).toBe('null: waits for its plan');
    await shop.uploaded('shop-staging', { claims: pullJob(number) });
    await told();
    expect(check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    github.review(repository, number, 'hanako', 'APPROVE');
    await told();
    expect(check(number, 'shop-staging')).toMatch(/^success: /);
    github.merge(repository, number, 'hanako');
    await told();
    const job = mainJob();
    const plan = await shop.uploaded('shop-staging', { claims: job });
    expect(plan.state).toBe('approved');
    const granted = mustBeTaken(await shop.grant(plan, job));
    expect(granted.grant.approvers).toEqual(['hanako']);
    mustBeTaken(await shop.report(granted));
    await told();
    expect(bot(number)).toHaveLength(1);
    expect(bot(number)[0]).toMatch(/applied/i);
    const [deployment, ...others] = [...repository.deployments.values()];
    expect(others).toEqual([]);
    expect(deployment?.environment).toBe('staging/shop-staging');
    expect(deployment?.statuses.at(-1)?.state).toBe('success');
  });

  test('a failed apply can be tried again without a new pull request', async () => {
    const { shop } = here;
    const number = await opened({ [STAGING]: 'x\n' });
    await shop.uploaded('shop-staging', { claims: pullJob(number) });
    here.github.merge(here.repository, number, 'hanako');
    await told();
    const job = mainJob();
    const plan = await shop.uploaded('shop-staging', { claims: job });
    mustBeTaken(await shop.decide(plan, 'hanako'));
    const granted = mustBeTaken(await shop.grant(plan, job));
    mustBeTaken(await shop.report(granted, 'failed'));
    await told();
    expect(bot(number)[0]).toMatch(/failed/i);
    const again = { ...job, run_attempt: '2' };
    const second = await shop.uploaded('shop-staging', { claims: again, ...AFTER_FAILURE });
    if (second.state !== 'approved') mustBeTaken(await shop.decide(second, 'yuki'));
    mustBeTaken(await shop.report(mustBeTaken(await shop.grant(second, again))));
    await told();
    expect(bot(number)[0]).toMatch(/applied/i);
    expect(
      [...here.repository.deployments.values()].flatMap(({ statuses }) => statuses.at(-1)?.state),
    ).toContain('success');
  });

  test('drift opens one issue of the stack, and its end closes it', async () => {
    const { shop, repository } = here;
    const issues = () => [...repository.issues.values()].filter(({ app }) => app !== undefined);
    await shop.uploaded('shop-staging', { claims: mainJob('schedule'), changes: LOSES_DATA });
    await told();
    await shop.uploaded('shop-staging', { claims: mainJob('schedule'), changes: LOSES_DATA });
    await told();
    expect(issues().map(({ state }) => state)).toEqual(['open']);
    await shop.uploaded('shop-staging', { claims: mainJob('schedule'), changes: [], applyable: false });
    await told();
    expect(issues().map(({ state }) => state)).toEqual(['closed']);
  });
});

describe('attacks through GitHub', () => {
  test('attack 1: a fork gets nothing: its jobs no permissions, its commands no run', async () => {
    const { github, repository } = here;
    github.user('mallory', 666);
    const fork = github.fork(repository, 'mallory');
    const pull = github.openPullRequest({
      ...{ repository, fork, author: 'mallory', branch: 'evil' },
      files: { [STAGING]: 'data "external" "steal" {}\n' },
    });
    const { number } = pull.issue;
    await told();
    here.shop.clock.advance(60_000);
    for (const author of ['mallory', 'hanako']) {
      github.comment(repository, number, author, '/sekisho plan');
      await told();
    }
    expect(github.state.dispatches).toEqual([]);
    expect(bot(number).join('\n')).toContain('Nothing of a fork is planned or applied');
  });

  test('attack 7: approve, then push: what was pushed is not approved', async () => {
    const { github, repository, shop } = here;
    const number = await opened({ [STAGING]: 'x\n' });
    await shop.uploaded('shop-staging', { claims: pullJob(number) });
    github.review(repository, number, 'hanako', 'APPROVE');
    github.push(repository, 'taro', 'change', { [STAGING]: 'evil\n' });
    await told();
    await shop.uploaded('shop-staging', { claims: pullJob(number), changes: LOSES_DATA });
    await told();
    expect(check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    github.merge(repository, number, 'taro');
    const job = mainJob();
    const plan = await shop.uploaded('shop-staging', { claims: job, changes: LOSES_DATA });
    expect(rulesOf(await shop.grant(plan, job))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  test('attack 8: a job that is run again after a newer one gets nothing for its old plan', async () => {
    const { shop } = here;
    const job = mainJob();
    const old = await shop.uploaded('shop-staging', { claims: job });
    mustBeTaken(await shop.decide(old, 'hanako'));
    await shop.uploaded('shop-staging', { claims: mainJob(), changes: LOSES_DATA });
    const again = { ...job, run_attempt: '2' };
    expect(rulesOf(await shop.grant(await shop.stored(old.id), again))).not.toEqual(['allowed']);
    expect(rulesOf(await shop.upload('shop-staging', { claims: again }))).not.toEqual(['allowed']);
    expect(shop.issued()).toEqual([]);
  });

  test('attack 12: a forged delivery is refused, a replayed one does nothing, and a lie that is signed is not believed', async () => {
    const { github, repository, shop, app } = here;
    const number = await opened({ [STAGING]: 'x\n' });
    await shop.uploaded('shop-staging', { claims: pullJob(number) });
    await told();
    const send = (body: string, signature: string, guid: string = randomUUID()) =>
      fetch(app.hook.url, {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/json', 'x-github-event': 'pull_request_review' },
          ...{ 'x-github-delivery': guid, 'x-hub-signature-256': signature },
        },
        body,
      });
    const lie = JSON.stringify({
      action: 'submitted',
      repository: { id: repository.id },
      pull_request: { number },
      review: { id: 1, state: 'approved', user: { id: 1002, login: 'hanako' } },
    });
    const before = github.records.answered.length;
    expect((await send(lie, signatureOf('not-the-secret-of-the-app', lie))).status).toBe(401);
    await here.settle();
    expect(github.records.answered.length).toBe(before);
    const guid = randomUUID();
    expect((await send(lie, signatureOf(app.hook.secret, lie), guid)).status).toBe(202);
    await here.settle();
    const asked = github.records.answered.length;
    expect(asked).toBeGreaterThan(before);
    expect((await send(lie, signatureOf(app.hook.secret, lie), guid)).status).toBe(202);
    await here.settle();
    expect(github.records.answered.length).toBe(asked);
    expect(check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    github.merge(repository, number, 'taro');
    const job = mainJob();
    const plan = await shop.uploaded('shop-staging', { claims: job });
    expect(rulesOf(await shop.grant(plan, job))).toContain('policy.not-permitted');
  });

  test('attack 13, Digger 2513: the workflow of the default branch runs, whatever the pull request writes into it', async () => {
    const { github, repository, shop } = here;
    const number = await opened({
      [STAGING]: 'x\n',
      '.github/workflows/change.yml': 'on: workflow_dispatch\njobs: {steal: {}}\n',
    });
    await shop.uploaded('shop-staging', { claims: pullJob(number) });
    await told();
    shop.clock.advance(60_000);
    github.comment(repository, number, 'hanako', '/sekisho plan shop-staging');
    await told();
    const [dispatch] = github.state.dispatches;
    const { head } = repository.pulls.get(number) ?? {};
    expect(dispatch).toMatchObject({
      workflow: 'change.yml',
      ref: 'refs/heads/main',
      inputs: { stacks: 'shop-staging', 'pull-request': String(number), commit: head?.sha, purpose: 'plan' },
    });
    expect(dispatch?.run.sha).toBe(repository.branches.get('main'));
    const theirs = `shop/infra/.github/workflows/terraform.yml@refs/pull/${number}/merge`;
    const job = { ...pullJob(number), job_workflow_ref: theirs };
    expect(rulesOf(await shop.grantPlan('shop-staging', job))).not.toEqual(['allowed']);
  });

  test('attack 15, Atlantis 1508: an approval of one folder applies no other', async () => {
    const { github, repository, shop } = here;
    const number = await opened({ [STAGING]: 'x\n' });
    await shop.uploaded('shop-staging', { claims: pullJob(number) });
    github.review(repository, number, 'hanako', 'APPROVE');
    await told();
    github.merge(repository, number, 'taro');
    const job = mainJob();
    const other = await shop.uploaded('shop-production', { claims: job });
    expect(rulesOf(await shop.grant(other, job))).toContain('policy.not-permitted');
    const own = await shop.uploaded('shop-staging', { claims: job });
    const swapped = await shop.grant(own, job, { stack: 'shop-production' });
    expect(rulesOf(swapped)).toEqual(['grant.plan-of-another-stack']);
    expect(shop.issued()).toEqual([]);
  });

  test('attack 21: who reviewed and then left the team no longer counts', async () => {
    const { github, repository, shop } = here;
    const number = await opened({ [PRODUCTION]: 'x\n' });
    await shop.uploaded('shop-production', { claims: pullJob(number) });
    github.review(repository, number, 'hanako', 'APPROVE');
    await told();
    github.merge(repository, number, 'taro');
    const job = mainJob();
    const plan = await shop.uploaded('shop-production', { claims: job });
    expect(plan.state).toBe('approved');
    shop.reconfigure(({ people }) => {
      for (const person of people) if (person.name === 'hanako') person.teams = ['data'];
    });
    expect(rulesOf(await shop.grant(plan, job))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });
});

describe('what users of others suffered', () => {
  test('Atlantis 1122: a folder that is removed is said to be removed, and nothing is planned or applied for it', async () => {
    const { github, repository } = here;
    const number = await opened({ [STAGING]: null });
    expect(bot(number)[0]).toMatch(/shop-staging/);
    expect(bot(number)[0]).toMatch(/delet|remov/i);
    here.shop.clock.advance(60_000);
    github.comment(repository, number, 'hanako', '/sekisho plan shop-staging');
    await told();
    expect(github.state.dispatches).toEqual([]);
  });

  test('Atlantis 6529: of plans that race, one alone is applied: the newest', async () => {
    const { shop } = here;
    const jobs = [mainJob(), mainJob(), mainJob()];
    await Promise.all(jobs.map((claims) => shop.upload('shop-staging', { claims })));
    const granted = await Promise.all(
      jobs.map(async (claims) => {
        const plan = await shop.upload('shop-staging', { claims });
        if (!plan.ok) return 'refused';
        await shop.decide(plan.value.plan, 'hanako');
        return rulesOf(await shop.grant(await shop.stored(plan.value.plan.id), claims)).join();
      }),
    );
    expect(granted.filter((each) => each === 'allowed').length).toBeLessThanOrEqual(1);
    expect(shop.issued().length).toBeLessThanOrEqual(1);
  });

  test('Atlantis 1902: a job of another repository gets no role of this one’s stacks', async () => {
    const { shop } = here;
    const job = { ...mainJob(), repository: 'shop/other', repository_id: '700200' };
    expect(rulesOf(await shop.grantPlan('shop-production', job))).not.toEqual(['allowed']);
    expect(rulesOf(await shop.upload('shop-production', { claims: job }))).not.toEqual(['allowed']);
    expect(shop.issued()).toEqual([]);
  });

  test('Atlantis 6037: planned again to the same, a change keeps its approval', async () => {
    const { github, repository, shop } = here;
    const number = await opened({ [PRODUCTION]: 'x\n' });
    await shop.uploaded('shop-production', { claims: pullJob(number), changes: HARMLESS });
    github.review(repository, number, 'hanako', 'APPROVE');
    await shop.uploaded('shop-production', { claims: pullJob(number), changes: HARMLESS });
    await told();
    expect(check(number, 'shop-production')).toMatch(/^success: /);
    github.merge(repository, number, 'taro');
    const job = mainJob();
    const plan = await shop.uploaded('shop-production', { claims: job, changes: HARMLESS });
    expect(rulesOf(await shop.grant(plan, job))).toEqual(['allowed']);
  });

  test('Atlantis and others: of a matrix of 40 jobs at once, each gets its credentials', async () => {
    const { shop } = here;
    const number = await opened({ [STAGING]: 'x\n' });
    const all = await Promise.all(
      Array.from({ length: 40 }, () => shop.grantPlan('shop-staging', pullJob(number))),
    );
    expect(all.map((each) => rulesOf(each).join())).toEqual(Array.from({ length: 40 }, () => 'allowed'));
  });
});
