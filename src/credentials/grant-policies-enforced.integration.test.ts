import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RoleArn } from '#accounts/core';
import { epochMs, parseAccountId } from '#core-values';
import { type AwsCredentials, clientOptions } from '../../demo/stand-ins/aws-organization.ts';
import { type EnforcingAws, startEnforcingAws } from '../../demo/stand-ins/enforcing-aws/index.ts';
import {
  allow,
  assumeRole,
  makeOrganization,
  makeRole,
  refusalOf,
  type SmallOrganization,
  trust,
} from '../../demo/stand-ins/enforcing-aws/testing.ts';
import type { Moto } from '../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../test/moto.ts';
import { exampleGrantId, examplePlan, exampleRequest } from './core/example-grant.ts';
import type { Grant } from './core/grant.ts';
import { grantPolicyArns } from './core/grant-policies.ts';
import { issueSession } from './grant-policies.ts';
import { grantPoliciesIam } from './grant-policies-iam.ts';
import { assumeRoleSts } from './sts-assume-role.ts';

/** As the guide has it: what it says must be enough, and no more. */
const DOCUMENTED = /"iam:CreatePolicy"/;
const documented = (account: string): string => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/credentials.md'), 'utf8');
  const policy = [...guide.matchAll(/```json\n([\s\S]+?)```/g)].find(([, json = '']) =>
    DOCUMENTED.test(json),
  );
  return (policy?.[1] ?? '').replaceAll('111111111111', account);
};

let moto: Moto;
let aws: EnforcingAws;
let organization: SmallOrganization;
let applyRole: RoleArn;
let policyRole: RoleArn;
beforeAll(async () => {
  moto = await startTestMoto();
  aws = await startEnforcingAws({ endpoint: moto.endpoint, now: () => new Date() });
  organization = await makeOrganization(aws.url);
  const { account, administrator } = organization;
  const byUs = trust({ AWS: `arn:aws:iam::${account}:root` }, [
    'sts:AssumeRole',
    'sts:TagSession',
    'sts:SetSourceIdentity',
  ]);
  const make = async (name: string, policy: string) =>
    (await makeRole(aws.url, administrator, { name, trust: byUs, policy })) as RoleArn;
  applyRole = await make('apply', allow('*'));
  policyRole = await make('policies', documented(account));
});
afterAll(async () => {
  await aws?.stop();
  await moto?.stop();
});

const adapters = () => {
  const sts = assumeRoleSts({ endpoint: aws.url, credentials: organization.administrator });
  return {
    sts,
    grantPolicies: grantPoliciesIam({ sts, policyRole: () => policyRole, endpoint: aws.url }),
    pause: async () => undefined,
  };
};

function grant(number: number): Grant {
  const { identity, ...request } = exampleRequest(number);
  const id = exampleGrantId(number);
  const account = parseAccountId(organization.account) ?? request.account;
  return {
    ...{ id, purpose: 'apply', status: 'issuing', stack: request.stack, account, roleArn: applyRole },
    ...{ region: request.region, plan: examplePlan(number), approvers: request.approvers },
    job: { ...identity, workflowRef: identity.workflowRef.text },
    ...{ sessionName: id, sourceIdentity: 'hanako', durationSeconds: 900, requestedAt: epochMs(Date.now()) },
    sessionPolicy: allow('sts:GetCallerIdentity'),
    managedPolicyArns: grantPolicyArns(id, applyRole, 2),
  };
}

const table = (name: string) => `arn:aws:dynamodb:ap-northeast-1:${organization.account}:table/${name}`;
const create = (as: AwsCredentials, TableName: string) =>
  new DynamoDBClient({ ...clientOptions(aws.url, as), region: 'ap-northeast-1' }).send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );

it('a session under managed policies can do what they allow together, and nothing to them', async () => {
  const documents = [
    allow(['dynamodb:CreateTable'], table('orders')),
    allow(['dynamodb:DescribeTable'], table('orders')),
  ];
  const session = await issueSession(adapters(), grant(1), documents);
  if (!session.ok) throw new Error(session.error.reasons[0].message.en);
  expect(await refusalOf(create(session.value, 'orders'))).toBeUndefined();
  const dynamo = new DynamoDBClient({ ...clientOptions(aws.url, session.value), region: 'ap-northeast-1' });
  expect(await refusalOf(dynamo.send(new DescribeTableCommand({ TableName: 'orders' })))).toBeUndefined();
  expect(await refusalOf(create(session.value, 'customers'))).toMatchObject({
    name: 'AccessDeniedException',
  });
  const iam = new IAMClient(clientOptions(aws.url, session.value));
  const [PolicyArn = ''] = grantPolicyArns(exampleGrantId(1), applyRole, 1);
  expect(await refusalOf(iam.send(new DeletePolicyCommand({ PolicyArn })))).toMatchObject({
    name: 'AccessDenied',
  });
  const { grantPolicies } = adapters();
  const of = { grant: exampleGrantId(1), account: grant(1).account, stack: grant(1).stack };
  expect(await grantPolicies.remove(of, 2)).toMatchObject({ ok: true });
  expect(await grantPolicies.list(of.account)).toEqual({ ok: true, value: [] });
});

it('the role that makes them can, by the policy of the guide, neither attach one nor make one elsewhere', async () => {
  const as = await assumeRole(aws.url, organization.administrator, {
    RoleArn: policyRole,
    RoleSessionName: 'thief',
  });
  const iam = new IAMClient(clientOptions(aws.url, as));
  const made = { PolicyName: 'x', PolicyDocument: allow('*') };
  expect(await refusalOf(iam.send(new CreatePolicyCommand({ ...made, Path: '/sekisho/' })))).toBeUndefined();
  const denied = { name: 'AccessDenied' };
  expect(await refusalOf(iam.send(new CreatePolicyCommand(made)))).toMatchObject(denied);
  const PolicyArn = `arn:aws:iam::${organization.account}:policy/sekisho/x`;
  const attach = new AttachRolePolicyCommand({ RoleName: 'policies', PolicyArn });
  expect(await refusalOf(iam.send(attach))).toMatchObject(denied);
});

it('a session is not issued under a policy that is not there', async () => {
  const missing = {
    ...adapters(),
    grantPolicies: { ...adapters().grantPolicies, create: async () => NOTHING },
  };
  const session = await issueSession(missing, grant(2), [allow('*')]);
  expect(session).toMatchObject({ ok: false, error: { code: 'outside-failed' } });
});

const NOTHING = { ok: true, value: undefined } as const;
