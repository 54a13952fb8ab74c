import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy, prepareRequest, printPolicy, requestContext } from '#iam/core';
import { ACCOUNT } from '../needs/testing/example-plan.ts';
import { abbreviated } from './abbreviations.ts';
import { isForbidden } from './forbidden.ts';
import { charactersOf, makeGroup, statementOf } from './group.ts';
import { actionsOfService, applies, covers, expand, overlap } from './pattern.ts';
import data from './service-actions.json' with { type: 'json' };

const QUEUE = 'arn:aws:sqs:eu-west-1:444444444444:orders';

describe('patterns', () => {
  it('cover what they match and narrower patterns, and nothing else', () => {
    expect(covers('s3:Get*', 's3:GetObject')).toBe(true);
    expect(covers('s3:Get*', 's3:Get*Configuration')).toBe(true);
    expect(covers('s3:Get*Configuration', 's3:Get*')).toBe(false);
    expect(covers('a.b', 'axb')).toBe(false);
  });

  it('overlap only field by field', () => {
    expect(overlap('arn:*:sns:*:*:*', QUEUE)).toBe(false);
    expect(overlap('arn:*:sns:*:*:*', 'arn:aws:sqs:eu-west-1:444444444444:*')).toBe(false);
    expect(overlap('arn:*:sqs:*:*:*', QUEUE)).toBe(true);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z*]{1,8}$/), fc.stringMatching(/^[a-z]{1,8}$/), (pattern, name) => {
        expect(overlap(pattern, name)).toBe(covers(pattern, name));
      }),
    );
  });

  it('know what an action acts on', () => {
    expect(applies('sqs:SendMessage', QUEUE)).toBe(true);
    expect(applies('sns:Publish', QUEUE)).toBe(false);
    expect(applies('s3:DeleteBucket', 'arn:aws:s3:::orders/a')).toBe(false);
    expect(applies('s3:GetObject', 'arn:aws:s3:::orders')).toBe(false);
    expect(applies('s3:GetObject', 'arn:aws:s3:::orders-*')).toBe(true);
    expect(expand('sqs:*Queue')).toContain('sqs:DeleteQueue');
  });

  it('put destruction, IAM, keys, trails and the organization on the list, and reading them not', () => {
    for (const action of [
      's3:DeleteBucket',
      'iam:CreateAccessKey',
      'sts:AssumeRole',
      'kms:PutKeyPolicy',
      'cloudtrail:StopLogging',
      'organizations:LeaveOrganization',
      'secretsmanager:GetSecretValue',
    ]) {
      expect([action, isForbidden(action)]).toEqual([action, true]);
    }
    for (const action of ['iam:GetRole', 's3:GetBucketPolicy', 'ec2:DescribeVpcs']) {
      expect([action, isForbidden(action)]).toEqual([action, false]);
    }
  });

  it('are shortened only as far as they mean the same, and never on the list', () => {
    const group = makeGroup([], ['logs:PutRetentionPolicy', 'iam:PassRole'], ['*']);
    const [short] = abbreviated([group], charactersOf(group) - 3) ?? [];
    expect(short?.actions.flatMap(expand)).toEqual(['iam:PassRole', 'logs:PutRetentionPolicy']);
    expect(short?.actions).toContain('iam:PassRole');
    expect(abbreviated([makeGroup([], ['iam:PassRole'], ['*'])], 10)).toBeUndefined();
  });
});

describe('a group', () => {
  it('is counted as long as it is printed, or longer', () => {
    const names = fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, names, (actions, resources) => {
        const group = makeGroup(
          [],
          actions.map((name) => `sqs:${name}`),
          resources.map((name) => `arn:aws:sqs:::${name}`),
        );
        const printed = printPolicy({
          kind: 'session',
          version: '2012-10-17',
          statements: [statementOf(group)],
        });
        const frame = '{"Version":"2012-10-17","Statement":[]}'.length;
        expect(charactersOf(group)).toBeGreaterThanOrEqual(printed.length - frame);
        expect(charactersOf(group)).toBeLessThanOrEqual(printed.length - frame + 2);
      }),
    );
  });
});

describe('the actions of AWS’s reference', () => {
  const actions = Object.keys(data.services).flatMap(actionsOfService);

  it('can all stand in a policy, a hyphen in the name too', () => {
    expect(actions).toContain('vpc-lattice:AssociateViaAWSService-EventsAndStates');
    const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
    const source = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const parsed = parsePolicy(source, { kind: 'identity', file: 'all' });
    expect(parsed.ok ? [] : parsed.error.reasons.map(({ message }) => message.en)).toEqual([]);
  });

  it('can all be asked', () => {
    const principal = {
      kind: 'role-session',
      account: ACCOUNT,
      partition: 'aws',
      roleName: 'apply',
    } as const;
    const refused = actions.filter(
      (action) => !prepareRequest({ principal, action, resource: '*', context: requestContext({}) }).ok,
    );
    expect(refused).toEqual([]);
  });
});
