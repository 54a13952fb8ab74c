import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAccountId } from '#core-values';
import { compilePolicy, evaluate, parsePolicy, prepareRequest, requestContext } from '#iam/core';
import type { PlannedChange } from '#plan/core';
import { needsOfPlan } from '../needs/plan-needs.ts';
import { ACCOUNT, change, object, planOf, REGION } from '../needs/testing/example-plan.ts';
import data from '../session-policy/data-actions.json' with { type: 'json' };
import typeServices from '../session-policy/type-services.json' with { type: 'json' };
import { type FittedPolicy, fitPolicy } from './fit-policy.ts';
import { wordsOf } from './words.ts';

/** Policies for types whose calls nobody has recorded: their services are opened, so denials carry what is left. */
const APPLY_ROLE = `arn:aws:iam::${ACCOUNT}:role/sekisho/apply`;
const OWN = [
  APPLY_ROLE,
  `arn:aws:iam::${ACCOUNT}:policy/sekisho/*`,
  `arn:aws:iam::${ACCOUNT}:oidc-provider/sekisho.example`,
];
const stateStore = { bucket: 'shop-state', key: 'web/terraform.tfstate', region: REGION };
const backend = {
  type: 's3',
  workspace: 'default',
  config: object({ bucket: 'shop-state', key: 'web/terraform.tfstate' }),
};

const needsOf = (changes: readonly PlannedChange[]) =>
  needsOfPlan(planOf(changes, { backend }), { account: ACCOUNT, region: REGION, recorded: {} });

function outcomeOf(...changes: readonly PlannedChange[]) {
  const needs = needsOf(changes);
  if (!needs.ok) return needs;
  return fitPolicy(needs.value, { account: ACCOUNT, region: REGION, protectedArns: OWN, stateStore });
}

function fitted(...changes: readonly PlannedChange[]): FittedPolicy {
  const outcome = outcomeOf(...changes);
  if (!outcome.ok) throw new Error(outcome.error.reasons[0].message.en);
  return outcome.value;
}

const compiled = (source: string, kind: 'session' | 'identity' | 'key' | 'resource') => {
  const parsed = parsePolicy(source, { kind, file: kind });
  if (!parsed.ok) throw new Error(parsed.error.reasons[0].message.en);
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

const OPEN = compiled(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  'resource',
);
const STRANGER = parseAccountId('999999999999');
/** Of another account, whose owner lets everybody in. */
const FOREIGN = { 'aws:ResourceAccount': ['999999999999'] };

function asks(
  { policy, managed }: FittedPolicy,
  action: string,
  resource = '*',
  context: Readonly<Record<string, readonly string[]>> = {},
): boolean {
  const request = prepareRequest({
    principal: { kind: 'role-session', account: ACCOUNT, partition: 'aws', roleName: 'apply' },
    action,
    resource,
    resourceAccount: (context === FOREIGN ? STRANGER : undefined) ?? ACCOUNT,
    context: requestContext(
      { 'aws:RequestedRegion': [REGION], 'aws:ResourceAccount': [ACCOUNT], ...context },
      { isComplete: true },
    ),
  });
  if (!request.ok) throw new Error(request.error.message.en);
  const session = [policy, ...managed.map((one) => one.policy)].map((source) => compiled(source, 'session'));
  const owners = action.startsWith('kms:')
    ? { resource: KEY }
    : context === FOREIGN
      ? { resource: OPEN }
      : {};
  return evaluate({ identity: [EVERYTHING], session, ...owners }, request.value).kind === 'allowed';
}

const bucket = fitted(change({ type: 'aws_s3_bucket', action: 'create', after: object({}) }));

describe('the session policy of a plan with types that nobody recorded', () => {
  it('allows the services it touches, in the stack’s region, and no others', () => {
    expect(asks(bucket, 's3:CreateBucket', 'arn:aws:s3:::orders')).toBe(true);
    const elsewhere = { 'aws:RequestedRegion': ['eu-west-1'] };
    expect(asks(bucket, 's3:CreateBucket', 'arn:aws:s3:::orders', elsewhere)).toBe(false);
    for (const action of ['dynamodb:CreateTable', 'ec2:RunInstances', 'sts:AssumeRole', 'iam:CreateRole']) {
      expect(asks(bucket, action), action).toBe(false);
    }
  });

  it('does not touch what is not changed, only read or only forgotten', () => {
    const policy = fitted(
      change({ type: 'aws_dynamodb_table', action: 'no-op', after: object({}) }),
      change({ type: 'aws_sqs_queue', action: 'forget', before: object({}) }),
      change({ type: 'aws_ssm_parameter', mode: 'data', action: 'read', after: object({}) }),
    );
    expect(asks(policy, 'ssm:DescribeParameters')).toBe(true);
    for (const action of ['dynamodb:UpdateTable', 'sqs:DeleteQueue', 'ssm:PutParameter']) {
      expect(asks(policy, action), action).toBe(false);
    }
  });

  it('puts nothing into another account, except the state, and still reads from there', () => {
    expect(asks(bucket, 's3:PutObject', 'arn:aws:s3:::orders/x')).toBe(true);
    expect(asks(bucket, 's3:PutObject', 'arn:aws:s3:::stranger/dump', FOREIGN)).toBe(false);
    expect(asks(bucket, 's3:PutObject', 'arn:aws:s3:::shop-state/web/terraform.tfstate', FOREIGN)).toBe(true);
    expect(asks(bucket, 's3:ListBucket', 'arn:aws:s3:::artifacts', FOREIGN)).toBe(true);
    const queue = fitted(change({ type: 'aws_sqs_queue', action: 'create', after: object({}) }));
    expect(asks(queue, 'sqs:SendMessage', `arn:aws:sqs:${REGION}:999999999999:dump`, FOREIGN)).toBe(false);
  });

  it('reads, writes and locks its state, and nothing else of that bucket', () => {
    const policy = fitted(change({ type: 'aws_sqs_queue', action: 'create', after: object({}) }));
    const state = 'arn:aws:s3:::shop-state/web/terraform.tfstate';
    expect(asks(policy, 's3:PutObject', state)).toBe(true);
    expect(asks(policy, 's3:DeleteObject', `${state}.tflock`)).toBe(true);
    expect(asks(policy, 's3:PutObject', 'arn:aws:s3:::shop-state/db/terraform.tfstate')).toBe(false);
    expect(asks(bucket, 's3:DeleteObject', `${state}.tflock`)).toBe(true);
    expect(asks(bucket, 's3:DeleteObject', state)).toBe(false);
  });

  it('destroys exactly what the plan says', () => {
    const policy = fitted(
      change({
        type: 'aws_s3_bucket',
        action: 'delete',
        before: object({ bucket: 'old-orders', arn: 'arn:aws:s3:::old-orders' }),
      }),
    );
    expect(asks(policy, 's3:DeleteBucket', 'arn:aws:s3:::old-orders')).toBe(true);
    expect(asks(policy, 's3:DeleteObject', 'arn:aws:s3:::old-orders/2026')).toBe(true);
    expect(asks(policy, 's3:DeleteBucket', 'arn:aws:s3:::orders')).toBe(false);
    expect(asks(policy, 's3:DeleteObject', 'arn:aws:s3:::old-orders-2/x')).toBe(false);
  });

  it('lets a cluster that is destroyed leave its last snapshot', () => {
    const arn = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:old`;
    const policy = fitted(change({ type: 'aws_docdb_cluster', action: 'delete', before: object({ arn }) }));
    const snapshot = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster-snapshot:last`;
    expect(asks(policy, 'rds:DeleteDBCluster', arn)).toBe(true);
    expect(asks(policy, 'rds:DeleteDBCluster', snapshot)).toBe(true);
    expect(asks(policy, 'rds:DeleteDBCluster', `${arn}-2`)).toBe(false);
  });

  it('never takes a pattern from an ARN of the plan (attack 5)', () => {
    for (const arn of ['arn:aws:s3:::*', `arn:aws:s3:::$${'{aws:username}'}`, 'arn:aws:s3:::a?']) {
      const changes = [change({ type: 'aws_s3_bucket', action: 'delete', before: object({ arn }) })];
      const [needs, outcome] = [needsOf(changes), outcomeOf(...changes)];
      expect(JSON.stringify(outcome)).not.toContain(arn);
      if (!needs.ok || !outcome.ok) continue;
      expect(JSON.stringify(wordsOf(needs.value, outcome.value, REGION).widened)).toContain(
        's3:DeleteBucket',
      );
    }
  });

  it('opens IAM only by the types the plan touches', () => {
    const policy = fitted(
      change({ type: 'aws_iam_role_policy_attachment', action: 'create', after: object({}) }),
    );
    expect(asks(policy, 'iam:AttachRolePolicy', `arn:aws:iam::${ACCOUNT}:role/app`)).toBe(true);
    for (const action of ['iam:CreateUser', 'iam:CreateAccessKey', 'iam:UpdateLoginProfile']) {
      expect(asks(policy, action, `arn:aws:iam::${ACCOUNT}:user/x`), action).toBe(false);
    }
  });

  it('changes and passes neither Sekisho’s own roles nor the policies made for grants', () => {
    const policy = fitted(
      change({ type: 'aws_iam_role', action: 'update', before: object({}), after: object({}) }),
      change({ type: 'aws_iam_policy', action: 'update', before: object({}), after: object({}) }),
      change({ type: 'aws_lambda_function', action: 'create', after: object({}) }),
    );
    const passed = { 'iam:PassedToService': ['lambda.amazonaws.com'] };
    for (const action of ['iam:AttachRolePolicy', 'iam:DeleteRole', 'iam:PassRole']) {
      expect(asks(policy, action, `arn:aws:iam::${ACCOUNT}:role/app`, passed), action).toBe(true);
      expect(asks(policy, action, APPLY_ROLE, passed), action).toBe(false);
    }
    for (const action of ['iam:CreatePolicyVersion', 'iam:DeletePolicy', 'iam:SetDefaultPolicyVersion']) {
      expect(asks(policy, action, `arn:aws:iam::${ACCOUNT}:policy/app`), action).toBe(true);
      expect(asks(policy, action, `arn:aws:iam::${ACCOUNT}:policy/sekisho/grt_1`), action).toBe(false);
    }
  });

  it('is refused where a plan would make or change such a policy by name', () => {
    const named = { name: 'mine', path: '/sekisho/', arn: `arn:aws:iam::${ACCOUNT}:policy/sekisho/mine` };
    const changes = [change({ type: 'aws_iam_policy', action: 'create', after: object(named) })];
    const needs = needsOfPlan(planOf(changes), { account: ACCOUNT, region: REGION });
    if (!needs.ok) throw new Error(needs.error.reasons[0].message.en);
    const facts = { account: ACCOUNT, region: REGION, protectedArns: OWN };
    expect(fitPolicy(needs.value, facts)).toMatchObject({
      error: { reasons: [{ rule: 'session-policy.changes-sekisho' }] },
    });
  });

  it('passes roles only to the services the plan touches', () => {
    const policy = fitted(change({ type: 'aws_lambda_function', action: 'create', after: object({}) }));
    const pass = (service: string, to = policy) =>
      asks(to, 'iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/app`, { 'iam:PassedToService': [service] });
    expect(pass('lambda.amazonaws.com')).toBe(true);
    expect(pass('ec2.amazonaws.com')).toBe(false);
    expect(pass('lambda.amazonaws.com', bucket)).toBe(false);
  });

  it('uses keys only through the services', () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
    expect(asks(bucket, 'kms:Decrypt', key)).toBe(false);
    expect(asks(bucket, 'kms:Decrypt', key, { 'kms:ViaService': [`s3.${REGION}.amazonaws.com`] })).toBe(true);
    expect(asks(bucket, 'kms:ScheduleKeyDeletion', key)).toBe(false);
  });

  it('never leaves the organization, even where the plan touches it', () => {
    const policy = fitted(change({ type: 'aws_organizations_policy', action: 'create', after: object({}) }));
    expect(asks(policy, 'organizations:CreatePolicy')).toBe(true);
    for (const action of ['organizations:LeaveOrganization', 'organizations:CloseAccount']) {
      expect(asks(policy, action), action).toBe(false);
    }
  });

  it('is refused for a type that nobody knows, naming it', () => {
    for (const type of ['aws_teleporter_gate', 'awscc_s3_bucket', 'aws_iam_wormhole']) {
      expect(outcomeOf(change({ type, action: 'create', after: object({}) }))).toMatchObject({
        ok: false,
        error: { reasons: [{ rule: 'session-policy.type-unknown' }] },
      });
    }
    expect(outcomeOf(change({ type: 'terraform_data', action: 'create', after: object({}) })).ok).toBe(true);
  });
});

const knownTypes = Object.values(typeServices.services)
  .flat()
  .filter((type) => type !== 'aws_iam')
  .concat(
    data.rows.flatMap(({ types }) => types),
    ['aws_iam_role', 'aws_iam_user'],
  );
const someChange = fc
  .tuple(
    fc.constantFrom(...knownTypes),
    fc.constantFrom('create' as const, 'update' as const, 'delete' as const, 'replace' as const),
    fc.option(
      fc
        .stringMatching(/^[a-z$*?"]{1,8}$/)
        .map((name) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`),
    ),
  )
  .map(([type, action, arn]) => change({ type, action, before: object({ arn }), after: object({}) }));

describe('the session policy of any plan with types that nobody recorded', () => {
  it('never destroys data of a kind that the plan does not destroy, nor puts anything into another account', () => {
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 4 }), (changes) => {
        const outcome = outcomeOf(...changes);
        if (!outcome.ok) {
          expect(outcome.error.reasons[0].rule).toMatch(/^session-policy\.(?:too-large|type-unknown)$/);
          return;
        }
        const destroyed = new Set(
          changes.filter(({ action }) => action === 'delete' || action === 'replace').map(({ type }) => type),
        );
        for (const row of data.rows.filter(({ types }) => !types.some((type) => destroyed.has(type)))) {
          for (const action of row.actions)
            expect(asks(outcome.value, action, 'arn:aws:x:::any'), action).toBe(false);
        }
        expect(asks(outcome.value, 's3:PutObject', 'arn:aws:s3:::stranger/dump', FOREIGN)).toBe(false);
        expect(asks(outcome.value, 'sns:Publish', 'arn:aws:sns:eu-west-1:999999999999:x', FOREIGN)).toBe(
          false,
        );
      }),
      { numRuns: 10 },
    );
  });
});
