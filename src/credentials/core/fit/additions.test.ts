import { expect, it } from 'vitest';
import { condition, type Need } from '../needs/need.ts';
import { additionsOf, isNeeded, neededBy, weightOf } from './additions.ts';
import { makeGroup } from './group.ts';
import { forbiddenIn } from './proof.ts';

const ROLE = 'arn:aws:iam::444444444444:role/worker';
const to = (...services: readonly string[]) => [condition('StringEquals', 'iam:PassedToService', services)];
const need = (services: readonly string[]): Need => ({
  action: 'iam:PassRole',
  resources: [ROLE],
  conditions: to(...services),
  why: { address: 'x', operation: 'create' },
});

it('takes an action for needed only under the conditions of its need', () => {
  const needed = neededBy([need(['lambda']), need(['ecs'])]);
  expect(isNeeded(needed, 'iam:PassRole', ROLE, to('lambda'))).toBe(true);
  expect(isNeeded(needed, 'iam:PassRole', ROLE, to('ecs', 'lambda'))).toBe(true);
  expect(isNeeded(needed, 'iam:PassRole', ROLE, to('ec2'))).toBe(false);
  expect(isNeeded(needed, 'iam:PassRole', ROLE, to('ec2', 'lambda'))).toBe(false);
  expect(isNeeded(needed, 'iam:PassRole', ROLE, [])).toBe(false);
  expect(additionsOf(makeGroup([], ['iam:PassRole'], [ROLE]), needed)).toBe(Number.POSITIVE_INFINITY);
});

it('never lets names of buckets be shortened for what puts something into them: others’ may begin alike', () => {
  const named = ['arn:aws:s3:::shop-a', 'arn:aws:s3:::shop-b'];
  const needs = ['s3:PutBucketTagging', 's3:ListBucket'].map((action) => ({
    ...{ action, resources: named, conditions: [] },
    why: { address: 'x', operation: 'create' as const },
  }));
  const added = (action: string, resource: string) =>
    additionsOf(makeGroup([], [action], [resource]), neededBy(needs));
  expect(added('s3:PutBucketTagging', 'arn:aws:s3:::shop-*')).toBe(Number.POSITIVE_INFINITY);
  expect(added('s3:PutObject', 'arn:aws:s3:::shop-a/*')).toBe(100);
  expect(added('s3:ListBucket', 'arn:aws:s3:::shop-*')).toBe(10);
  expect(added('sqs:TagQueue', 'arn:aws:sqs:eu-west-1:444444444444:shop-*')).toBe(10);
});

it('counts a pattern for more the less it says', () => {
  const arns = [
    'arn:aws:sqs:eu-west-1:1:a',
    'arn:aws:s3:::a-*',
    'arn:aws:ec2:eu-west-1:1:vpc/*',
    'arn:aws:ec2:eu-west-1:1:*',
    '*',
  ];
  expect(arns.map(weightOf)).toEqual([1, 10, 100, 500, 1000]);
});

it('finds in a finished policy what it allows of the forbidden list, however it came there', () => {
  const facts = { account: '444444444444', partition: 'aws' };
  const allowing = (action: string, more = '') =>
    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"${action}","Resource":"*"${more}}]}`;
  expect(forbiddenIn([allowing('s3:Delete*')], [], facts)).toContain('s3:DeleteBucket');
  expect(forbiddenIn([allowing('iam:CreateAccessKey')], [], facts)).toContain('iam:CreateAccessKey');
  expect(forbiddenIn([allowing('kms:Decrypt')], [], facts)).toContain('kms:Decrypt');
  const viaService = ',"Condition":{"StringLike":{"kms:ViaService":"s3.*"}}';
  expect(forbiddenIn([allowing('kms:Decrypt', viaService)], [], facts)).toBeUndefined();
  expect(forbiddenIn([allowing('s3:ListBucket')], [], facts)).toBeUndefined();
  const wanted: Need = {
    action: 's3:DeleteBucket',
    resources: ['*'],
    conditions: [],
    why: { address: 'x', operation: 'delete' },
  };
  expect(forbiddenIn([allowing('s3:DeleteBucket')], [wanted], facts)).toBeUndefined();
});
