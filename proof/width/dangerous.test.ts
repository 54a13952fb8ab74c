import { expect, it } from 'vitest';
import { isDangerous } from './dangerous.ts';

it.each([
  ['destroying data', 'dynamodb:DeleteTable'],
  ['reading contents', 's3:GetObject'],
  ['becoming somebody', 'iam:PassRole'],
  ['writing a key’s policy', 'KMS:PutKeyPolicy'],
  ['stopping a trail', 'cloudtrail:StopLogging'],
  ['leaving the organization', 'organizations:LeaveOrganization'],
  ['opening a bucket', 's3:PutBucketPolicy'],
  ['running a command', 'ssm:SendCommand'],
])('%s is dangerous', (_, action) => {
  expect(isDangerous(action)).toBe(true);
});

it.each([
  's3:GetObjectTagging',
  'iam:GetRole',
  'organizations:ListAccounts',
  'sqs:CreateQueue',
  'x:GetObject',
])('%s is not', (action) => {
  expect(isDangerous(action)).toBe(false);
});
