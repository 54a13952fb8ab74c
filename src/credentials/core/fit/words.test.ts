import { expect, test } from 'vitest';
import type { Need } from '../needs/need.ts';
import { needsOfPlan } from '../needs/plan-needs.ts';
import { ACCOUNT, change, object, planOf, REGION } from '../needs/testing/example-plan.ts';
import { fitPolicy } from './fit-policy.ts';
import { wordsOf } from './words.ts';

const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error('a test gives what has no policy');
  return result.value;
};
const backend = {
  type: 's3',
  workspace: 'default',
  config: object({ bucket: 'shop-state', key: 'shop.tfstate', region: REGION }),
};
const topic = change({ type: 'aws_sns_topic', action: 'create', after: object({ name: 'orders' }) });
const facts = { account: ACCOUNT, region: REGION };
const needs = value(needsOfPlan(planOf([topic], { backend }), facts));
const wordsFor = (all: readonly Need[]) =>
  wordsOf(all, value(fitPolicy(all, { ...facts, protectedArns: [] })), REGION);

test('the key of Terraform’s own state is said to be open, through S3 only, and is no way to gain more', () => {
  const { widened, escalations } = wordsFor(needs);
  expect(escalations).toEqual([]);
  expect(widened.map(({ en }) => en)).toContain(
    'kms:Decrypt, kms:GenerateDataKey on *, only through Amazon S3: the plan does not name the key that Terraform’s state is encrypted with.',
  );
});

test('any other key of a name that only the apply tells is one', () => {
  const other: Need = {
    ...{ action: 'kms:Decrypt', resources: ['*'], conditions: [], wide: 'unknown' },
    why: { address: 'aws_sns_topic.this', operation: 'create' },
  };
  expect(wordsFor([...needs, other]).escalations.map(({ en }) => en)).toEqual([
    'kms:Decrypt on *: reach what the plan does not name, because the name is only known after apply.',
  ]);
});
