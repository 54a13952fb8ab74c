import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAccountId } from '#core-values';
import { fitPolicy } from '../fit/fit-policy.ts';
import { isForbidden } from '../fit/forbidden.ts';
import serviceActions from '../fit/service-actions.json' with { type: 'json' };
import { extraNeedFault } from './extra-need.ts';
import { needsOfExtra } from './needs-of-extra.ts';

const account = parseAccountId('333333333333') ?? expect.unreachable();
const other = parseAccountId('444444444444') ?? expect.unreachable();
const own = `arn:aws:iam::${account}:role/sekisho/apply`;
const facts = { account, otherAccounts: [other], protectedArns: [own] };
const ruleOf = (action: string, resource: string) =>
  extraNeedFault({ action, resource }, facts)?.rule ?? 'taken';
const TOPIC = `arn:aws:sns:ap-northeast-1:${account}:orders`;

test.each([
  ['sns:TagResource', TOPIC],
  ['s3:PutBucketTagging', 'arn:aws:s3:::photos'],
  ['kms:TagResource', `arn:aws:kms:ap-northeast-1:${other}:key/6b51b425-ee73-4668-ac38-f43be73c8fc0`],
  ['logs:CreateLogGroup', `arn:aws:logs:ap-northeast-1:${account}:log-group:/shop/g:log-stream:`],
  ['elasticloadbalancing:DescribeLoadBalancers', '*'],
  ['ec2:CreateVpc', `arn:aws:ec2:ap-northeast-1:${account}:vpc/*`],
  ['ec2:AllocateAddress', `arn:aws:ec2:ap-northeast-1:${account}:elastic-ip/*`],
  ['kms:CreateKey', '*'],
  [
    'elasticloadbalancing:CreateLoadBalancer',
    `arn:aws:elasticloadbalancing:ap-northeast-1:${account}:loadbalancer/app/lb/*`,
  ],
  ['iam:GetPolicy', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
])('%s on %s is exact, and taken', (action, resource) => {
  expect(ruleOf(action, resource)).toBe('taken');
});

test.each([
  ['needs.pattern', 'sns:*', TOPIC],
  ['needs.pattern', 'sns:Tag?esource', TOPIC],
  ['needs.pattern', 'sns:TagResource', '*'],
  ['needs.pattern', 'sns:TagResource', `arn:aws:sns:ap-northeast-1:${account}:*`],
  ['needs.pattern', 'sns:TagResource', `arn:aws:sns:*:${account}:orders`],
  ['needs.pattern', 'sns:TagResource', `arn:aws:sns:ap-northeast-1:${account}:\${aws:username}`],
  ['needs.pattern', 'sns:TagResource', `arn:aws:sns:ap-northeast-1:${account}:注文`],
  ['needs.pattern', 'sns:TagResource', `arn:aws:sns:ap-northeast-1:${account}:or ders`],
  ['needs.pattern', 'sns:TagResource', 'orders'],
  ['needs.pattern', 'ec2:CreateSubnet', `arn:aws:ec2:ap-northeast-1:${account}:vpc/*`],
  ['needs.pattern', 'ec2:DeleteVpc', `arn:aws:ec2:ap-northeast-1:${account}:vpc/*`],
  ['needs.pattern', 'acm:ImportCertificate', `arn:aws:acm:ap-northeast-1:${account}:certificate/*`],
  [
    'needs.pattern',
    'elasticloadbalancing:CreateLoadBalancer',
    `arn:aws:elasticloadbalancing:ap-northeast-1:${account}:loadbalancer/*/lb/*`,
  ],
  ['needs.action-unknown', 'sns:tagresource', TOPIC],
  ['needs.action-unknown', 'nosuch:Thing', TOPIC],
  ['needs.forbidden', 's3:DeleteBucket', 'arn:aws:s3:::photos'],
  ['needs.forbidden', 's3:GetObject', 'arn:aws:s3:::photos/a'],
  ['needs.forbidden', 'iam:PassRole', `arn:aws:iam::${account}:role/job`],
  ['needs.forbidden', 'iam:CreateAccessKey', `arn:aws:iam::${account}:user/x`],
  ['needs.forbidden', 'kms:PutKeyPolicy', `arn:aws:kms:ap-northeast-1:${account}:key/1`],
  ['needs.forbidden', 'cloudtrail:StopLogging', `arn:aws:cloudtrail:ap-northeast-1:${account}:trail/t`],
  ['needs.forbidden', 'lambda:CreateFunction', `arn:aws:lambda:ap-northeast-1:${account}:function:f`],
  ['needs.forbidden', 'organizations:LeaveOrganization', '*'],
  ['needs.changes-sekisho', 'iam:GetRole', own],
  ['needs.other-account', 'sns:TagResource', 'arn:aws:sns:ap-northeast-1:555555555555:orders'],
  ['needs.does-not-apply', 'sns:TagResource', 'arn:aws:s3:::photos'],
])('%s refuses %s on %s', (rule, action, resource) => {
  expect(ruleOf(action, resource)).toBe(rule);
});

const actions = Object.entries(serviceActions.services).flatMap(([service, table]) =>
  Object.values(table)
    .flat()
    .map((name) => `${service}:${name}`),
);

test('Nothing of the forbidden list is taken on any resource, and no pattern but the id of what is being made', () => {
  const resource = fc.oneof(fc.constantFrom('*', TOPIC, own, 'arn:aws:s3:::photos'), fc.string());
  fc.assert(
    fc.property(fc.constantFrom(...actions), resource, (action, on) => {
      if (ruleOf(action, on) !== 'taken') return;
      expect(isForbidden(action)).toBe(false);
      expect(on === '*' || on.startsWith('arn:')).toBe(true);
      if (on !== '*') expect(on.slice(0, -1)).not.toMatch(/[*?$"]/);
    }),
  );
});

test('Extra needs are fitted as they are; what has no resource only in the stack’s region', () => {
  const extra = [
    { action: 'sns:TagResource', resource: TOPIC },
    { action: 'elasticloadbalancing:DescribeLoadBalancers', resource: '*' },
    { action: 'route53:CreateHostedZone', resource: '*' },
  ];
  const fitted = fitPolicy(needsOfExtra(extra, 'ap-northeast-1'), {
    ...{ account, region: 'ap-northeast-1', protectedArns: [own] },
  });
  expect(fitted.ok && JSON.parse(fitted.value.policy).Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'elasticloadbalancing:DescribeLoadBalancers',
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': 'ap-northeast-1' } },
    },
    { Effect: 'Allow', Action: 'route53:CreateHostedZone', Resource: '*' },
    { Effect: 'Allow', Action: 'sns:TagResource', Resource: TOPIC },
  ]);
});
