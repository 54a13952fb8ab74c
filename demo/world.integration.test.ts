import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../src/accounts/index.ts';
import { accountOf, assume, clientOptions } from './stand-ins/aws-organization.ts';
import { credentialVariables, type RunnerJob, startWorld, type World } from './world.ts';

const run = promisify(execFile);
let directory: string;
let world: World;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sekisho-world-'));
  world = await startWorld({ directory });
  return world.stop;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const as = (roleArn: string) => assume(world.aws.endpoint, world.aws.serverCredentials, roleArn);

async function terraform(job: RunnerJob, roleArn: string, ...args: readonly string[]): Promise<string> {
  const env = { ...job.env, ...credentialVariables(await as(roleArn)) };
  const { stdout } = await run(world.tools.terraform, [...args, '-no-color'], { cwd: job.directory, env });
  return stdout;
}

async function tablesOf(accountId: string): Promise<readonly string[]> {
  const credentials = await world.aws.administratorOf(accountId);
  const client = new DynamoDBClient(clientOptions(world.aws.endpoint, credentials));
  return (await client.send(new ListTablesCommand({}))).TableNames ?? [];
}

// Terraform loads its provider for every step: minutes on a busy machine.
describe('the demo’s world', { timeout: 240_000 }, () => {
  it('gives a sekisho.yaml that Sekisho accepts', () => {
    const words = world.sekishoYaml({ publicUrl: 'http://127.0.0.1:8420', port: 8420 });
    const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: Buffer.from(words) });
    expect(loaded).toMatchObject({ ok: true, value: { organization: { stacks: { length: 2 } } } });
  });

  it('lets the server’s credentials become each account’s roles, in that account', async () => {
    const { endpoint, staging, production, serverCredentials, toolsAccountId } = world.aws;
    expect(await accountOf(endpoint, serverCredentials)).toBe(toolsAccountId);
    for (const { id, planRoleArn, applyRoleArn } of [staging, production]) {
      expect(await accountOf(endpoint, await as(planRoleArn))).toBe(id);
      expect(await accountOf(endpoint, await as(applyRoleArn))).toBe(id);
    }
  });

  it('hides each account’s Terraform state from the other account’s credentials', async () => {
    const commit = await world.repository.head();
    const job = await world.startJob({ stack: 'shop-production', commit, actor: 'taro' });
    await expect(terraform(job, world.aws.staging.applyRoleArn, 'init')).rejects.toThrow(/403/);
  });

  it('applies the staging stack to the staging account and nowhere else', async () => {
    const { staging, production, toolsAccountId, managementAccountId } = world.aws;
    const commit = await world.repository.head();
    const job = await world.startJob({ stack: 'shop-staging', commit, actor: 'taro' });
    await terraform(job, staging.planRoleArn, 'init');
    await terraform(job, staging.planRoleArn, 'plan', '-out=change.tfplan');
    await terraform(job, staging.applyRoleArn, 'apply', 'change.tfplan');
    expect(await tablesOf(staging.id)).toEqual(['orders']);
    for (const other of [production.id, toolsAccountId, managementAccountId])
      expect(await tablesOf(other)).toEqual([]);
  });

  it('has a revision that would destroy production’s orders', async () => {
    const { applyRoleArn } = world.aws.production;
    const before = {
      stack: 'shop-production',
      commit: await world.repository.head(),
      actor: 'taro',
    } as const;
    const first = await world.startJob(before);
    await terraform(first, applyRoleArn, 'init');
    await terraform(first, applyRoleArn, 'apply', '-auto-approve');
    const commit = await world.repository.commitRevision('production-new-orders-key', 'taro');
    const second = await world.startJob({ ...before, commit });
    await terraform(second, applyRoleArn, 'init');
    const plan = await terraform(second, applyRoleArn, 'plan');
    expect(plan).toContain('aws_dynamodb_table.orders must be replaced');
    expect(plan).toContain('1 to add, 0 to change, 1 to destroy');
  });
});
