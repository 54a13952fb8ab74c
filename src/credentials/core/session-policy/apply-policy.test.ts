import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_STACK } from '../example-stack.ts';
import { type ApplyPolicyFacts, applySessionPolicy } from './apply-policy.ts';
import data from './data-actions.json' with { type: 'json' };
import type { PlannedAction } from './planned-action.ts';
import { verdict } from './policy-reader.ts';
import typeServices from './type-services.json' with { type: 'json' };

const ACCOUNT = '444444444444';
const REGION = 'ap-northeast-1';
const APPLY_ROLE = `arn:aws:iam::${ACCOUNT}:role/sekisho/apply`;
const context = { 'aws:RequestedRegion': REGION, 'aws:ResourceAccount': ACCOUNT };

const change = (type: string, action: PlannedAction['action'], arn?: string): PlannedAction => ({
  address: `${type}.this`,
  type,
  mode: 'managed',
  provider: 'registry.terraform.io/hashicorp/aws',
  action,
  ...(arn !== undefined && { arn }),
});

const facts = (...changes: readonly PlannedAction[]): ApplyPolicyFacts => ({
  account: EXAMPLE_STACK.account.id,
  region: EXAMPLE_STACK.region,
  changes,
  stateStore: { bucket: 'shop-state', key: 'web/terraform.tfstate', region: REGION },
  protectedArns: [APPLY_ROLE, `arn:aws:iam::${ACCOUNT}:oidc-provider/sekisho.example`],
});

function policyOf(given: ApplyPolicyFacts): string {
  const outcome = applySessionPolicy(given);
  if (!outcome.ok) throw new Error(outcome.error.reasons[0].message.en);
  return outcome.value.policy;
}

const asks = (policy: string, action: string, resource = '*', more: Readonly<Record<string, string>> = {}) =>
  verdict(policy, { action, resource, context: { ...context, ...more } });

describe('the session policy of an apply', () => {
  const bucket = policyOf(facts(change('aws_s3_bucket', 'create')));

  it('allows the services the plan touches, in the stack’s region, and no others', () => {
    expect(asks(bucket, 's3:CreateBucket')).toBe('allowed');
    expect(asks(bucket, 's3:CreateBucket', '*', { 'aws:RequestedRegion': 'eu-west-1' })).toBe('not allowed');
    expect(asks(bucket, 'dynamodb:CreateTable')).toBe('not allowed');
    expect(asks(bucket, 'ec2:RunInstances')).toBe('not allowed');
    expect(asks(bucket, 'sts:AssumeRole')).toBe('not allowed');
  });

  it('does not touch what is not changed, only read or only forgotten', () => {
    const policy = policyOf(
      facts(change('aws_dynamodb_table', 'no-op'), change('aws_sqs_queue', 'forget'), {
        ...change('aws_ssm_parameter', 'read'),
        mode: 'data',
      }),
    );
    expect(asks(policy, 'dynamodb:UpdateTable')).toBe('not allowed');
    expect(asks(policy, 'sqs:DeleteQueue')).toBe('not allowed');
    expect(asks(policy, 'ssm:GetParameter')).toBe('allowed');
    expect(asks(policy, 'ssm:PutParameter')).toBe('not allowed');
  });

  it('denies destroying data that the plan does not destroy', () => {
    expect(asks(bucket, 's3:DeleteBucket', 'arn:aws:s3:::orders')).toBe('denied');
    expect(asks(bucket, 's3:DeleteObjectVersion', 'arn:aws:s3:::orders/2026')).toBe('denied');
  });

  it('lets the plan destroy exactly what it says', () => {
    const policy = policyOf(facts(change('aws_s3_bucket', 'delete', 'arn:aws:s3:::old-orders')));
    expect(asks(policy, 's3:DeleteBucket', 'arn:aws:s3:::old-orders')).toBe('allowed');
    expect(asks(policy, 's3:DeleteObject', 'arn:aws:s3:::old-orders/2026')).toBe('allowed');
    expect(asks(policy, 's3:DeleteBucket', 'arn:aws:s3:::orders')).toBe('denied');
    expect(asks(policy, 's3:DeleteObject', 'arn:aws:s3:::old-orders-2/x')).toBe('denied');
  });

  it('says what stayed wide when something to destroy has no ARN, or one of another account', () => {
    for (const arn of [undefined, 'arn:aws:dynamodb:ap-northeast-1:555555555555:table/x']) {
      const outcome = applySessionPolicy(facts(change('aws_dynamodb_table', 'delete', arn)));
      expect(outcome).toMatchObject({ ok: true });
      expect(JSON.stringify(outcome)).toContain('could not be named exactly');
    }
  });

  it('lets Terraform read, write and lock its state, and nothing else of that bucket', () => {
    const policy = policyOf(facts(change('aws_sqs_queue', 'create')));
    expect(asks(policy, 's3:PutObject', 'arn:aws:s3:::shop-state/web/terraform.tfstate')).toBe('allowed');
    expect(asks(policy, 's3:DeleteObject', 'arn:aws:s3:::shop-state/web/terraform.tfstate.tflock')).toBe(
      'allowed',
    );
    expect(asks(policy, 's3:PutObject', 'arn:aws:s3:::shop-state/db/terraform.tfstate')).toBe('not allowed');
    // In another account too, and when the plan touches S3.
    const tools = { 'aws:ResourceAccount': '222222222222', 'aws:RequestedRegion': 'us-west-2' };
    expect(asks(bucket, 's3:PutObject', 'arn:aws:s3:::shop-state/web/terraform.tfstate', tools)).toBe(
      'allowed',
    );
    expect(asks(bucket, 's3:DeleteObject', 'arn:aws:s3:::shop-state/web/terraform.tfstate.tflock')).toBe(
      'allowed',
    );
    expect(asks(bucket, 's3:DeleteObject', 'arn:aws:s3:::shop-state/web/terraform.tfstate')).toBe('denied');
  });

  it('denies writing into another account', () => {
    const foreign = { 'aws:ResourceAccount': '999999999999' };
    expect(asks(bucket, 's3:PutObject', 'arn:aws:s3:::stranger/dump', foreign)).toBe('denied');
    expect(asks(bucket, 's3:GetObject', 'arn:aws:s3:::artifacts/app.zip', foreign)).toBe('allowed');
  });

  it('opens IAM only by the types the plan touches', () => {
    expect(asks(bucket, 'iam:CreateRole')).toBe('not allowed');
    expect(asks(bucket, 'iam:AttachRolePolicy')).toBe('not allowed');
    const role = policyOf(facts(change('aws_iam_role_policy_attachment', 'create')));
    expect(asks(role, 'iam:AttachRolePolicy', `arn:aws:iam::${ACCOUNT}:role/app`)).toBe('allowed');
    expect(asks(role, 'iam:CreateUser')).toBe('not allowed');
    expect(asks(role, 'iam:CreateAccessKey')).toBe('not allowed');
    expect(asks(role, 'iam:UpdateLoginProfile')).toBe('not allowed');
  });

  it('denies changing or passing Sekisho’s own roles and identity provider', () => {
    const policy = policyOf(facts(change('aws_iam_role', 'update'), change('aws_lambda_function', 'create')));
    const passed = { 'iam:PassedToService': 'lambda.amazonaws.com' };
    for (const action of [
      'iam:AttachRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:DeleteRole',
      'iam:PassRole',
    ]) {
      expect(asks(policy, action, APPLY_ROLE, passed)).toBe('denied');
    }
    const provider = policyOf(facts(change('aws_iam_openid_connect_provider', 'update')));
    expect(
      asks(
        provider,
        'iam:DeleteOpenIDConnectProvider',
        `arn:aws:iam::${ACCOUNT}:oidc-provider/sekisho.example`,
      ),
    ).toBe('denied');
  });

  it('passes roles only to the services the plan touches', () => {
    const policy = policyOf(facts(change('aws_lambda_function', 'create')));
    const pass = (service: string) =>
      asks(policy, 'iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/app`, { 'iam:PassedToService': service });
    expect(pass('lambda.amazonaws.com')).toBe('allowed');
    expect(pass('ec2.amazonaws.com')).toBe('not allowed');
    expect(asks(bucket, 'iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/app`)).toBe('not allowed');
  });

  it('uses keys only through the services', () => {
    expect(asks(bucket, 'kms:Decrypt')).toBe('not allowed');
    expect(asks(bucket, 'kms:Decrypt', '*', { 'kms:ViaService': `s3.${REGION}.amazonaws.com` })).toBe(
      'allowed',
    );
    expect(asks(bucket, 'kms:ScheduleKeyDeletion')).toBe('not allowed');
  });

  it('denies leaving the organization, even to a plan that touches it', () => {
    const policy = policyOf(facts(change('aws_organizations_policy', 'create')));
    expect(asks(policy, 'organizations:CreatePolicy', '*', { 'aws:RequestedRegion': 'us-east-1' })).toBe(
      'allowed',
    );
    for (const action of ['organizations:LeaveOrganization', 'organizations:CloseAccount']) {
      expect(asks(policy, action)).toBe('denied');
    }
  });

  it('opens us-east-1 for what CloudFront needs there, and says so', () => {
    const outcome = applySessionPolicy(
      facts(change('aws_cloudfront_distribution', 'create'), change('aws_acm_certificate', 'create')),
    );
    expect(JSON.stringify(outcome)).toContain('Region us-east-1 is open');
  });

  it('is refused for a type it does not know, naming it', () => {
    for (const type of ['aws_teleporter_gate', 'awscc_s3_bucket', 'aws_iam_wormhole']) {
      expect(applySessionPolicy(facts(change(type, 'create')))).toMatchObject({
        ok: false,
        error: { reasons: [{ rule: 'session-policy.type-unknown' }] },
      });
    }
    expect(
      applySessionPolicy(facts(change('random_id', 'create'), change('terraform_data', 'create'))).ok,
    ).toBe(true);
  });

  it('is refused when a name could be read as a pattern or a variable (attack 5)', () => {
    for (const name of ['*', 'a?b', `$${'{aws:username}'}`, 'a"b', 'a\u0000b']) {
      for (const stateStore of [
        { bucket: name, key: 'k' },
        { bucket: 'b', key: name },
        { bucket: 'b', key: 'k', table: name },
      ]) {
        expect(applySessionPolicy({ ...facts(), stateStore })).toMatchObject({
          ok: false,
          error: { reasons: [{ rule: 'session-policy.name-unsafe' }] },
        });
      }
    }
  });

  it('never takes a pattern from an ARN of the plan: it widens to the kind and says so (attack 5)', () => {
    for (const arn of ['arn:aws:s3:::*', `arn:aws:s3:::$${'{aws:username}'}`, 'arn:aws:s3:::a?']) {
      const outcome = applySessionPolicy(facts(change('aws_s3_bucket', 'delete', arn)));
      expect(outcome.ok && outcome.value.policy).not.toContain(arn);
      expect(JSON.stringify(outcome)).toContain('could not be named exactly');
    }
  });
});

const knownTypes = Object.values(typeServices.services)
  .flat()
  .filter((type) => type !== 'aws_iam')
  .concat(
    data.rows.flatMap(({ types }) => types),
    ['aws_iam_role', 'aws_iam_user'],
  );
const someAction = fc.constantFrom(
  'create',
  'update',
  'delete',
  'replace',
  'no-op',
  'forget',
  'read',
) as fc.Arbitrary<PlannedAction['action']>;
const someArn = fc.option(
  fc.string({ maxLength: 12 }).map((name) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`),
  { nil: undefined },
);
const someChanges = fc.array(
  fc.tuple(fc.constantFrom(...knownTypes), someAction, someArn).map((parts) => change(...parts)),
  { maxLength: 30 },
);

describe('the session policy of any apply', () => {
  it('is valid JSON within the limit of STS, or refused with a reason', () => {
    fc.assert(
      fc.property(someChanges, (changes) => {
        const outcome = applySessionPolicy(facts(...changes));
        if (outcome.ok) {
          expect(outcome.value.sizeCharacters).toBe(outcome.value.policy.length);
          expect(outcome.value.policy.length).toBeLessThanOrEqual(2048);
          expect(() => JSON.parse(outcome.value.policy)).not.toThrow();
        } else expect(outcome.error.reasons[0].rule).toBe('session-policy.too-large');
      }),
    );
  });

  it('never allows destroying data of a kind the plan does not destroy', () => {
    fc.assert(
      fc.property(someChanges, (changes) => {
        const outcome = applySessionPolicy(facts(...changes));
        if (!outcome.ok) return;
        const destroyed = new Set(
          changes.filter(({ action }) => action === 'delete' || action === 'replace').map(({ type }) => type),
        );
        for (const row of data.rows.filter(({ types }) => !types.some((type) => destroyed.has(type)))) {
          for (const action of row.actions)
            expect(asks(outcome.value.policy, action, 'arn:any'), action).not.toBe('allowed');
        }
      }),
    );
  });

  it('is the same for the same changes in any order', () => {
    fc.assert(
      fc.property(someChanges, (changes) => {
        const [one, other] = [changes, changes.toReversed()].map((order) =>
          applySessionPolicy(facts(...order)),
        );
        expect(other?.ok).toBe(one?.ok);
        if (one?.ok && other?.ok) expect(other.value.policy).toBe(one.value.policy);
      }),
    );
  });
});
