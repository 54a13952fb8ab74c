import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  DeleteRolePermissionsBoundaryCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAccountId } from '#core-values';
import { type OutsideTools, requireOutsideTools } from '../../demo/outside-tools.ts';
import { type AwsCredentials, clientOptions, SHOP_REGION } from '../../demo/stand-ins/aws-organization.ts';
import { type EnforcingAws, startEnforcingAws } from '../../demo/stand-ins/enforcing-aws/index.ts';
import {
  ADMINISTRATOR,
  allow,
  assumeRole,
  makeOrganization,
  makeRole,
  messageOf,
  refusalOf,
  type SmallOrganization,
  trust,
} from '../../demo/stand-ins/enforcing-aws/testing.ts';
import type { Moto } from '../../demo/stand-ins/moto.ts';
import { type Attempt, attemptMisuses } from '../../demo/stolen-grant/attempts.ts';
import { startTestMoto } from '../../test/moto.ts';
import {
  type AccountDocuments,
  type AccountSetUp,
  type AccountTemplate,
  type AccountValues,
  accountDocuments,
  accountTemplate,
  accountValues,
  cloudFormationTemplate,
  GUARD_NAMES,
  type RoleDocuments,
  terraformModule,
} from './core/account-roles/index.ts';

const BUCKET = 'shop-states';
/** Of the stand-in's management account. */
const SERVER_ROLE = 'arn:aws:iam::123456789012:role/sekisho-server';

let moto: Moto;
let aws: EnforcingAws;
let tools: OutsideTools;
let organization: SmallOrganization;
let folder: string;
let server: AwsCredentials;
let documents: AccountDocuments;
let values: AccountValues;
let template: AccountTemplate;

const SET_UP: AccountSetUp = {
  trust: { kind: 'ambient', serverRole: SERVER_ROLE },
  path: '/',
  prefix: 'sekisho-',
  guards: GUARD_NAMES,
  isGuardRequiredOfNew: true,
};

async function terraform(...args: readonly string[]): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken = '' } = organization.administrator;
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TF_CLI_CONFIG_FILE: tools.terraformCliConfig,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: SHOP_REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...{
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  };
  const run = promisify(execFile)(tools.terraform, [...args, '-no-color'], { cwd: folder, env });
  return (await run.catch((error: { stdout: string; stderr: string }) => error)).stdout;
}

beforeAll(async () => {
  tools = await requireOutsideTools();
  moto = await startTestMoto();
  aws = await startEnforcingAws({ endpoint: moto.endpoint });
  organization = await makeOrganization(aws.url);
  folder = await mkdtemp(join(tmpdir(), 'sekisho-account-'));
  await makeRole(aws.url, ADMINISTRATOR, {
    name: 'sekisho-server',
    trust: trust({ AWS: 'arn:aws:iam::123456789012:root' }),
    policy: allow(
      ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      'arn:aws:iam::*:role/sekisho-*',
    ),
  });
  server = await assumeRole(aws.url, ADMINISTRATOR, { RoleArn: SERVER_ROLE, RoleSessionName: 'server' });
  const account = parseAccountId(organization.account);
  if (account === undefined) throw new Error('no account');
  values = accountValues({
    ...{
      account,
      partition: 'aws',
      stacks: ['shop-staging'],
      states: [{ bucket: BUCKET }],
      areStatesKnown: true,
    },
  });
  template = accountTemplate(SET_UP);
  documents = accountDocuments(template, values);
  for (const { path, text } of terraformModule(template, [values])) await writeFile(join(folder, path), text);
  await terraform('init', '-input=false');
}, 120_000);
afterAll(async () => {
  await aws?.stop();
  await moto?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const named = (key: RoleDocuments['key']): RoleDocuments => {
  const role = documents.roles.find((one) => one.key === key);
  if (role === undefined) throw new Error(key);
  return role;
};

const session = (key: RoleDocuments['key'], Policy?: string): Promise<AwsCredentials> =>
  assumeRole(aws.url, server, {
    RoleArn: named(key).arn,
    RoleSessionName: 'grt_1',
    SourceIdentity: 'hanako',
    Tags: [{ Key: 'sekisho:purpose', Value: key }],
    ...(Policy !== undefined && { Policy }),
  });

const form = (members: Readonly<Record<string, string>>): string => String(new URLSearchParams(members));
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** moto keeps inline policies of CloudFormation as Python prints them. */
const decoded = (document = ''): unknown =>
  JSON.parse(decodeURIComponent(document.startsWith("{'") ? document.replaceAll("'", '"') : document));

/** What the account really has, in the form of `accountDocuments`, asked past the proxy. */
async function inTheAccount(as: AwsCredentials, documents: AccountDocuments): Promise<AccountDocuments> {
  const iam = new IAMClient(clientOptions(moto.endpoint, as));
  const { guard } = documents;
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: guard.arn }));
  const version = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn: guard.arn, VersionId: Policy?.DefaultVersionId }),
  );
  const roles = documents.roles.map(async (role) => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role.name }));
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role.name }));
    const asked = { RoleName: role.name, PolicyName: role.name };
    const inline = role.policy === undefined ? undefined : await iam.send(new GetRolePolicyCommand(asked));
    const boundary = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
      ...{ key: role.key, setting: role.setting, name: Role?.RoleName, arn: Role?.Arn },
      trust: decoded(Role?.AssumeRolePolicyDocument),
      managedArns: (attached.AttachedPolicies ?? []).map(({ PolicyArn }) => PolicyArn),
      ...(inline !== undefined && { policy: decoded(inline.PolicyDocument) }),
      ...(boundary !== undefined && boundary !== '' && { boundaryArn: boundary }),
    };
  });
  const made = { guard: { arn: Policy?.Arn, policy: decoded(version.PolicyVersion?.Document) } };
  return { ...made, roles: await Promise.all(roles) } as AccountDocuments;
}

describe('the Terraform module', () => {
  it('is formatted and valid, and makes exactly the documents', { timeout: 240_000 }, async () => {
    expect(await terraform('fmt', '-check', '-diff')).toBe('');
    expect(await terraform('validate')).toContain('Success!');
    expect(await terraform('apply', '-auto-approve', '-input=false')).toContain(
      '11 added, 0 changed, 0 destroyed',
    );
    expect(await inTheAccount(organization.administrator, documents)).toEqual(documents);
    expect(await terraform('plan', '-input=false')).toContain('No changes.');
  });

  it('makes nothing with the credentials of an account that it does not know', {
    timeout: 60_000,
  }, async () => {
    const others = '{"999999999999":{"stacks":[],"state_objects":[],"lock_tables":[]}}';
    const said = terraform('plan', '-input=false', '-refresh=false', `-var=accounts=${others}`);
    expect(await said).not.toContain('Plan:');
  });
});

describe('in an AWS that enforces, the roles that it made', () => {
  const object = { Bucket: BUCKET, Key: 'staging/terraform.tfstate' };
  const data = { Bucket: 'shop-orders', Key: '2026.csv' };
  const s3 = (as: AwsCredentials) => new S3Client({ ...clientOptions(aws.url, as), forcePathStyle: true });
  const CreateBucketConfiguration = { LocationConstraint: SHOP_REGION } as const;
  beforeAll(async () => {
    const admin = s3(organization.administrator);
    for (const one of [object, data]) {
      await admin.send(new CreateBucketCommand({ Bucket: one.Bucket, CreateBucketConfiguration }));
      await admin.send(new PutObjectCommand({ ...one, Body: '{}' }));
    }
  });

  const tried = (
    as: AwsCredentials,
    asks: readonly (readonly [string, string, object])[],
  ): Promise<readonly Attempt[]> =>
    attemptMisuses({
      endpoint: aws.url,
      region: SHOP_REGION,
      credentials: as,
      decisions: () => aws.decisions(),
      misuses: asks.map(([service, operation, parameters]) => ({
        name: operation,
        kind: operation,
        title: { en: operation, ja: operation },
        call: { service, operation, parameters: parameters as Record<string, string> },
        asks: [{ action: `${service}:${operation}`, resource: '*' }],
      })),
    });
  const refusalsOf = (attempts: readonly Attempt[]) =>
    attempts.map(({ action, message = '' }) => [
      action,
      /because .*|with an explicit deny .*/.exec(message)?.[0],
    ]);

  it('let plan read states and settings, but neither data nor secrets', async () => {
    const plan = await session('plan');
    expect(await refusalOf(s3(plan).send(new GetObjectCommand(object)))).toBeUndefined();
    expect(await messageOf(s3(plan).send(new GetObjectCommand(data)))).toContain('explicit deny');
    expect(await messageOf(s3(plan).send(new PutObjectCommand({ ...object, Body: 'x' })))).toContain(
      'because no identity-based policy allows the s3:PutObject action',
    );
    const secrets = await tried(plan, [
      ['secretsmanager', 'GetSecretValue', { SecretId: 'db' }],
      ['dynamodb', 'Scan', { TableName: 'orders' }],
      ['sns', 'CreateTopic', { Name: 'x' }],
    ]);
    expect(secrets.map(({ verdict }) => verdict)).not.toContain('allowed');
    expect(refusalsOf(secrets).slice(0, 2)).toEqual([
      ['secretsmanager:GetSecretValue', 'with an explicit deny in an identity-based policy'],
      ['dynamodb:Scan', 'with an explicit deny in an identity-based policy'],
    ]);
  });

  it('let apply do what its session policy allows, and never what the guard denies', async () => {
    const apply = await session('apply', allow('*'));
    const [made, ...refused] = await tried(apply, [
      ['sns', 'CreateTopic', { Name: 'orders' }],
      ['cloudtrail', 'StopLogging', { Name: 'main' }],
      ['organizations', 'LeaveOrganization', {}],
    ]);
    expect(made?.verdict).toBe('allowed');
    for (const one of refused) expect(one.message).toContain('explicit deny in a permissions boundary');
    const iam = new IAMClient(clientOptions(aws.url, apply));
    for (const { name: RoleName } of documents.roles) {
      const PolicyDocument = allow('*');
      const put = new PutRolePolicyCommand({ RoleName, PolicyName: 'more', PolicyDocument });
      expect(await messageOf(iam.send(put))).toContain('explicit deny');
      const off = new DeleteRolePermissionsBoundaryCommand({ RoleName });
      expect(await messageOf(iam.send(off))).toContain('explicit deny');
    }
  });

  it('let nobody in but the server, and revoke end a session at once', async () => {
    for (const { arn: RoleArn } of documents.roles) {
      const asked = assumeRole(aws.url, organization.administrator, { RoleArn, RoleSessionName: 'stranger' });
      expect((await refusalOf(asked))?.name).toBe('AccessDenied');
    }
    const revoke = new IAMClient(clientOptions(aws.url, await session('revoke')));
    const deny = {
      RoleName: named('apply').name,
      PolicyName: 'SekishoRevoked-1',
      PolicyDocument: allow('*'),
    };
    expect(await refusalOf(revoke.send(new PutRolePolicyCommand(deny)))).toBeUndefined();
    const other = { ...deny, RoleName: named('policy').name };
    expect((await refusalOf(revoke.send(new PutRolePolicyCommand(other))))?.name).toBe('AccessDenied');
  });
});

describe('the CloudFormation template', () => {
  it('makes exactly the same', { timeout: 60_000 }, async () => {
    const { account } = organization;
    // Another account, past the proxy: it knows no CloudFormation.
    const other = '210987654321';
    const there = accountDocuments(template, { ...values, account: other });
    expect(account).not.toBe(other);
    const client = new AwsClient({
      accessKeyId: 'stand-in',
      secretAccessKey: 'stand-in',
      region: SHOP_REGION,
      service: 'sts',
    });
    const assumed = await client.fetch(moto.endpoint, {
      method: 'POST',
      headers: FORM,
      body: form({
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: `arn:aws:iam::${other}:role/administrator`,
        RoleSessionName: 'stranger',
      }),
    });
    const words = await assumed.text();
    const value = (tag: string): string => new RegExp(`<${tag}>([^<]+)`).exec(words)?.[1] ?? '';
    const administrator = {
      accessKeyId: value('AccessKeyId'),
      secretAccessKey: value('SecretAccessKey'),
      sessionToken: value('SessionToken'),
    };
    const cloudformation = new AwsClient({
      ...administrator,
      region: SHOP_REGION,
      service: 'cloudformation',
    });
    const created = await cloudformation.fetch(moto.endpoint, {
      method: 'POST',
      headers: FORM,
      body: form({
        Action: 'CreateStack',
        Version: '2010-05-15',
        StackName: 'sekisho',
        'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
        TemplateBody: cloudFormationTemplate(template, [{ ...values, account: other }]),
      }),
    });
    expect([created.status, created.ok ? '' : await created.text()]).toEqual([200, '']);
    // moto attaches none of a template's managed policies; cloudformation.test.ts looks at them.
    const roles = there.roles.map((role) => ({ ...role, managedArns: [] }));
    expect(await inTheAccount(administrator, there)).toEqual({ ...there, roles });
  });
});
