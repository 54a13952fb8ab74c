import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccountId } from '../../src/core-values/index.ts';
import { fitPolicy, type Need, needsOfPlan } from '../../src/credentials/core/index.ts';
import { readPlan } from '../../src/plan/index.ts';
import {
  type AwsCredentials,
  clientOptions,
  SHOP_REGION,
  type ShopAccount,
} from '../stand-ins/aws-organization.ts';
import { credentialVariables, type RunnerJob, startWorld, type World } from '../world.ts';
import { type Attempt, attemptMisuses, misusesFor, prepareTargets } from './index.ts';

let directory: string;
let world: World;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stolen-grant-'));
  world = await startWorld({ directory });
});
afterAll(async () => {
  await world?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

const terraform = (job: RunnerJob, credentials: AwsCredentials, verb: string, ...args: readonly string[]) =>
  promisify(execFile)(world.tools.terraform, [verb, '-no-color', '-input=false', ...args], {
    cwd: job.directory,
    env: { ...job.env, ...credentialVariables(credentials) },
  });

/** A session of the apply role, as Sekisho's server takes it; under a session policy if there is one. */
async function session(role: string, policy?: string): Promise<Required<AwsCredentials>> {
  const sts = new STSClient(clientOptions(world.aws.endpoint, world.aws.serverCredentials));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'grt_stolen', Policy: policy }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

/** Plans a stack and applies it with nothing but the policy that the plan gives; the needs, and the credentials that live on. */
async function applied(
  stack: 'shop-staging' | 'shop-production',
  account: ShopAccount,
): Promise<{ needs: readonly Need[]; credentials: AwsCredentials }> {
  const commit = await world.repository.head();
  const job = await world.startJob({ stack, commit, actor: 'taro' });
  const administrator = await world.aws.administratorOf(account.id);
  await terraform(job, administrator, 'init');
  await terraform(job, administrator, 'plan', '-lock=false', '-out=plan.tfplan');
  const plan = await readPlan(await readFile(join(job.directory, 'plan.tfplan')));
  if (!plan.ok) throw new Error(plan.error.reasons[0].message.en);
  const facts = { account: account.id as AccountId, region: SHOP_REGION };
  const needs = needsOfPlan(plan.value, facts);
  if (!needs.ok) throw new Error(needs.error.reasons[0].message.en);
  const protectedArns = [account.planRoleArn, account.applyRoleArn, account.revokeRoleArn];
  const fitted = fitPolicy(needs.value, { ...facts, protectedArns });
  if (!fitted.ok) throw new Error(fitted.error.reasons[0].message.en);
  const credentials = await session(account.applyRoleArn, fitted.value.policy);
  await terraform(job, credentials, 'apply', 'plan.tfplan');
  return { needs: needs.value, credentials };
}

/** What moto does not have, or does not let through by itself; whether AWS would is the gate's to say, and it says yes. */
const NOT_IN_MOTO = [
  'another-account-bucket/s3:PutObject',
  'edit-identity-provider/iam:AddClientIDToOpenIDConnectProvider',
  'run-command/ssm:StartSession',
  'leave-organization/organizations:LeaveOrganization',
];
/** The stack's own names are not in use in another region; the bucket of its state is not empty. */
const NOTHING_THERE = [
  'another-region/dynamodb:DescribeTable',
  'another-region/sns:GetTopicAttributes',
  'delete-bucket/s3:DeleteBucket/arn:aws:s3:::shop-terraform-state',
];

const told = (attempts: readonly Attempt[]) =>
  attempts.map(({ name, verdict, status, message, reason }) =>
    [verdict, name, status, message ?? reason?.en].join(' '),
  );

it.each(['staging', 'production'] as const)(
  'The grant of an apply in %s, stolen, fails at everything; the same role without a session policy succeeds',
  { timeout: 300_000 },
  async (environment) => {
    const account = world.aws[environment];
    const { needs, credentials } = await applied(`shop-${environment}`, account);
    const { endpoint, decisions, toolsAccountId } = world.aws;
    const targets = await prepareTargets({
      ...{ endpoint, account: account.id, region: SHOP_REGION, otherAccount: toolsAccountId },
      administrator: await world.aws.administratorOf(account.id),
      otherAdministrator: await world.aws.administratorOf(toolsAccountId),
    });
    const misuses = misusesFor({ targets, needs, roleArn: account.applyRoleArn });
    const where = { endpoint, region: SHOP_REGION, decisions };

    const startedMs = performance.now();
    const stolen = await attemptMisuses({ ...where, credentials, misuses });
    const seconds = (performance.now() - startedMs) / 1000;
    const tried = stolen.filter(({ verdict }) => verdict !== 'not-applicable');
    expect(told(tried.filter(({ verdict }) => verdict !== 'denied'))).toEqual([]);
    expect(new Set(tried.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(40);
    // A machine with every core taken is no reason to be slow by an order of magnitude.
    expect(seconds).toBeLessThan(20);

    const unbound = await session(account.applyRoleArn);
    const control = await attemptMisuses({ ...where, credentials: unbound, misuses });
    const done = control.filter(({ verdict }) => verdict !== 'not-applicable');
    expect(done.map(({ name }) => name)).toEqual(tried.map(({ name }) => name));
    expect(told(done.filter(({ verdict }) => verdict !== 'allowed'))).toEqual([]);
    const failed = done.filter(({ status = 0 }) => status >= 300);
    expect(
      told(
        failed.filter(({ name }) => ![...NOT_IN_MOTO, ...NOTHING_THERE].some((one) => name.startsWith(one))),
      ),
    ).toEqual([]);
  },
);
