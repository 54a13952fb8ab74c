import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilePolicy,
  evaluate,
  lintPolicy,
  parsePolicy,
  prepareRequest,
  printPolicy,
  requestContext,
} from '#iam/core';
import { type PlannedChange, UNKNOWN } from '#plan/core';
import { isCoarse, type Need } from '../needs/need.ts';
import { needsOfPlan } from '../needs/plan-needs.ts';
import { ACCOUNT, change, object, planOf, REGION, SAMPLE } from '../needs/testing/example-plan.ts';
import { type FittedPolicy, fitPolicy } from './fit-policy.ts';
import { allForbidden } from './forbidden.ts';
import { resourcesOfAction } from './pattern.ts';

const OWN = [
  `arn:aws:iam::${ACCOUNT}:role/sekisho/apply`,
  `arn:aws:iam::${ACCOUNT}:oidc-provider/sekisho.example`,
];
const facts = { account: ACCOUNT, region: REGION, protectedArns: OWN };

function needsOf(changes: readonly PlannedChange[]): readonly Need[] {
  const outcome = needsOfPlan(planOf(changes), { account: ACCOUNT, region: REGION, recorded: SAMPLE });
  if (!outcome.ok) throw new Error(outcome.error.reasons[0].message.en);
  return outcome.value;
}

function fitted(needs: readonly Need[]): FittedPolicy {
  const outcome = fitPolicy(needs, facts);
  if (!outcome.ok) throw new Error(outcome.error.reasons[0].message.en);
  return outcome.value;
}

const compiled = (source: string, kind: 'session' | 'identity' | 'key') => {
  const parsed = parsePolicy(source, { kind, file: kind });
  if (!parsed.ok) throw new Error(parsed.error.reasons[0].message.en);
  expect(printPolicy(parsed.value)).toBe(source);
  return compilePolicy(parsed.value, kind);
};

const EVERYTHING = compiled(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  'identity',
);
const KEY = compiled(
  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${ACCOUNT}:root"},"Action":"kms:*","Resource":"*"}]}`,
  'key',
);

type Context = Readonly<Record<string, readonly string[]>>;

function asker({ policy, managed }: FittedPolicy) {
  const session = [policy, ...managed.map((one) => one.policy)].map((source) => compiled(source, 'session'));
  return (action: string, resource: string, context: Context = {}): string => {
    const request = prepareRequest({
      principal: { kind: 'role-session', account: ACCOUNT, partition: 'aws', roleName: 'apply' },
      action,
      resource,
      resourceAccount: ACCOUNT,
      context: requestContext({ 'aws:RequestedRegion': [REGION], ...context }, { isComplete: true }),
    });
    if (!request.ok) throw new Error(request.error.message.en);
    const key = action.startsWith('kms:') ? { resource: KEY } : {};
    return evaluate({ identity: [EVERYTHING], session, ...key }, request.value).kind;
  };
}

const filled = (pattern: string): string => (pattern === '*' ? '*' : pattern.replaceAll('*', 'x1'));

const contextOf = ({ conditions }: Need): Context =>
  Object.fromEntries(conditions.map(({ key, values }) => [key, values.slice(0, 1).map(filled)]));

function expectAllowed(needs: readonly Need[], policy: FittedPolicy): void {
  const ask = asker(policy);
  const denied = needs
    .filter((need) => !isCoarse(need) && !need.action.includes('*'))
    .flatMap((need) =>
      need.resources
        .filter((resource) => ask(need.action, filled(resource), contextOf(need)) !== 'allowed')
        .map((resource) => `${need.action} ${resource}`),
    );
  expect(denied).toEqual([]);
}

/** Everything on the list, on resources that no plan of these tests has. */
function expectNothingForbidden(policy: FittedPolicy, but: ReadonlySet<string> = new Set()): void {
  const ask = asker(policy);
  const allowed = allForbidden().filter(
    (action) =>
      !but.has(action) &&
      resourcesOfAction(action).some((type) => {
        const [, , service = '', region, account, ...rest] = type.split(':');
        const name = rest.join(':').replaceAll('*', 'zz-of-others');
        const fields = [
          'arn',
          'aws',
          service,
          region === '*' ? REGION : region,
          account === '*' ? ACCOUNT : account,
        ];
        return ask(action, type === '*' ? '*' : [...fields, name].join(':')) === 'allowed';
      }),
  );
  expect(allowed).toEqual([]);
}

const named = fc.stringMatching(/^[a-z][a-z0-9-]{2,24}$/);
const TYPES: Readonly<Record<string, readonly [attribute: string, service: string, prefix: string]>> = {
  aws_s3_bucket: ['bucket', 's3', ''],
  aws_sqs_queue: ['name', 'sqs', ''],
  aws_sns_topic: ['name', 'sns', ''],
  aws_dynamodb_table: ['name', 'dynamodb', 'table/'],
  aws_lambda_function: ['function_name', 'lambda', 'function:'],
  aws_ssm_parameter: ['name', 'ssm', 'parameter/'],
  aws_cloudwatch_log_group: ['name', 'logs', 'log-group:'],
};

const someChange = fc
  .tuple(
    fc.constantFrom(...Object.keys(TYPES)),
    named,
    fc.constantFrom('create' as const, 'update' as const, 'delete' as const, 'replace' as const),
  )
  .map(([type, name, action]) => {
    const [attribute = '', service = '', prefix = ''] = TYPES[type] ?? [];
    const scope = service === 's3' ? ':' : `${REGION}:${ACCOUNT}`;
    const arn = `arn:aws:${service}:${scope}:${prefix}${name}`;
    const after = object({ [attribute]: name, arn: UNKNOWN, tags: object({ team: 'shop' }) });
    const before = object({ [attribute]: name, arn });
    return change({
      address: `${type}.${name}`,
      type,
      action,
      before: action === 'create' ? null : before,
      after: action === 'delete' ? null : after,
    });
  });
const someChanges = fc.uniqueArray(someChange, {
  minLength: 1,
  maxLength: 15,
  selector: ({ address }) => address,
});

describe('fitting needs into a session policy', () => {
  it('allows every need, nothing of the forbidden list besides, within the limit, whatever the plan', () => {
    fc.assert(
      fc.property(someChanges, (changes) => {
        const needs = needsOf(changes);
        const policy = fitted(needs);
        expectAllowed(needs, policy);
        expectNothingForbidden(policy);
        const passed = policy.managed.length * 100;
        expect(policy.policy.length + passed).toBeLessThanOrEqual(2048);
        expect(policy.sizeCharacters).toBe(policy.policy.length);
        for (const { policy: document } of policy.managed) expect(document.length).toBeLessThanOrEqual(6144);
        const findings = lintPolicy(policy.policy, { kind: 'session', file: 'x' });
        expect(findings).toMatchObject({ ok: true, value: [] });
      }),
      { numRuns: 10 },
    );
  });

  it('gives the same text for the same plan, in whatever order its changes come', () => {
    fc.assert(
      fc.property(
        someChanges.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length })),
        ),
        ([one, other]) => {
          expect(fitted(needsOf(other))).toEqual(fitted(needsOf(one)));
        },
      ),
      { numRuns: 6 },
    );
  });

  it('adds nothing where the needs fit as they are', () => {
    const policy = fitted(
      needsOf([change({ type: 'aws_sqs_queue', action: 'create', after: object({ name: 'a' }) })]),
    );
    expect(policy.additions).toBe(0);
    const ask = asker(policy);
    expect(ask('sqs:CreateQueue', `arn:aws:sqs:${REGION}:${ACCOUNT}:a`)).toBe('allowed');
    expect(ask('sqs:CreateQueue', `arn:aws:sqs:${REGION}:${ACCOUNT}:b`)).toBe('implicitly-denied');
    expect(ask('sqs:DeleteQueue', `arn:aws:sqs:${REGION}:${ACCOUNT}:a`)).toBe('implicitly-denied');
    expect(ask('sqs:CreateQueue', `arn:aws:sqs:eu-west-1:${ACCOUNT}:a`)).toBe('implicitly-denied');
  });

  const tables = (action: 'create' | 'delete') =>
    Array.from({ length: 30 }, (_, at) => {
      const name = `orders-${at}-with-quite-a-long-name-for-a-table`;
      const arn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
      return change({
        address: `aws_dynamodb_table.all[${at}]`,
        type: 'aws_dynamodb_table',
        action,
        before: action === 'delete' ? object({ name, arn }) : null,
        after: action === 'delete' ? null : object({ name, arn: UNKNOWN }),
      });
    });

  it('merges names where that adds nothing forbidden, and tells how much it adds', () => {
    const policy = fitted(needsOf(tables('create')));
    expect(policy.managed).toEqual([]);
    expect(policy.policy).toContain('table/orders-*');
    expect(policy.additions).toBeGreaterThan(0);
  });

  it('spills into managed policies rather than let other data be destroyed', () => {
    const needs = needsOf(tables('delete'));
    const policy = fitted(needs);
    expect(policy.managed.length).toBeGreaterThan(0);
    expect(policy.additions).toBe(0);
    expectAllowed(needs, policy);
    const other = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders-of-others`;
    expect(asker(policy)('dynamodb:DeleteTable', other)).toBe('implicitly-denied');
  });

  it('refuses where even managed policies do not hold it', () => {
    const many = Array.from({ length: 900 }, (_, at) => {
      const name = `orders-${at}-with-quite-a-long-name-for-a-table`;
      const arn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
      return change({
        address: `t${at}`,
        type: 'aws_dynamodb_table',
        action: 'delete',
        before: object({ name, arn }),
      });
    });
    expect(fitPolicy(needsOf(many), facts)).toMatchObject({
      error: { reasons: [{ rule: 'session-policy.too-large' }] },
    });
  });

  it('never changes Sekisho’s own roles: refused where the plan asks for it, denied where a pattern would reach them', () => {
    const role = (name: string, path: string) =>
      change({ type: 'aws_iam_role', action: 'create', after: object({ name, path }) });
    expect(fitPolicy(needsOf([role('apply', '/sekisho/')]), facts)).toMatchObject({
      error: { reasons: [{ rule: 'session-policy.changes-sekisho' }] },
    });
    const ask = asker(
      fitted(
        needsOf([
          change({ type: 'aws_iam_user', action: 'create', after: object({ name: 'x' }) }),
          role('app', '/'),
        ]),
      ),
    );
    expect(ask('iam:UpdateAssumeRolePolicy', OWN[0] ?? '')).not.toBe('allowed');
    const unknown = asker(
      fitted(
        needsOf([
          change({ type: 'aws_iam_role', action: 'create', after: object({ name: UNKNOWN, path: UNKNOWN }) }),
        ]),
      ),
    );
    expect(unknown('iam:CreateRole', OWN[0] ?? '')).toBe('explicitly-denied');
    expect(unknown('iam:GetRole', OWN[0] ?? '')).toBe('allowed');
  });

  it('denies the forbidden list in a service that is opened, except what the plan itself destroys', () => {
    const stream = `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/old`;
    const needs = needsOf([
      change({ type: 'aws_kinesis_stream', action: 'delete', before: object({ name: 'old', arn: stream }) }),
      change({ type: 'aws_docdb_cluster', action: 'update', before: object({}), after: object({}) }),
    ]);
    const policy = fitted(needs);
    const ask = asker(policy);
    expect(ask('kinesis:DeleteStream', stream)).toBe('allowed');
    expect(ask('kinesis:DeleteStream', `${stream}2`)).toBe('explicitly-denied');
    expect(ask('rds:DeleteDBCluster', `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:main`)).toBe(
      'explicitly-denied',
    );
    expect(ask('rds:ModifyDBCluster', `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:main`)).toBe('allowed');
    expectNothingForbidden(policy);
    expect(policy.additions).toBeGreaterThan(1000);
  });
});
