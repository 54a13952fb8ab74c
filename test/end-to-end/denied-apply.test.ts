import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, type ServerProcess, startServerProcess } from '../../demo/server-process.ts';
import { SHOP_REGION } from '../../demo/stand-ins/aws-organization.ts';
import { openStage, planIdIn, type Stage } from '../../demo/story/stage.ts';
import { startWorld, type World } from '../../demo/world.ts';

/* Real Terraform, a real server and an AWS that enforces: a call that nobody foresaw is refused in the middle of an apply. */

/** The provider calls it when a group's retention is taken away. Once it is recorded, choose another call that is not. */
const UNFORESEEN = 'logs:DeleteRetentionPolicy';
const recorded = readFileSync(
  join(import.meta.dirname, '../../src/credentials/core/needs/recorded-operations.json'),
  'utf8',
);

const MAIN = `
import {
  to = aws_cloudwatch_log_group.orders
  id = "/shop/orders"
}
resource "aws_cloudwatch_log_group" "orders" {
  name = "/shop/orders"
}
resource "aws_sns_topic" "placed" {
  name = "order-placed"
}
`;

let directory: string;
let world: World;
let server: ServerProcess;
let stage: Stage;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sekisho-denied-apply-'));
  world = await startWorld({ directory: join(directory, 'world') });
  server = await startServerProcess({
    ...{ world, directory: join(directory, 'server'), port: await freePort() },
  });
  const print = (): void => undefined;
  stage = await openStage({ world, url: server.url, directory, language: 'en', print, color: false });
});
afterAll(async () => {
  await server?.stop();
  await world?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** As somebody did by hand, long ago. */
async function logs(operation: string, input: object): Promise<string> {
  const { accessKeyId, sessionToken = '' } = await world.aws.administratorOf(world.aws.staging.id);
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const answer = await fetch(world.aws.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Logs_20140328.${operation}`,
      'x-amz-security-token': sessionToken,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${day}/${SHOP_REGION}/logs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    },
    body: JSON.stringify(input),
  });
  return answer.text();
}

const retention = async (): Promise<number | undefined> =>
  JSON.parse(await logs('DescribeLogGroups', {})).logGroups[0]?.retentionInDays;

async function planned(commit: string, run: string) {
  const claims = { runId: run, runNumber: run, runAttempt: '1' };
  const order = { stack: 'shop-staging', commit, actor: 'taro', environment: 'staging', claims } as const;
  const job = await world.startJob(order);
  const outcome = await stage.ci(job, 'ci', 'plan', '--stack', 'shop-staging');
  expect(outcome.exitCode, outcome.output).toBe(0);
  const plan = planIdIn(outcome);
  return { plan, apply: () => stage.ci(job, 'ci', 'apply', '--stack', 'shop-staging', '--plan', plan) };
}

const hanako = async (...args: readonly string[]): Promise<string> => {
  const { exitCode, output } = await stage.person('hanako', ...args);
  expect(exitCode, output).toBe(0);
  return output;
};

it('an apply that AWS refuses midway goes on after one command and one more approval, and nothing is lost', {
  timeout: 300_000,
}, async () => {
  expect(recorded).not.toContain(UNFORESEEN);
  await logs('CreateLogGroup', { logGroupName: '/shop/orders' });
  await logs('PutRetentionPolicy', { logGroupName: '/shop/orders', retentionInDays: 14 });
  const main = { 'stacks/shop-staging/main.tf': MAIN };
  const commit = await world.repository.commitFiles(main, 'taro', 'Keep the log of orders for ever');

  const first = await planned(commit, '100');
  await hanako('approve', first.plan, '--yes');
  const refused = await first.apply();
  expect(refused.exitCode, refused.output).toBe(4);
  const group = `arn:aws:logs:${SHOP_REGION}:${world.aws.staging.id}:log-group:/shop/orders`;
  const command = `sekisho needs add --stack shop-staging --plan ${first.plan}`;
  for (const output of [refused.output, await hanako('show', first.plan)]) {
    expect(output).toContain(UNFORESEEN);
    expect(output).toContain(`on ${group}`);
    expect(output).toContain('needed by aws_cloudwatch_log_group.orders');
    expect(output).toContain(command);
  }
  expect(await retention()).toBe(14);

  await hanako('needs', 'add', '--stack', 'shop-staging', '--plan', first.plan, '--yes');
  const second = await planned(commit, '101');
  const early = await second.apply();
  expect([early.exitCode, early.output]).toEqual([3, expect.stringContaining('[policy.not-permitted]')]);
  const shown = await hanako('show', second.plan);
  expect(shown).toContain('added by hanako on');
  // What was done stays done: nothing is imported or created again.
  expect(shown).not.toContain('aws_sns_topic.placed will be created');
  await hanako('approve', second.plan, '--yes');
  const applied = await second.apply();
  expect(applied.exitCode, applied.output).toBe(0);
  expect(applied.output).toContain('Apply complete! Resources: 0 added, 1 changed, 0 destroyed.');
  expect(await retention()).toBeUndefined();
  expect(await hanako('needs', 'list', '--stack', 'shop-staging')).toContain(
    `last granted to ${second.plan}`,
  );
  expect(await hanako('audit', 'list', '--kind', 'needs')).toContain('needs.added');
});
