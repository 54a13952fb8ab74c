import { describe, expect, it } from 'vitest';
import { type PlannedChange, type PlanValue, UNKNOWN } from '#plan/core';
import { fitPolicy } from '../fit/fit-policy.ts';
import { isForbidden } from '../fit/forbidden.ts';
import { actionsOfService, expand, serviceOf } from '../fit/pattern.ts';
import { wordsOf } from '../fit/words.ts';
import causes from './changed-attributes.json' with { type: 'json' };
import type { Need } from './need.ts';
import { needsOfPlan } from './plan-needs.ts';
import { ACCOUNT, change, object, planOf, REGION } from './testing/example-plan.ts';

/** With what is recorded: these defences are about real templates. */
const outcomeOf = (...changes: readonly PlannedChange[]) =>
  needsOfPlan(planOf(changes), { account: ACCOUNT, region: REGION });

function needsOf(...changes: readonly PlannedChange[]): readonly Need[] {
  const outcome = outcomeOf(...changes);
  if (!outcome.ok) throw new Error(outcome.error.reasons[0].message.en);
  return outcome.value;
}

const resourcesOf = (needs: readonly Need[], action: string) => [
  ...new Set(needs.filter((need) => need.action === action).flatMap(({ resources }) => resources)),
];

const create = (type: string, members: Readonly<Record<string, PlanValue>>) =>
  change({ type, action: 'create', after: object(members) });
const later = (type: string, members: Readonly<Record<string, PlanValue>>) =>
  change({ type, mode: 'data', action: 'read', address: `data.${type}.this`, after: object(members) });
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const rulesOf = (outcome: ReturnType<typeof outcomeOf>) =>
  outcome.ok ? [] : [...new Set(outcome.error.reasons.map(({ rule }) => rule))];
const REFUSED = ['session-policy.name-open'];

const inlinePolicy = create('aws_iam_role_policy', { role: UNKNOWN, name: 'a', policy: '{}' });

describe('what is on the forbidden list, where the name is only known after apply', () => {
  it('reads of an object that is created only that object', () => {
    const needs = needsOf(
      create('aws_s3_object', { bucket: 'shop', key: 'a/b.txt', arn: UNKNOWN, id: UNKNOWN }),
    );
    expect(resourcesOf(needs, 's3:GetObject')).toEqual(['arn:aws:s3:::shop/a/b.txt']);
  });

  it('is never IAM on any role: refused, unless the plan makes the role', () => {
    expect(rulesOf(outcomeOf(inlinePolicy))).toEqual(REFUSED);
    const made = create('aws_iam_role', { name: 'worker', path: '/', arn: UNKNOWN });
    expect(resourcesOf(needsOf(made, inlinePolicy), 'iam:PutRolePolicy')).toEqual([role('worker')]);
    const unnamed = create('aws_iam_role', { name: UNKNOWN, path: '/', arn: UNKNOWN });
    expect(rulesOf(outcomeOf(unnamed, inlinePolicy))).toEqual(REFUSED);
    const begun = create('aws_iam_role', { name: UNKNOWN, name_prefix: 'worker-', path: '/', arn: UNKNOWN });
    expect(resourcesOf(needsOf(begun, inlinePolicy), 'iam:PutRolePolicy')).toEqual([role('worker-*')]);
  });

  it('is on what a data source is going to find, if that says what it looks for', () => {
    const found = later('aws_iam_role', { name: 'deployer', path: UNKNOWN, arn: UNKNOWN });
    expect(resourcesOf(needsOf(found, inlinePolicy), 'iam:PutRolePolicy')).toEqual([
      role('*/deployer'),
      role('deployer'),
    ]);
    expect(rulesOf(outcomeOf(later('aws_iam_roles', { name_regex: 'a' }), inlinePolicy))).toEqual(REFUSED);
    const made = create('aws_iam_role', { name: 'worker', path: '/', arn: UNKNOWN });
    const any = later('aws_iam_roles', { name_regex: 'a' });
    expect(resourcesOf(needsOf(made, any, inlinePolicy), 'iam:PutRolePolicy')).toEqual([role('worker')]);
    const unnamed = later('aws_iam_role', { name: UNKNOWN, path: UNKNOWN, arn: UNKNOWN });
    expect(rulesOf(outcomeOf(unnamed, inlinePolicy))).toEqual(REFUSED);
  });

  it.each([
    ['aws_s3_bucket_policy', { bucket: UNKNOWN, policy: '{}' }],
    ['aws_s3_object', { bucket: UNKNOWN, key: 'a', arn: UNKNOWN }],
    ['aws_secretsmanager_secret_policy', { secret_arn: UNKNOWN, policy: '{}' }],
    ['aws_secretsmanager_secret_version', { secret_id: UNKNOWN, arn: UNKNOWN }],
    ['aws_lambda_permission', { function_name: UNKNOWN }],
    ['aws_ecr_repository_policy', { repository: UNKNOWN, policy: '{}' }],
    ['aws_kms_grant', { key_id: UNKNOWN }],
  ] as const)('is not opened by %s in a plan that makes nothing it could be about', (type, members) => {
    expect(rulesOf(outcomeOf(create(type, members)))).toEqual(REFUSED);
  });

  it('stays as narrow as the type where the plan makes such a thing with an unknown name, and says so', () => {
    const bucket = create('aws_s3_bucket', { bucket: UNKNOWN, arn: UNKNOWN });
    const policy = create('aws_s3_bucket_policy', { bucket: UNKNOWN, policy: '{}' });
    const need = needsOf(bucket, policy).find(({ action }) => action === 's3:PutBucketPolicy');
    expect(need).toMatchObject({ resources: ['arn:aws:s3:::*'], wide: 'unknown' });
    const acl = create('aws_s3_bucket_public_access_block', { bucket: UNKNOWN });
    const needs = needsOf(bucket, acl);
    const fitted = fitPolicy(needs, { account: ACCOUNT, region: REGION, protectedArns: [] });
    if (!fitted.ok) throw new Error(fitted.error.reasons[0].message.en);
    expect(wordsOf(needs, fitted.value, REGION).escalations).toMatchObject([
      {
        en: 's3:PutBucketPublicAccessBlock on arn:aws:s3:::*: reach what the plan does not name, because the name is only known after apply.',
      },
    ]);
  });

  it('is no destruction of data, whatever the plan makes', () => {
    const resources = [`arn:aws:logs:eu-west-1:444444444444:log-group:\${.name}`];
    const calls = [
      { action: 'logs:CreateLogGroup', resources },
      { action: 'logs:DeleteLogGroup', resources },
    ];
    const outcome = needsOfPlan(planOf([create('aws_cloudwatch_log_group', { name: UNKNOWN })]), {
      ...{ account: ACCOUNT, region: REGION },
      recorded: { aws_cloudwatch_log_group: { create: calls } },
    });
    expect(rulesOf(outcome)).toEqual(REFUSED);
  });

  it('passes no service’s own role because the plan makes that service’s', () => {
    const service = create('aws_ecs_cluster', { name: 'a', arn: UNKNOWN });
    const task = create('aws_ecs_task_definition', { family: 'a', execution_role_arn: UNKNOWN });
    const passed = resourcesOf(needsOf(service, task), 'iam:PassRole');
    expect(passed).toEqual([role('*')]);
  });

  it('makes the service-linked role that the plan asks for, and takes it for no other role of the plan', () => {
    const linked = create('aws_iam_service_linked_role', {
      aws_service_name: 'a.amazonaws.com',
      arn: UNKNOWN,
    });
    const made = create('aws_iam_role', { name: 'worker', path: '/', arn: UNKNOWN });
    const needs = needsOf(linked, made, inlinePolicy);
    expect(resourcesOf(needs, 'iam:PutRolePolicy')).toEqual([role('worker')]);
    const reads = needs.filter(
      ({ action, why }) => action === 'iam:GetRole' && why.address.includes('linked'),
    );
    expect(resourcesOf(reads, 'iam:GetRole')).toEqual([role('*')]);
    expect(needs.find(({ action }) => action === 'iam:CreateServiceLinkedRole')?.conditions).toMatchObject([
      { key: 'iam:AWSServiceName', values: ['a.amazonaws.com'] },
    ]);
  });

  it('makes an identity provider under its URL without the scheme, and tags a service-linked role', () => {
    const provider = create('aws_iam_openid_connect_provider', { url: 'https://ci.example/x', arn: UNKNOWN });
    expect(resourcesOf(needsOf(provider), 'iam:CreateOpenIDConnectProvider')).toEqual([
      `arn:aws:iam::${ACCOUNT}:oidc-provider/ci.example/x`,
    ]);
    const tags_all = object({ a: 'b' });
    const linked = create('aws_iam_service_linked_role', { aws_service_name: 'a.amazonaws.com', tags_all });
    expect(resourcesOf(needsOf(linked), 'iam:TagRole')).toEqual([role('aws-service-role/a.amazonaws.com/*')]);
  });

  it('tags a new rule of a security group only while it is made', () => {
    const rule = create('aws_vpc_security_group_ingress_rule', {
      security_group_id: 'sg-1',
      tags: object({ a: 'b' }),
    });
    const tags = needsOf(rule).find(({ action }) => action === 'ec2:CreateTags');
    expect(tags?.conditions).toMatchObject([
      { key: 'ec2:CreateAction', values: ['AuthorizeSecurityGroupIngress'] },
    ]);
  });

  it('changes nothing of other accounts where the call names no resource', () => {
    const before = object({ id: 'rtbassoc-1', route_table_id: 'rtb-1', subnet_id: 'subnet-1' });
    const gone = change({ type: 'aws_route_table_association', action: 'delete', before });
    const need = needsOf(gone).find(({ action }) => action === 'ec2:DisassociateRouteTable');
    expect(need?.conditions).toContainEqual({
      operator: { base: 'StringEquals', ifExists: true },
      key: 'aws:ResourceAccount',
      values: [ACCOUNT],
    });
  });
});

describe('an update', () => {
  const before = {
    name: 'worker',
    path: '/',
    arn: role('worker'),
    assume_role_policy: '{"a":1}',
    description: 'old',
    max_session_duration: 3600,
    permissions_boundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    tags: object({ a: 'b' }),
    tags_all: object({ a: 'b' }),
  };
  const writes = (after: Readonly<Record<string, PlanValue>>) =>
    needsOf(
      change({
        type: 'aws_iam_role',
        action: 'update',
        before: object(before),
        after: object({ ...before, ...after }),
      }),
    )
      .map(({ action }) => action)
      .filter((action) => isForbidden(action));

  it('needs of the forbidden list only what its changed attributes call', () => {
    expect(writes({ description: 'new' })).toEqual(['iam:UpdateRole', 'iam:UpdateRoleDescription']);
    expect(writes({ assume_role_policy: '{"a":2}' })).toEqual(['iam:UpdateAssumeRolePolicy']);
    expect(writes({ permissions_boundary: null })).toEqual(['iam:DeleteRolePermissionsBoundary']);
    expect(writes({ tags: object({ a: 'c' }), tags_all: object({ a: 'c' }) })).toEqual([
      'iam:TagRole',
      'iam:UntagRole',
    ]);
    expect(writes({ force_detach_policies: true })).toEqual([]);
  });

  it('needs them also where only the apply tells what changes', () => {
    expect(writes({ assume_role_policy: UNKNOWN })).toEqual(['iam:UpdateAssumeRolePolicy']);
    expect(writes({ tags_all: object({ a: UNKNOWN }) })).toEqual(['iam:TagRole', 'iam:UntagRole']);
  });

  it('changes a key’s policy, and a function’s code, only where the plan does', () => {
    const updated = (
      type: string,
      old: Readonly<Record<string, PlanValue>>,
      name: string,
      value: PlanValue,
    ) =>
      needsOf(
        change({ type, action: 'update', before: object(old), after: object({ ...old, [name]: value }) }),
      ).map(({ action }) => action);
    const key = { arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/a`, policy: '{}', description: 'old' };
    expect(updated('aws_kms_key', key, 'description', 'new')).not.toContain('kms:PutKeyPolicy');
    expect(updated('aws_kms_key', key, 'policy', '{"a":1}')).toContain('kms:PutKeyPolicy');
    const code = { arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:a`, timeout: 3, source_code_hash: 'x' };
    expect(updated('aws_lambda_function', code, 'timeout', 4)).not.toContain('lambda:UpdateFunctionCode');
    expect(updated('aws_lambda_function', code, 's3_key', 'b.zip')).toContain('lambda:UpdateFunctionCode');
  });

  it('is asked for attributes only by actions that AWS has', () => {
    const named = [causes.anyType, ...Object.values(causes.types)].flatMap((one) => Object.keys(one));
    const strange = named
      .flatMap(expand)
      .filter((action) => !actionsOfService(serviceOf(action)).includes(action));
    expect(strange).toEqual([]);
  });
});
