import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tablesOf } from '../../demo/story/aws-view.ts';
import { runOfDispatch, runOfPullRequest, runOfPush, type StackJobs } from './github-life/run.ts';
import { openShopOnGitHub, type ShopOnGitHub } from './github-life/shop.ts';

/*
 * The life of changes through the public surface alone: GitHub's webhooks in, its REST API out, the bundled action as GitHub runs it, a server in
 * its own process, real Terraform, and an AWS that refuses what a session may not do.
 */

let directory: string;
let shop: ShopOnGitHub;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sekisho-life-'));
  // The database runs as another user when we are root, and must reach its folder.
  await chmod(directory, 0o711);
  shop = await openShopOnGitHub(directory);
});

/** Keys and tokens of AWS, grants, and tokens of jobs. */
const SECRETS = /ASIA[A-Z0-9]{12,}|skg_[\w-]{20,}|eyJ[\w-]+\.eyJ[\w-]+\.|FwoG[\w/+=]{20,}/;

afterAll(async () => {
  const complaints = shop?.github.complaints();
  const said = shop?.repository.comments.values().map(({ body }) => body);
  const checked = shop?.repository.checkRuns.values().map(({ output }) => JSON.stringify(output));
  const words = [...(said ?? []), ...(checked ?? [])].join('\n');
  await shop?.stop();
  await rm(directory, { recursive: true, force: true });
  expect(complaints).toEqual([]);
  expect(words).not.toMatch(SECRETS);
});

const table = (name: string): string => `resource "aws_dynamodb_table" "${name}" {
  name         = "${name}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
`;

/** Of the one comment; answers to commands are another. */
const MARKER = '<!-- sekisho:pull-request -->';

const comments = (number: number): readonly string[] =>
  [...shop.repository.comments.values()]
    .filter(({ issue, app, body }) => issue === number && app !== undefined && body.startsWith(MARKER))
    .map(({ body }) => body);

/** How the checks of the pull request's head stand, by name. */
const checks = (number: number): Readonly<Record<string, string>> => {
  const head = shop.repository.pulls.get(number)?.head.sha;
  return Object.fromEntries(
    [...shop.repository.checkRuns.values()]
      .filter(({ suite }) => suite.sha === head)
      .map(({ name, conclusion, output }) => [name, `${conclusion}: ${output.title}`]),
  );
};

const seen = (number: number) => () => [...comments(number), JSON.stringify(checks(number))].join('\n');

/** The only plan of the pull request's own run. */
async function planned(number: number, stack: string): Promise<StackJobs['plan']> {
  const run = await runOfPullRequest(shop, number);
  expect([...run.keys()]).toEqual([stack]);
  const { plan, apply } = run.get(stack) ?? {};
  if (plan === undefined) throw new Error(`${stack} was not planned`);
  expect([plan.exitCode, apply], plan.log.shown()).toEqual([0, undefined]);
  return plan;
}

/** GitHub dates reviews by whole seconds, so that one within the second in which the plan came in counts as given before it. */
async function reviewed(number: number): Promise<void> {
  const nextSecondMs = (Math.floor(Date.now() / 1_000) + 1) * 1_000;
  await shop.until(() => Date.now() >= nextSecondMs, seen(number));
  shop.github.review(shop.repository, number, 'hanako', 'APPROVE');
}

/** What the run after the merge did with the stack. */
async function afterMerge(number: number, stack: string): Promise<Required<StackJobs>> {
  shop.github.merge(shop.repository, number, 'hanako');
  const run = await runOfPush(shop, 'hanako');
  expect([...run.keys()]).toEqual([stack]);
  const { plan, apply } = run.get(stack) ?? {};
  if (plan === undefined || apply === undefined) throw new Error(`No apply:\n${plan?.log.shown()}`);
  return { plan, apply };
}

interface Tables {
  readonly staging: readonly string[];
  readonly production: readonly string[];
}

/** What is there, whatever Sekisho says. */
const tables = async (): Promise<Tables> => {
  const { staging, production } = shop.world.aws;
  const [inStaging, inProduction] = await Promise.all([
    tablesOf(shop.world, staging.id),
    tablesOf(shop.world, production.id),
  ]);
  return { staging: inStaging, production: inProduction };
};

const deployments = (): readonly string[] =>
  [...shop.repository.deployments.values()].map(
    ({ environment, statuses }) => `${environment}: ${statuses.at(-1)?.state}`,
  );

describe('changes of a repository with two stacks in two accounts', () => {
  it('planned by its pull request, signed, merged and applied: one comment, its checks and a deployment tell it', async () => {
    const { number } = shop.github.openPullRequest({
      ...{ repository: shop.repository, author: 'taro', branch: 'baskets' },
      files: { 'stacks/shop-staging/main.tf': table('baskets') },
    }).issue;
    await shop.until(() => 'sekisho' in checks(number), seen(number));
    expect(checks(number)).toEqual({
      sekisho: 'null: waits for its plan',
      'sekisho: shop-staging': 'null: waits for its plan',
      'sekisho: shop-production': 'success: Not affected by this change',
    });
    const plan = await planned(number, 'shop-staging');
    await shop.until(() => checks(number).sekisho === 'action_required: waits for approval', seen(number));
    expect(comments(number)[0]).toContain('**Create** `aws_dynamodb_table.baskets`');
    expect(comments(number)[0]).toContain(`sekisho approve ${plan.outputs.plan}`);
    const signed = await shop.stage.person('hanako', 'approve', plan.outputs.plan ?? '', '--yes');
    expect(signed.exitCode, signed.output).toBe(0);
    await shop.until(() => checks(number).sekisho?.startsWith('success') === true, seen(number));
    expect(await tables()).toEqual({ staging: [], production: [] });
    const { apply: applied } = await afterMerge(number, 'shop-staging');
    expect([applied.exitCode, applied.outputs.state], applied.log.shown()).toEqual([0, 'applied']);
    expect(await tables()).toEqual({ staging: ['baskets'], production: [] });
    await shop.until(() => comments(number).join().includes('`shop-staging`: applied'), seen(number));
    expect(comments(number)[0]).toContain('everything is applied');
    // Deployments are shown after the comment.
    await shop.until(() => deployments().includes('staging/shop-staging: success'), seen(number));
    expect(deployments()).toEqual(['staging/shop-staging: success']);
    expect(comments(number)).toHaveLength(1);
  });

  it('reviewed, then pushed to: what was pushed is not applied, and the comment says why', async () => {
    const file = 'stacks/shop-staging/main.tf';
    const before = [await tables(), deployments()];
    const { number } = shop.github.openPullRequest({
      ...{ repository: shop.repository, author: 'taro', branch: 'copies' },
      files: { [file]: table('baskets') + table('copies') },
    }).issue;
    await planned(number, 'shop-staging');
    await shop.until(() => checks(number).sekisho === 'action_required: waits for approval', seen(number));
    await reviewed(number);
    await shop.until(() => checks(number).sekisho?.startsWith('success') === true, seen(number));
    shop.github.push(shop.repository, 'taro', 'copies', { [file]: table('baskets') + table('stolen') });
    await planned(number, 'shop-staging');
    await shop.until(() => checks(number).sekisho === 'action_required: waits for approval', seen(number));
    const { plan, apply } = await afterMerge(number, 'shop-staging');
    expect(apply.exitCode, apply.log.shown()).toBe(3);
    expect(apply.log.annotations().map(({ properties }) => properties.title)).toContain(
      'Sekisho: policy.not-permitted',
    );
    await shop.until(
      () =>
        comments(number)
          .join()
          .includes(plan.outputs.plan ?? '?'),
      seen(number),
    );
    expect(comments(number)[0]).toContain('`shop-staging`: waits for approval');
    expect(comments(number)[0]).toContain('No policy permits shop/infra run');
    expect(comments(number)[0]).toContain(
      '- hanako: approved (by a review) — does not count: What was planned when the review was given means something else than this plan.',
    );
    expect([await tables(), deployments()]).toEqual(before);
  });

  it('reviewed, and applied by a comment before the merge: the check passes only then', async () => {
    const { repository, github } = shop;
    const before = await tables();
    const { number } = github.openPullRequest({
      ...{ repository, author: 'taro', branch: 'orders' },
      files: { 'stacks/shop-production/main.tf': table('orders') },
    }).issue;
    await shop.until(() => 'sekisho' in checks(number), seen(number));
    await planned(number, 'shop-production');
    await shop.until(() => checks(number).sekisho === 'action_required: waits for approval', seen(number));
    await reviewed(number);
    await shop.until(() => comments(number).join().includes('/sekisho apply shop-production'), seen(number));
    expect(checks(number).sekisho).not.toMatch(/^success/);
    github.comment(repository, number, 'taro', '/sekisho apply shop-production');
    await shop.until(() => github.state.dispatches.length === 1, seen(number));
    const [dispatch] = github.state.dispatches;
    if (dispatch === undefined) throw new Error('Nothing was dispatched.');
    const { plan, apply } = (await runOfDispatch(shop, dispatch)).get('shop-production') ?? {};
    expect([apply?.exitCode, apply?.outputs.state], plan?.log.shown()).toEqual([0, 'applied']);
    expect(await tables()).toEqual({ ...before, production: ['orders'] });
    await shop.until(() => checks(number).sekisho?.startsWith('success') === true, seen(number));
    expect(comments(number)).toHaveLength(1);
    expect(comments(number)[0]).toContain('`shop-production`: applied');
    expect(deployments()).toContain('production/shop-production: success');
  });
});
