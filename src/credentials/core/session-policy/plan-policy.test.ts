import { describe, expect, it } from 'vitest';
import { parseRegion } from '#accounts/core';
import { EXAMPLE_STACK } from '../example-stack.ts';
import { type PlanPolicyFacts, planSessionPolicy } from './plan-policy.ts';
import { verdict } from './policy-reader.ts';

const { region } = EXAMPLE_STACK;
const stateStore = { bucket: 'shop-state', key: 'web/terraform.tfstate', table: 'state-lock' };

function asks(
  facts: PlanPolicyFacts,
  action: string,
  resource = '*',
  context: Readonly<Record<string, string>> = {},
) {
  const outcome = planSessionPolicy(facts);
  return outcome.ok ? verdict(outcome.value.policy, { action, resource, context }) : 'refused';
}

describe('the session policy of a plan', () => {
  it('is AWS’s ReadOnlyAccess less secrets and contents, and allows next to nothing by itself (attack 1)', () => {
    const outcome = planSessionPolicy({ region, stateStore });
    expect(outcome).toMatchObject({
      ok: true,
      value: { managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'], widened: [] },
    });
    expect(outcome.ok && outcome.value.sizeCharacters).toBeLessThanOrEqual(2048);
    for (const action of [
      'secretsmanager:GetSecretValue',
      'dynamodb:Scan',
      'sqs:ReceiveMessage',
      'sts:AssumeRole',
    ]) {
      expect(asks({ region, stateStore }, action)).toBe('denied');
    }
    for (const action of ['s3:PutObject', 'iam:CreateRole', 'ssm:PutParameter']) {
      expect(asks({ region, stateStore }, action)).toBe('not allowed');
    }
  });

  it('reads of S3 and DynamoDB only the state and its lock', () => {
    const facts = { region, stateStore };
    expect(asks(facts, 's3:GetObject', 'arn:aws:s3:::shop-orders/2026.csv')).toBe('denied');
    expect(asks(facts, 's3:GetObject', 'arn:aws:s3:::shop-state/db/terraform.tfstate')).toBe('denied');
    // Left to ReadOnlyAccess, which allows it.
    expect(asks(facts, 's3:GetObject', 'arn:aws:s3:::shop-state/web/terraform.tfstate')).toBe('not allowed');
    expect(asks(facts, 'dynamodb:GetItem', 'arn:aws:dynamodb:ap-northeast-1:1:table/orders')).toBe('denied');
    expect(asks(facts, 'dynamodb:GetItem', 'arn:aws:dynamodb:ap-northeast-1:1:table/state-lock')).toBe(
      'not allowed',
    );
  });

  it('decrypts only what S3 holds, so a parameter of type SecureString stays secret', () => {
    const via = (service: string) => ({ 'kms:ViaService': `${service}.ap-northeast-1.amazonaws.com` });
    expect(asks({ region }, 'kms:Decrypt', '*', via('s3'))).toBe('allowed');
    expect(asks({ region }, 'kms:Decrypt', '*', via('ssm'))).toBe('denied');
    expect(asks({ region }, 'kms:Decrypt')).toBe('denied');
  });

  it('decrypts in China what S3 holds there', () => {
    const china = { region: parseRegion('cn-north-1') ?? expect.unreachable() };
    const via = (service: string) => ({ 'kms:ViaService': `${service}.cn-north-1.amazonaws.com.cn` });
    expect(asks(china, 'kms:Decrypt', '*', via('s3'))).toBe('allowed');
    expect(asks(china, 'kms:Decrypt', '*', via('ssm'))).toBe('denied');
    expect(asks({ region }, 'kms:Decrypt', '*', via('s3'))).toBe('denied');
  });

  it('says that it is wide while the state’s place is not known', () => {
    const outcome = planSessionPolicy({ region });
    expect(outcome.ok && outcome.value.widened).toHaveLength(1);
    expect(asks({ region }, 's3:GetObject', 'arn:aws:s3:::shop-orders/2026.csv')).toBe('denied');
  });

  it('is refused when a name of the state could be read as a pattern (attack 5)', () => {
    for (const name of ['*', `$${'{aws:username}'}`, 'a?b']) {
      expect(asks({ region, stateStore: { ...stateStore, bucket: name } }, 's3:GetObject')).toBe('refused');
    }
  });
});
