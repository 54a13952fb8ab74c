import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Configuration, loadConfigurationFile } from '#accounts';
import { assumeRoleSts, planSessionPolicy, type SessionRequest } from '#credentials';
import { type OutsideTools, requireOutsideTools } from '../../../demo/outside-tools.ts';
import { type AwsCredentials, clientOptions, SHOP_REGION } from '../../../demo/stand-ins/aws-organization.ts';
import { type EnforcingAws, startEnforcingAws } from '../../../demo/stand-ins/enforcing-aws/index.ts';
import {
  ADMINISTRATOR,
  assumeRole,
  makeOrganization,
  makeRole,
  messageOf,
  refusalOf,
  trust,
} from '../../../demo/stand-ins/enforcing-aws/testing.ts';
import type { Moto } from '../../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../../test/moto.ts';
import { policySession } from '../policy-session.ts';
import { runCommand } from '../testing.ts';
import { initWith } from './init.ts';

/*
 * As a new user: a repository with three stacks in two accounts, `sekisho init` by flags, the module applied in both accounts by real
 * Terraform, then a plan and an apply with nothing but the roles it made, in an AWS that enforces.
 */

const SERVER_ROLE = 'arn:aws:iam::123456789012:role/sekisho-server';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII4DW8+Yy/V4bp7e856zzh6tX3xUM5M9v2cCvuwDcnvi';
const STATE = { bucket: 'shop-terraform-state-staging', key: 'shop-network/terraform.tfstate' };

let moto: Moto;
let aws: EnforcingAws;
let tools: OutsideTools;
let root: string;
let accounts: readonly { readonly id: string; readonly administrator: AwsCredentials }[];
let configuration: Configuration;
let server: AwsCredentials;

async function terraform(folder: string, as: AwsCredentials, ...args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    TF_CLI_CONFIG_FILE: tools.terraformCliConfig,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: SHOP_REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: as.accessKeyId,
    AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
    AWS_SESSION_TOKEN: as.sessionToken ?? '',
  };
  const run = promisify(execFile)(tools.terraform, [...args, '-no-color'], { cwd: join(root, folder), env });
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  return `${stdout}${stderr}`;
}

beforeAll(async () => {
  tools = await requireOutsideTools();
  moto = await startTestMoto();
  aws = await startEnforcingAws({ endpoint: moto.endpoint });
  const staging = await makeOrganization(aws.url);
  const made = await new OrganizationsClient(clientOptions(aws.url, ADMINISTRATOR)).send(
    new CreateAccountCommand({ AccountName: 'production', Email: 'b@shop.example' }),
  );
  const production = made.CreateAccountStatus?.AccountId ?? '';
  const RoleArn = `arn:aws:iam::${production}:role/OrganizationAccountAccessRole`;
  const inProduction = await assumeRole(aws.url, ADMINISTRATOR, {
    RoleArn,
    RoleSessionName: 'administrator',
  });
  accounts = [
    { id: staging.account, administrator: staging.administrator },
    { id: production, administrator: inProduction },
  ];
  root = mkdtempSync(join(tmpdir(), 'sekisho-new-user-'));
  cpSync(join(import.meta.dirname, 'cases', 'three-stacks', 'repository'), root, { recursive: true });
  for (const stack of readdirSync(join(root, 'stacks'))) {
    const file = join(root, 'stacks', stack, 'main.tf');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('111111111111', staging.account).replace('222222222222', production));
  }
  execFileSync('git', ['init', '-q', '-b', 'main', root]);
  execFileSync('git', ['-C', root, 'remote', 'add', 'origin', 'git@github.com:shop/infra.git']);
  writeFileSync(join(root, 'hanako.pub'), `${KEY} hanako\n`);
}, 120_000);
afterAll(async () => {
  await aws?.stop();
  await moto?.stop();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
});

it('sekisho init writes a configuration that is good, and roles that real Terraform makes in both accounts', {
  timeout: 240_000,
}, async () => {
  const command = initWith({
    keyboard: () => {
      throw new Error('nobody is there');
    },
  });
  const said = await runCommand(
    command,
    [
      ...['--yes', '--branch', 'main', '--repository-id', '700100', '--owner-id', '900'],
      ...['--server', 'https://sekisho.shop.example', '--server-role', SERVER_ROLE],
      ...['--source', `shop/sekisho@${'0'.repeat(40)}`],
      ...['--person', 'hanako=1002', '--key', 'hanako=hanako.pub'],
    ],
    { cwd: root, env: { PATH: process.env.PATH } },
  );
  expect([said.exit, said.err]).toEqual([0, '']);
  const loaded = await loadConfigurationFile(join(root, 'sekisho/sekisho.yaml'));
  if (!loaded.ok) throw new Error(loaded.error.reasons[0].message.en);
  configuration = loaded.value;
  expect(configuration.organization.stacks.map(({ account }) => account.id).toSorted()).toEqual(
    [accounts[0]?.id, accounts[0]?.id, accounts[1]?.id].toSorted(),
  );
  await makeRole(aws.url, ADMINISTRATOR, {
    name: 'sekisho-server',
    trust: trust({ AWS: 'arn:aws:iam::123456789012:root' }),
    policy: readFileSync(join(root, 'sekisho/server-role-policy.json'), 'utf8'),
  });
  server = await assumeRole(aws.url, ADMINISTRATOR, { RoleArn: SERVER_ROLE, RoleSessionName: 'server' });
  const folder = 'sekisho/sekisho-account';
  for (const { id, administrator } of accounts) {
    expect(await terraform(folder, administrator, 'init', '-input=false')).toContain(
      'successfully initialized',
    );
    await terraform(folder, administrator, 'workspace', 'new', id);
    expect(await terraform(folder, administrator, 'apply', '-auto-approve', '-input=false')).toContain(
      '11 added',
    );
  }
});

/** A session of the stack's role as the server asks for it. */
async function sessionOf(
  purpose: 'plan' | 'apply',
  policies: Pick<SessionRequest, 'sessionPolicy' | 'managedPolicyArns'>,
) {
  const stack = configuration.organization.stacks.find(({ name }) => name === 'shop-network');
  if (stack === undefined) throw new Error('no stack');
  const sts = assumeRoleSts({
    endpoint: aws.url,
    credentials: { ...server, sessionToken: server.sessionToken ?? '' },
  });
  const session = await sts.issue({
    ...{ purpose, stack: stack.name, account: stack.account.id, region: stack.region },
    roleArn: purpose === 'plan' ? stack.planRole : stack.applyRole,
    ...{ sessionName: `grt_${purpose}`, sourceIdentity: 'hanako', tags: { 'sekisho:purpose': purpose } },
    ...policies,
    durationSeconds: 900,
  });
  if (!session.ok) throw new Error(session.error.reasons[0].message.en);
  return session.value;
}

it('with the roles alone a change is planned and applied, and misuse of them is refused', {
  timeout: 240_000,
}, async () => {
  const administrator = accounts[0]?.administrator ?? ADMINISTRATOR;
  const s3 = (as: AwsCredentials) => new S3Client({ ...clientOptions(aws.url, as), forcePathStyle: true });
  const CreateBucketConfiguration = { LocationConstraint: SHOP_REGION } as const;
  for (const Bucket of [STATE.bucket, 'shop-orders'])
    await s3(administrator).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const orders = { Bucket: 'shop-orders', Key: '2026.csv' };
  await s3(administrator).send(new PutObjectCommand({ ...orders, Body: 'x' }));

  const planning = planSessionPolicy({
    region: configuration.organization.stacks[0]?.region ?? ('' as never),
    stateStore: STATE,
  });
  if (!planning.ok) throw new Error('no policy');
  const { policy, managedPolicyArns } = planning.value;
  const plan = await sessionOf('plan', { sessionPolicy: policy, managedPolicyArns });
  const folder = 'stacks/shop-network';
  const initialised = await terraform(
    folder,
    plan,
    'init',
    '-input=false',
    '-backend-config=use_path_style=true',
  );
  expect(initialised).toContain('successfully initialized');
  const planned = await terraform(folder, plan, 'plan', '-lock=false', '-input=false', '-out=change.tfplan');
  expect(planned).toContain('1 to add, 0 to change, 0 to destroy');
  expect(await messageOf(s3(plan).send(new GetObjectCommand(orders)))).toContain('explicit deny');

  const compiled = await runCommand(
    policySession,
    [join(root, folder, 'change.tfplan'), '--format', 'json'],
    { cwd: root },
  );
  const { policy: sessionPolicy } = z.object({ policy: z.json() }).parse(JSON.parse(compiled.out));
  const apply = await sessionOf('apply', {
    sessionPolicy: typeof sessionPolicy === 'string' ? sessionPolicy : JSON.stringify(sessionPolicy),
    managedPolicyArns: [],
  });
  expect(await terraform(folder, apply, 'apply', '-input=false', 'change.tfplan')).toContain(
    '1 added, 0 changed',
  );
  expect((await refusalOf(s3(apply).send(new GetObjectCommand(orders))))?.name).toBe('AccessDenied');
  const other = await refusalOf(
    assumeRole(aws.url, apply, {
      RoleArn: `arn:aws:iam::${accounts[1]?.id}:role/sekisho-apply`,
      RoleSessionName: 'thief',
    }),
  );
  expect(other?.name).toBe('AccessDenied');
});
