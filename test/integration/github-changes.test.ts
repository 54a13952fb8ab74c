import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signatureOf } from '../../demo/stand-ins/github/webhooks/deliver.ts';
import { FIRST_LINEAGE, HARMLESS, LOSES_DATA, mustBeTaken, rulesOf } from '../../src/changes/testing/shop.ts';
import { type GitHubLife, openGitHubLife } from '../github-life.ts';

/** Changes as their people live them: GitHub tells by webhooks, is asked by its API, and shows what comes of it. */

let here: GitHubLife;
beforeEach(async () => {
  here = await openGitHubLife();
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

describe('the life of a change', () => {
  test('planned, reviewed, merged, applied: one comment, one check a stack, one deployment say so', async () => {
    const { github, repository, shop } = here;
    const number = await here.opened({ [STAGING]: 'x\n' });
    expect(here.check(number, 'shop-staging')).toBe('null: waits for its plan');
    await shop.uploaded('shop-staging', { claims: here.pullJob(number) });
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    github.review(repository, number, 'hanako', 'APPROVE');
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^success: /);
    github.merge(repository, number, 'hanako');
    await here.told();
    const job = here.mainJob();
    const plan = await shop.uploaded('shop-staging', { claims: job });
    expect(plan.state).toBe('approved');
    const granted = mustBeTaken(await shop.grant(plan, job));
    expect(granted.grant.approvers).toEqual(['hanako']);
    mustBeTaken(await shop.report(granted));
    await here.told();
    expect(here.bot(number)).toHaveLength(1);
    expect(here.bot(number)[0]).toMatch(/applied/i);
    const [deployment, ...others] = [...repository.deployments.values()];
    expect(others).toEqual([]);
    expect(deployment?.environment).toBe('staging/shop-staging');
    expect(deployment?.statuses.at(-1)?.state).toBe('success');
  });

  test('a failed apply can be tried again without a new pull request', async () => {
    const { shop } = here;
    const number = await here.opened({ [STAGING]: 'x\n' });
    await shop.uploaded('shop-staging', { claims: here.pullJob(number) });
    here.github.merge(here.repository, number, 'hanako');
    await here.told();
    const job = here.mainJob();
    const plan = await shop.uploaded('shop-staging', { claims: job });
    mustBeTaken(await shop.decide(plan, 'hanako'));
    const granted = mustBeTaken(await shop.grant(plan, job));
    mustBeTaken(await shop.report(granted, 'failed'));
    await here.told();
    expect(here.bot(number)[0]).toMatch(/failed/i);
    const again = { ...job, run_attempt: '2' };
    const second = await shop.uploaded('shop-staging', { claims: again, ...AFTER_FAILURE });
    // What served once does not serve again.
    expect(second.state).toBe('awaiting-approval');
    mustBeTaken(await shop.decide(second, 'yuki'));
    mustBeTaken(await shop.report(mustBeTaken(await shop.grant(second, again))));
    await here.told();
    expect(here.bot(number)[0]).toMatch(/applied/i);
    expect(
      [...here.repository.deployments.values()].flatMap(({ statuses }) => statuses.at(-1)?.state),
    ).toContain('success');
  });

  test('a scheduled plan is looked at as soon as it is uploaded: nobody has to tell of it, nor wait for a round', async () => {
    const { shop, repository } = here;
    await here.opened({ [STAGING]: 'x\n' });
    await shop.uploaded('shop-staging', { claims: here.mainJob('schedule'), changes: LOSES_DATA });
    await here.settle();
    const [issue, ...others] = [...repository.issues.values()].filter(({ app }) => app !== undefined);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ state: 'open' });
    expect(issue?.title).toContain('shop-staging');
  });

  test('drift opens one issue of the stack, and its end closes it', async () => {
    const { shop, repository } = here;
    const issues = () => [...repository.issues.values()].filter(({ app }) => app !== undefined);
    await shop.uploaded('shop-staging', { claims: here.mainJob('schedule'), changes: LOSES_DATA });
    await here.told();
    await shop.uploaded('shop-staging', { claims: here.mainJob('schedule'), changes: LOSES_DATA });
    await here.told();
    expect(issues().map(({ state }) => state)).toEqual(['open']);
    await shop.uploaded('shop-staging', { claims: here.mainJob('schedule'), changes: [], applyable: false });
    await here.told();
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
    await here.told();
    here.shop.clock.advance(60_000);
    for (const author of ['mallory', 'hanako']) {
      github.comment(repository, number, author, '/sekisho plan');
      await here.told();
    }
    expect(github.state.dispatches).toEqual([]);
    expect(here.bot(number).join('\n')).toContain('Nothing of a fork is planned or applied');
  });

  test('attack 1: a pull request of the repository’s own branch that rewrites the workflow gets no credentials for what it wrote', async () => {
    const { shop } = here;
    const steal = 'on:\n  workflow_call:\njobs:\n  steal: {}\n';
    const number = await here.opened({ [STAGING]: 'x\n', '.github/workflows/terraform.yml': steal });
    const own = (file: string) => ({
      ...here.pullJob(number),
      job_workflow_ref: `shop/infra/.github/workflows/${file}@refs/pull/${number}/merge`,
    });
    for (const claims of [own('terraform.yml'), own('change.yml')]) {
      expect(rulesOf(await shop.grantPlan('shop-staging', claims))).toEqual(['trust.workflow']);
      expect(rulesOf(await shop.upload('shop-staging', { claims }))).toEqual(['trust.workflow']);
    }
    await here.told();
    expect(here.check(number, 'shop-staging')).toBe('null: waits for its plan');
    // Not even the protected workflow applies what nobody has merged.
    const job = here.pullJob(number);
    const plan = await shop.uploaded('shop-staging', { claims: job });
    mustBeTaken(await shop.decide(plan, 'hanako'));
    expect(rulesOf(await shop.grant(plan, job))).toEqual(['trust.event', 'trust.ref']);
    expect(shop.issued()).toEqual([]);
  });

  test('attack 1: merged, a rewritten workflow gets nothing where its commit is pinned', async () => {
    const { shop } = here;
    const before = here.repository.branches.get('main') ?? '';
    shop.reconfigure(({ stacks }) => {
      for (const stack of stacks) Object.assign(stack, { workflowSha: before });
    });
    const number = await here.opened({ [STAGING]: 'x\n', '.github/workflows/terraform.yml': 'on: push\n' });
    here.github.merge(here.repository, number, 'taro');
    await here.told();
    const job = { ...here.mainJob(), job_workflow_sha: here.repository.branches.get('main') ?? '' };
    expect(rulesOf(await shop.grantPlan('shop-staging', job))).toEqual(['trust.workflow-sha']);
    const pinned = { ...here.mainJob(), job_workflow_sha: before };
    expect(rulesOf(await shop.grantPlan('shop-staging', pinned))).toEqual(['allowed']);
  });

  test('attack 7: approve, then push: what was pushed is not approved', async () => {
    const { github, repository, shop } = here;
    const number = await here.opened({ [STAGING]: 'x\n' });
    await shop.uploaded('shop-staging', { claims: here.pullJob(number) });
    github.review(repository, number, 'hanako', 'APPROVE');
    github.push(repository, 'taro', 'change', { [STAGING]: 'evil\n' });
    await here.told();
    await shop.uploaded('shop-staging', { claims: here.pullJob(number), changes: LOSES_DATA });
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    github.merge(repository, number, 'taro');
    const job = here.mainJob();
    const plan = await shop.uploaded('shop-staging', { claims: job, changes: LOSES_DATA });
    expect(rulesOf(await shop.grant(plan, job))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  test('attack 8: a job that is run again after a newer one gets nothing for its old plan', async () => {
    const { shop } = here;
    const job = here.mainJob();
    const old = await shop.uploaded('shop-staging', { claims: job });
    mustBeTaken(await shop.decide(old, 'hanako'));
    await shop.uploaded('shop-staging', { claims: here.mainJob(), changes: LOSES_DATA });
    const again = { ...job, run_attempt: '2' };
    const stored = await shop.stored(old.id);
    expect(rulesOf(await shop.grant(stored, job))).toEqual(['grant.plan-superseded']);
    expect(rulesOf(await shop.grant(stored, again))).toEqual(['grant.run-mismatch', 'grant.plan-superseded']);
    expect(rulesOf(await shop.upload('shop-staging', { claims: again }))).toEqual(['plan.older-run']);
    expect(shop.issued()).toEqual([]);
  });

  test('attack 12: a forged delivery is refused, a replayed one does nothing, and a lie that is signed is not believed', async () => {
    const { github, repository, shop, app } = here;
    const number = await here.opened({ [STAGING]: 'x\n' });
    await shop.uploaded('shop-staging', { claims: here.pullJob(number) });
    await here.told();
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
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    github.merge(repository, number, 'taro');
    const job = here.mainJob();
    const plan = await shop.uploaded('shop-staging', { claims: job });
    expect(rulesOf(await shop.grant(plan, job))).toContain('policy.not-permitted');
  });

  test('attack 13, Digger 2513: the workflow of the default branch runs, whatever the pull request writes into it', async () => {
    const { github, repository, shop } = here;
    const number = await here.opened({
      [STAGING]: 'x\n',
      '.github/workflows/change.yml': 'on: workflow_dispatch\njobs: {steal: {}}\n',
    });
    await shop.uploaded('shop-staging', { claims: here.pullJob(number) });
    await here.told();
    shop.clock.advance(60_000);
    github.comment(repository, number, 'hanako', '/sekisho plan shop-staging');
    await here.told();
    const [dispatch] = github.state.dispatches;
    const { head } = repository.pulls.get(number) ?? {};
    expect(dispatch).toMatchObject({
      workflow: 'change.yml',
      ref: 'refs/heads/main',
      inputs: { stacks: 'shop-staging', 'pull-request': String(number), commit: head?.sha, purpose: 'plan' },
    });
    expect(dispatch?.run.sha).toBe(repository.branches.get('main'));
    const theirs = `shop/infra/.github/workflows/terraform.yml@refs/pull/${number}/merge`;
    const job = { ...here.pullJob(number), job_workflow_ref: theirs };
    expect(rulesOf(await shop.grantPlan('shop-staging', job))).toEqual(['trust.workflow']);
  });

  test('attack 15, Atlantis 1508: an approval of one folder applies no other, though it means the same in the same account', async () => {
    const { github, repository, shop } = here;
    const number = await here.opened({ 'stacks/web-production/main.tf': 'x\n' });
    await shop.uploaded('web-production', { claims: here.pullJob(number) });
    github.review(repository, number, 'hanako', 'APPROVE');
    await here.told();
    github.merge(repository, number, 'taro');
    const job = here.mainJob();
    const own = await shop.uploaded('web-production', { claims: job });
    expect(own.state).toBe('approved');
    const other = await shop.uploaded('shop-production', { claims: job });
    expect(other.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(other, job))).toContain('policy.not-permitted');
    const swapped = await shop.grant(own, job, { stack: 'shop-production' });
    expect(rulesOf(swapped)).toEqual(['grant.plan-of-another-stack']);
    expect(shop.issued()).toEqual([]);
  });

  test('attack 21: who reviewed and then left the team no longer counts', async () => {
    const { github, repository, shop } = here;
    const number = await here.opened({ [PRODUCTION]: 'x\n' });
    await shop.uploaded('shop-production', { claims: here.pullJob(number) });
    github.review(repository, number, 'hanako', 'APPROVE');
    await here.told();
    github.merge(repository, number, 'taro');
    const job = here.mainJob();
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
    const number = await here.opened({ [STAGING]: null });
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: folder deleted/);
    expect(here.bot(number)[0]).toContain('**nothing is destroyed by that**');
    for (const verb of ['plan', 'apply']) {
      const answer = await here.says(number, 'hanako', `/sekisho ${verb} shop-staging`);
      expect(answer).toContain('The folder of shop\\-staging is not there.');
    }
    github.merge(repository, number, 'hanako');
    for (const verb of ['plan', 'apply'])
      expect(await here.says(number, 'hanako', `/sekisho ${verb} shop-staging`)).toContain('🚫');
    expect(github.state.dispatches).toEqual([]);
  });

  type Uploading = () => Promise<Awaited<ReturnType<GitHubLife['shop']['upload']>>>;
  const ARRIVALS = {
    'the older first': async (old: Uploading, newer: Uploading) => [await old(), await newer()] as const,
    'the newer first': async (old: Uploading, newer: Uploading) => {
      const first = await newer();
      return [await old(), first] as const;
    },
    'both at once': (old: Uploading, newer: Uploading) => Promise.all([old(), newer()]),
  };

  test.each(['the older first', 'the newer first', 'both at once'] as const)(
    'Atlantis 6529: of two plans that race, the newer run’s alone is applied, however they arrive: %s',
    async (arrival) => {
      const { shop } = here;
      const [oldJob, newJob] = [here.mainJob(), here.mainJob()];
      const [old, newer] = await ARRIVALS[arrival](
        () => shop.upload('shop-staging', { claims: oldJob }),
        () => shop.upload('shop-staging', { claims: newJob }),
      );
      const { plan } = mustBeTaken(newer);
      mustBeTaken(await shop.decide(plan, 'hanako'));
      const asked = old.ok ? await shop.stored(old.value.plan.id) : plan;
      const oldRules = rulesOf(await shop.grant(asked, oldJob));
      expect(rulesOf(await shop.grant(plan, newJob))).toEqual(['allowed']);
      // An older plan that came first is replaced; one that comes later is not taken, and its job has nothing to apply.
      if (arrival !== 'both at once') expect(old.ok).toBe(arrival === 'the older first');
      if (old.ok) expect([asked.state, oldRules]).toEqual(['superseded', ['grant.plan-superseded']]);
      else expect([rulesOf(old), oldRules]).toEqual([['plan.older-run'], ['grant.run-mismatch']]);
      expect(shop.issued()).toHaveLength(1);
    },
  );

  test('Atlantis 1902: a job of another repository gets no role of this one’s stacks', async () => {
    const { shop } = here;
    const job = { ...here.mainJob(), repository: 'shop/other', repository_id: '700200' };
    expect(rulesOf(await shop.grantPlan('shop-production', job))).toEqual(['trust.repository']);
    expect(rulesOf(await shop.upload('shop-production', { claims: job }))).toEqual(['trust.repository']);
    const own = here.mainJob();
    const plan = await shop.approved('shop-production', { claims: own });
    const stolen = { ...own, repository: 'shop/other', repository_id: '700200' };
    expect(rulesOf(await shop.grant(plan, stolen))).toEqual(['trust.repository']);
    expect(shop.issued()).toEqual([]);
  });

  test('Atlantis 6037: planned again to the same, a change keeps its approval', async () => {
    const { github, repository, shop } = here;
    const number = await here.opened({ [PRODUCTION]: 'x\n' });
    await shop.uploaded('shop-production', { claims: here.pullJob(number), changes: HARMLESS });
    github.review(repository, number, 'hanako', 'APPROVE');
    await shop.uploaded('shop-production', { claims: here.pullJob(number), changes: HARMLESS });
    await here.told();
    expect(here.check(number, 'shop-production')).toMatch(/^success: /);
    github.merge(repository, number, 'taro');
    const job = here.mainJob();
    const plan = await shop.uploaded('shop-production', { claims: job, changes: HARMLESS });
    expect(rulesOf(await shop.grant(plan, job))).toEqual(['allowed']);
  });

  test('Atlantis and others: of a matrix of 40 jobs at once, each gets its credentials', async () => {
    const { shop } = here;
    const number = await here.opened({ [STAGING]: 'x\n' });
    const stacks = ['shop-staging', 'shop-production', 'web-production'] as const;
    const matrix = here.pullJob(number);
    const asked = Array.from({ length: 40 }, (_, at) => stacks[at % 3] ?? 'shop-staging');
    const all = await Promise.all(asked.map((stack) => shop.grantPlan(stack, matrix)));
    expect(all.map((each) => rulesOf(each).join())).toEqual(Array.from({ length: 40 }, () => 'allowed'));
    const granted = all.map(mustBeTaken);
    expect(granted.map(({ grant }) => grant.stack)).toEqual(asked);
    expect(new Set(granted.map(({ secret }) => secret)).size).toBe(40);
    expect(shop.issued()).toHaveLength(40);
  });
});
