import { describe, expect, it } from 'vitest';
import { parseRegion } from '#accounts/core';
import { type PlannedChange, UNKNOWN } from '#plan/core';
import type { Need } from './need.ts';
import { type NeedsFacts, needsOfPlan } from './plan-needs.ts';
import { ACCOUNT, change, object, planOf, REGION, SAMPLE } from './testing/example-plan.ts';

const facts: NeedsFacts = { account: ACCOUNT, region: REGION, recorded: SAMPLE };
const regional = (service: string, name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`;

function needsOf(...changes: readonly PlannedChange[]): readonly Need[] {
  const outcome = needsOfPlan(planOf(changes), facts);
  if (!outcome.ok) throw new Error(outcome.error.reasons[0].message.en);
  return outcome.value;
}

const resourcesOf = (needs: readonly Need[], action: string) =>
  needs.filter((need) => need.action === action).flatMap(({ resources }) => resources);

const actionsOf = (needs: readonly Need[]) => needs.map(({ action }) => action);
const queue = (name: string) => object({ name, arn: regional('sqs', name) });

describe('the needs of a plan', () => {
  it('creates under the planned name and reads what it made', () => {
    const needs = needsOf(
      change({ type: 'aws_sqs_queue', action: 'create', after: object({ name: 'orders' }) }),
    );
    expect(resourcesOf(needs, 'sqs:CreateQueue')).toEqual([regional('sqs', 'orders')]);
    expect(resourcesOf(needs, 'sqs:GetQueueAttributes')).toEqual([regional('sqs', 'orders')]);
    expect(actionsOf(needs)).not.toContain('sqs:DeleteQueue');
    expect(needs.every(({ wide }) => wide === undefined)).toBe(true);
  });

  it('updates, deletes and replaces exactly what is there', () => {
    const before = queue('orders');
    expect(
      resourcesOf(
        needsOf(
          change({ type: 'aws_sqs_queue', action: 'update', before, after: object({ name: UNKNOWN }) }),
        ),
        'sqs:SetQueueAttributes',
      ),
    ).toEqual([regional('sqs', 'orders')]);
    expect(
      resourcesOf(needsOf(change({ type: 'aws_sqs_queue', action: 'delete', before })), 'sqs:DeleteQueue'),
    ).toEqual([regional('sqs', 'orders')]);
    const replaced = needsOf(
      change({ type: 'aws_sqs_queue', action: 'replace', before, after: object({ name: 'new' }) }),
    );
    expect(resourcesOf(replaced, 'sqs:DeleteQueue')).toEqual([regional('sqs', 'orders')]);
    expect(resourcesOf(replaced, 'sqs:CreateQueue')).toEqual([regional('sqs', 'new')]);
  });

  it('needs nothing for what is unchanged or forgotten, unless the apply refreshes', () => {
    const changes = [
      change({ type: 'aws_sqs_queue', action: 'no-op', before: queue('orders'), after: queue('orders') }),
      change({ type: 'aws_sqs_queue', action: 'forget', before: queue('old') }),
    ];
    expect(needsOf(...changes)).toEqual([]);
    const refreshed = needsOfPlan(planOf(changes), { ...facts, refreshes: true });
    expect(refreshed.ok && new Set(refreshed.value.map(({ why }) => why.operation))).toEqual(
      new Set(['read']),
    );
  });

  it('reads what is imported', () => {
    const needs = needsOf(
      change({
        type: 'aws_sqs_queue',
        action: 'no-op',
        importing: { id: 'x' },
        before: queue('orders'),
        after: queue('orders'),
      }),
    );
    expect(needs.map(({ why }) => why.operation)).toContain('import');
    expect(new Set(resourcesOf(needs, 'sqs:GetQueueAttributes'))).toEqual(
      new Set([regional('sqs', 'orders')]),
    );
  });

  it('takes a name that is not known yet for one that the same plan makes', () => {
    const bucket = change({ type: 'aws_s3_bucket', action: 'create', after: object({ bucket: 'orders' }) });
    const versioning = change({
      type: 'aws_s3_bucket_versioning',
      action: 'create',
      after: object({ bucket: UNKNOWN }),
    });
    expect(resourcesOf(needsOf(bucket, versioning), 's3:PutBucketVersioning')).toEqual([
      'arn:aws:s3:::orders',
    ]);
    const alone = needsOf(versioning);
    expect(alone.find(({ action }) => action === 's3:PutBucketVersioning')).toMatchObject({
      resources: ['arn:aws:s3:::*'],
      wide: 'unknown',
    });
  });

  it('keeps the pattern where a data source of the service is read during the apply', () => {
    const bucket = change({ type: 'aws_s3_bucket', action: 'create', after: object({ bucket: 'orders' }) });
    const later = change({
      type: 'aws_s3_bucket',
      mode: 'data',
      action: 'read',
      after: object({ bucket: UNKNOWN }),
    });
    const versioning = change({
      type: 'aws_s3_bucket_versioning',
      action: 'create',
      after: object({ bucket: UNKNOWN }),
    });
    expect(resourcesOf(needsOf(bucket, later, versioning), 's3:PutBucketVersioning')).toEqual([
      'arn:aws:s3:::*',
    ]);
  });

  it('keeps the type where AWS gives the name, and the beginning where there is one', () => {
    const needs = needsOf(
      change({ type: 'aws_vpc', action: 'create', after: object({ id: UNKNOWN, tags: object({ a: 'b' }) }) }),
      change({
        type: 'aws_s3_bucket',
        action: 'create',
        after: object({ bucket: UNKNOWN, bucket_prefix: 'logs-' }),
      }),
    );
    expect(resourcesOf(needs, 'ec2:CreateVpc')).toEqual([regional('ec2', 'vpc/*')]);
    expect(resourcesOf(needs, 's3:CreateBucket')).toEqual(['arn:aws:s3:::logs-*']);
  });

  it('tags in EC2 only what is being created', () => {
    const needs = needsOf(
      change({ type: 'aws_vpc', action: 'create', after: object({ id: UNKNOWN, tags: object({ a: 'b' }) }) }),
    );
    expect(needs.find(({ action }) => action === 'ec2:CreateTags')?.conditions).toMatchObject([
      { key: 'ec2:CreateAction', values: ['CreateVpc'] },
    ]);
    expect(
      actionsOf(needsOf(change({ type: 'aws_vpc', action: 'create', after: object({ id: UNKNOWN }) }))),
    ).not.toContain('ec2:CreateTags');
  });

  it('passes only the role that the plan names, and only to its service', () => {
    const role = change({
      type: 'aws_iam_role',
      action: 'create',
      after: object({ name: 'worker', path: '/' }),
    });
    const lambda = (value: string | typeof UNKNOWN) =>
      change({
        type: 'aws_lambda_function',
        action: 'create',
        after: object({ function_name: 'worker', role: value }),
      });
    const passed = (needs: readonly Need[]) => needs.find(({ action }) => action === 'iam:PassRole');
    const worker = `arn:aws:iam::${ACCOUNT}:role/worker`;
    expect(passed(needsOf(lambda(worker)))).toMatchObject({
      resources: [worker],
      conditions: [{ key: 'iam:PassedToService', values: ['lambda.amazonaws.com'] }],
    });
    expect(passed(needsOf(role, lambda(UNKNOWN)))?.resources).toEqual([worker]);
  });

  it('passes no role without saying to whom, also where the recording has it without', () => {
    const call = { action: 'iam:PassRole', resources: [`\${.role}`] };
    const role = `arn:aws:iam::${ACCOUNT}:role/worker`;
    for (const [type, service] of [
      ['aws_lambda_function', 'lambda'],
      ['aws_kinesis_analytics_application', 'kinesisanalytics'],
    ] as const) {
      const after = object({ role, function_name: 'a' });
      const outcome = needsOfPlan(planOf([change({ type, action: 'create', after })]), {
        ...facts,
        recorded: { [type]: { create: [call] } },
      });
      expect(outcome.ok && outcome.value).toMatchObject([
        { action: 'iam:PassRole', resources: [role], conditions: [{ values: [`${service}.amazonaws.com`] }] },
      ]);
    }
  });

  it('uses a key only through the service, and none where the configuration names none', () => {
    const key = regional('kms', 'key/11111111-2222-3333-4444-555555555555');
    const topic = (value: string | typeof UNKNOWN) =>
      change({
        type: 'aws_sns_topic',
        action: 'create',
        after: object({ name: 'a', kms_master_key_id: value }),
      });
    expect(needsOf(topic(key)).find(({ action }) => action === 'kms:Decrypt')).toMatchObject({
      resources: [key],
      conditions: [{ key: 'kms:ViaService', values: [`sns.${REGION}.amazonaws.com`] }],
    });
    expect(actionsOf(needsOf(topic(UNKNOWN)))).not.toContain('kms:Decrypt');
    expect(
      actionsOf(
        needsOf(topic(UNKNOWN), change({ type: 'aws_kms_key', action: 'create', after: object({}) })),
      ),
    ).toContain('kms:Decrypt');
  });

  it('knows services in China by both of their names', () => {
    const region = parseRegion('cn-north-1') ?? expect.unreachable();
    const config = object({ bucket: 'states', key: 'a.tfstate', region });
    const backend = { type: 's3', workspace: 'default', config };
    const outcome = needsOfPlan(
      planOf(
        [
          change({
            type: 'aws_lambda_function',
            action: 'create',
            after: object({ function_name: 'a', role: 'arn:aws-cn:iam::111111111111:role/worker' }),
          }),
          change({
            type: 'aws_sns_topic',
            action: 'create',
            after: object({ name: 'a', kms_master_key_id: 'mrk-1' }),
          }),
          change({ type: 'aws_appsync_graphql_api', action: 'create', after: object({ name: 'a' }) }),
        ],
        { backend },
      ),
      { ...facts, region },
    );
    const needs = outcome.ok ? outcome.value : expect.unreachable();
    const names = (wanted: string) =>
      new Set(
        needs.flatMap(({ conditions }) =>
          conditions.flatMap(({ key, values }) => (key === wanted ? [values.join(' ')] : [])),
        ),
      );
    expect([...names('iam:PassedToService')]).toContain('lambda.amazonaws.com lambda.amazonaws.com.cn');
    expect([...names('kms:ViaService')].toSorted()).toEqual([
      '*.cn-north-1.amazonaws.com *.cn-north-1.amazonaws.com.cn',
      's3.cn-north-1.amazonaws.com s3.cn-north-1.amazonaws.com.cn',
      'sns.cn-north-1.amazonaws.com sns.cn-north-1.amazonaws.com.cn',
    ]);
  });

  it('makes a service-linked role for the service alone', () => {
    const needs = needsOf(change({ type: 'aws_lb', action: 'create', after: object({ name: 'web' }) }));
    expect(actionsOf(needs)).toContain('elasticloadbalancing:*');
    const recorded = { ...SAMPLE, aws_lb: { create: [] } };
    const outcome = needsOfPlan(
      planOf([change({ type: 'aws_lb', action: 'create', after: object({ name: 'web' }) })]),
      { ...facts, recorded },
    );
    expect(outcome.ok && outcome.value).toMatchObject([
      {
        action: 'iam:CreateServiceLinkedRole',
        conditions: [{ key: 'iam:AWSServiceName', values: ['elasticloadbalancing.amazonaws.com'] }],
      },
    ]);
  });

  it('binds what names no region to the stack’s', () => {
    const needs = needsOf(change({ type: 'aws_vpc', action: 'create', after: object({ id: UNKNOWN }) }));
    expect(needs.find(({ action }) => action === 'ec2:DescribeVpcs')).toMatchObject({
      resources: ['*'],
      wide: 'no-narrower',
      conditions: [{ key: 'aws:RequestedRegion', values: [REGION] }],
    });
  });

  it('keeps Terraform’s state: reads and writes it, deletes only its lock', () => {
    const backend = {
      type: 's3',
      workspace: 'default',
      config: object({ bucket: 'shop-state', key: 'web.tfstate', region: REGION }),
    };
    const outcome = needsOfPlan(planOf([], { backend }), facts);
    if (!outcome.ok) throw new Error('refused');
    expect(resourcesOf(outcome.value, 's3:PutObject')).toContain('arn:aws:s3:::shop-state/web.tfstate');
    expect(resourcesOf(outcome.value, 's3:DeleteObject')).toEqual([
      'arn:aws:s3:::shop-state/web.tfstate.tflock',
    ]);
  });

  it('opens the service of a type that nobody has recorded, and says so', () => {
    const needs = needsOf(change({ type: 'aws_glue_job', action: 'create', after: object({ name: 'a' }) }));
    expect(needs.find(({ action }) => action === 'glue:*')?.wide).toBe('not-recorded');
    expect(needs.find(({ action }) => action === 'iam:PassRole')?.conditions[0]?.values).toEqual([
      'glue.amazonaws.com',
    ]);
  });

  it('refuses a type of no known service, and a name that is a pattern', () => {
    const unknown = needsOfPlan(
      planOf([change({ type: 'aws_nobody_knows', action: 'create', after: object({}) })]),
      facts,
    );
    expect(unknown).toMatchObject({ error: { reasons: [{ rule: 'session-policy.type-unknown' }] } });
    for (const name of ['*', 'a?b', `\${aws:username}`, '名前', 'a"b']) {
      const unsafe = needsOfPlan(
        planOf([change({ type: 'aws_sqs_queue', action: 'create', after: object({ name }) })]),
        facts,
      );
      expect(unsafe).toMatchObject({ error: { reasons: [{ rule: 'session-policy.name-unsafe' }] } });
    }
  });
});
