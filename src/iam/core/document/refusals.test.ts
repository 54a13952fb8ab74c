import { describe, expect, test } from 'vitest';
import type { PolicyKind } from '../model.ts';
import { parsePolicy } from './parse.ts';

const rulesOf = (value: unknown, kind: PolicyKind = 'identity'): readonly string[] => {
  const source = typeof value === 'string' ? value : JSON.stringify(value);
  const parsed = parsePolicy(source, { kind, file: 'p.json' });
  return parsed.ok ? [] : parsed.error.reasons.map(({ rule }) => rule);
};

const policy = (statement: object, more: object = {}) => ({
  Version: '2012-10-17',
  ...more,
  Statement: [statement],
});
const allow = (more: object = {}) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more });
const bucket = (more: object = {}) => allow({ Principal: '*', ...more });
const trust = { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' };

describe('what AWS refuses is refused', () => {
  const WRONG: readonly (readonly [name: string, rule: string, value: unknown, kind?: PolicyKind])[] = [
    ['text that is no JSON', 'iam.json', '{"Version": "2012-10-17",}'],
    ['more text after the document', 'iam.json', '{} {}'],
    ['the same key twice', 'iam.duplicate-key', '{"Statement": [], "Statement": []}'],
    [
      'the same key twice deep inside',
      'iam.duplicate-key',
      '{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}',
    ],
    ['a list as the document', 'iam.document', []],
    ['an unknown version', 'iam.version', policy(allow(), { Version: '2012-10-18' })],
    ['a version that is a number', 'iam.version', policy(allow(), { Version: 2012 })],
    ['an unknown element of the document', 'iam.unknown-element', policy(allow(), { Comment: 'x' })],
    ['an unknown element of a statement', 'iam.unknown-element', policy(allow({ Actions: '*' }))],
    ['an element in another case', 'iam.unknown-element', policy(allow({ condition: {} }))],
    ['an Id in an identity policy', 'iam.id', policy(allow(), { Id: 'x' })],
    ['no statement', 'iam.no-statement', { Version: '2012-10-17', Statement: [] }],
    ['a statement that is no object', 'iam.statement', { Version: '2012-10-17', Statement: ['Allow'] }],
    ['no effect', 'iam.effect', policy({ Action: '*', Resource: '*' })],
    ['an effect in another case', 'iam.effect', policy(allow({ Effect: 'allow' }))],
    ['no action', 'iam.missing-element', policy({ Effect: 'Allow', Resource: '*' })],
    ['no resource', 'iam.missing-element', policy({ Effect: 'Allow', Action: '*' })],
    ['both Action and NotAction', 'iam.both', policy(allow({ NotAction: 'iam:*' }))],
    ['both Resource and NotResource', 'iam.both', policy(allow({ NotResource: '*' }))],
    ['an empty list of actions', 'iam.strings', policy(allow({ Action: [] }))],
    ['an action that is no text', 'iam.strings', policy(allow({ Action: [1] }))],
    ['an action without a service', 'iam.action', policy(allow({ Action: 'GetObject' }))],
    ['a wildcard in the service of an action', 'iam.action', policy(allow({ Action: 's*:GetObject' }))],
    ['a wildcard as the service of an action', 'iam.action', policy(allow({ Action: '*:*' }))],
    ['a space in an action', 'iam.action', policy(allow({ Action: 's3: GetObject' }))],
    ['a resource that is no ARN', 'iam.resource', policy(allow({ Resource: 'orders/*' }))],
    [
      'a wildcard in the service of a resource',
      'iam.resource-service',
      policy(allow({ Resource: 'arn:aws:s*:::orders' })),
    ],
    [
      'a service of a resource in upper case',
      'iam.resource-service',
      policy(allow({ Resource: 'arn:aws:S3:::orders' })),
    ],
    ['an unknown partition', 'iam.resource', policy(allow({ Resource: 'arn:amazon:s3:::orders' }))],
    [
      'an account of eleven digits',
      'iam.resource-account',
      policy(allow({ Resource: 'arn:aws:sqs:us-east-1:11112222333:q' })),
    ],
    ['an ARN that names no resource', 'iam.resource', policy(allow({ Resource: 'arn:aws:s3:::' }))],
    [
      'an incomplete ARN in a session policy',
      'iam.resource-incomplete',
      policy(allow({ Resource: 'arn:aws:sqs' })),
      'session',
    ],
    [
      'a variable that is not closed',
      'iam.variable',
      policy(allow({ Resource: 'arn:aws:s3:::${aws:username' })),
    ],
    [
      'a variable with a default in double quotes',
      'iam.variable',
      policy(allow({ Resource: `arn:aws:s3:::\${aws:username, "x"}` })),
    ],
    ['a Sid with a space', 'iam.sid', policy(allow({ Sid: 'Read orders' }))],
    [
      'a Sid twice',
      'iam.duplicate-sid',
      { Version: '2012-10-17', Statement: [allow({ Sid: 'A' }), allow({ Sid: 'A' })] },
    ],
    ['a principal in an identity policy', 'iam.principal-forbidden', policy(bucket())],
    ['a principal in an SCP', 'iam.principal-forbidden', policy(bucket()), 'scp'],
    ['no principal in a resource policy', 'iam.missing-element', policy(allow()), 'resource'],
    [
      'both Principal and NotPrincipal',
      'iam.both',
      policy(bucket({ Effect: 'Deny', NotPrincipal: '*' })),
      'resource',
    ],
    ['NotPrincipal with Allow', 'iam.not-principal', policy(allow({ NotPrincipal: '*' })), 'resource'],
    [
      'a wildcard in a principal',
      'iam.principal',
      policy(bucket({ Principal: { AWS: 'arn:aws:iam::111122223333:user/*' } })),
      'resource',
    ],
    [
      'a group as a principal',
      'iam.principal',
      policy(bucket({ Principal: { AWS: 'arn:aws:iam::111122223333:group/admins' } })),
      'resource',
    ],
    [
      'an unknown kind of principal',
      'iam.principal',
      policy(bucket({ Principal: { User: 'taro' } })),
      'resource',
    ],
    [
      'a principal that is a bare text',
      'iam.principal',
      policy(bucket({ Principal: '111122223333' })),
      'resource',
    ],
    [
      'every service as a principal',
      'iam.principal',
      policy(bucket({ Principal: { Service: '*' } })),
      'resource',
    ],
    ['a resource in a trust policy', 'iam.resource-forbidden', policy({ ...trust, Resource: '*' }), 'trust'],
    [
      'an action of another service in a trust policy',
      'iam.trust-action',
      policy({ ...trust, Action: 's3:*' }),
      'trust',
    ],
    [
      'an unknown operator',
      'iam.condition-operator',
      policy(allow({ Condition: { StringEqual: { 'aws:username': 'x' } } })),
    ],
    [
      'NullIfExists',
      'iam.condition-operator',
      policy(allow({ Condition: { NullIfExists: { 'aws:username': 'true' } } })),
    ],
    ['a condition that is a list', 'iam.condition', policy(allow({ Condition: [] }))],
    ['an operator that holds a text', 'iam.condition', policy(allow({ Condition: { StringEquals: 'x' } }))],
    [
      'a condition key without a prefix',
      'iam.condition-key',
      policy(allow({ Condition: { StringEquals: { username: 'x' } } })),
    ],
    [
      'a condition without values',
      'iam.condition-value',
      policy(allow({ Condition: { StringEquals: { 'aws:username': [] } } })),
    ],
    [
      'a condition value that is an object',
      'iam.condition-value',
      policy(allow({ Condition: { StringEquals: { 'aws:username': {} } } })),
    ],
    [
      'the same key in two cases',
      'iam.condition-twice',
      policy(allow({ Condition: { StringEquals: { 'aws:username': 'x', 'AWS:Username': 'y' } } })),
    ],
    [
      'a number that is none',
      'iam.condition-value',
      policy(allow({ Condition: { NumericLessThan: { 's3:max-keys': 'ten' } } })),
    ],
    [
      'a variable where numbers are compared',
      'iam.condition-value',
      policy(allow({ Condition: { NumericLessThan: { 's3:max-keys': `\${s3:max-keys}` } } })),
    ],
    [
      'a date that does not exist',
      'iam.condition-value',
      policy(allow({ Condition: { DateLessThan: { 'aws:CurrentTime': '2026-02-30' } } })),
    ],
    [
      'a range that is none',
      'iam.condition-value',
      policy(allow({ Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/33' } } })),
    ],
    [
      'an address that is none',
      'iam.condition-value',
      policy(allow({ Condition: { IpAddress: { 'aws:SourceIp': 'example.com' } } })),
    ],
    [
      'a Bool that is neither',
      'iam.condition-value',
      policy(allow({ Condition: { Bool: { 'aws:SecureTransport': 'yes' } } })),
    ],
    [
      'a Null that is neither',
      'iam.condition-value',
      policy(allow({ Condition: { Null: { 'aws:SecureTransport': 'yes' } } })),
    ],
    [
      'bytes that are not base64',
      'iam.condition-value',
      policy(allow({ Condition: { BinaryEquals: { 'x:y': 'a' } } })),
    ],
    [
      'a character beyond U+00FF in an identity policy',
      'iam.characters',
      policy(allow({ Condition: { StringEquals: { 'aws:PrincipalTag/x': '東京' } } })),
    ],
    ['an SCP of 2008-10-17', 'iam.version', policy(allow(), { Version: '2008-10-17' }), 'scp'],
    ['an SCP without a version', 'iam.version', { Statement: [allow()] }, 'scp'],
    ['an RCP that allows', 'iam.rcp-effect', policy(bucket({ Action: 's3:*' })), 'rcp'],
    [
      'an RCP with NotAction',
      'iam.rcp-not-action',
      policy({ Effect: 'Deny', Principal: '*', NotAction: 's3:*', Resource: '*' }),
      'rcp',
    ],
    ['an RCP on every action', 'iam.rcp-action', policy(bucket({ Effect: 'Deny', Action: '*' })), 'rcp'],
    [
      'an RCP on a service without RCPs',
      'iam.rcp-action',
      policy(bucket({ Effect: 'Deny', Action: 'ec2:*' })),
      'rcp',
    ],
    [
      'an RCP that names a principal',
      'iam.rcp-principal',
      policy(bucket({ Effect: 'Deny', Principal: { AWS: '111122223333' } })),
      'rcp',
    ],
  ];

  for (const [name, rule, value, kind] of WRONG) {
    test(name, () => {
      expect(rulesOf(value, kind)).toContain(rule);
    });
  }
});

describe('what AWS takes is taken', () => {
  const GOOD: readonly (readonly [name: string, value: unknown, kind?: PolicyKind])[] = [
    ['no version', { Statement: allow() }],
    ['a single statement', { Version: '2012-10-17', Statement: allow() }],
    ['an empty condition', policy(allow({ Condition: {} }))],
    ['empty Sids', { Version: '2012-10-17', Statement: [allow({ Sid: '' }), allow({ Sid: '' })] }],
    [
      'numbers and booleans without quotes',
      policy(
        allow({
          Condition: { NumericLessThan: { 's3:max-keys': 10 }, Bool: { 'aws:SecureTransport': true } },
        }),
      ),
    ],
    ['wildcards anywhere in the name of an action', policy(allow({ Action: ['s3:*Object', 's3:G?t*'] }))],
    ['a bucket policy with an Id', policy(bucket(), { Id: 'x' }), 'resource'],
    [
      'a key policy with spaces in its Sid',
      policy(bucket({ Sid: 'Enable IAM User Permissions', Action: 'kms:*' })),
      'key',
    ],
    ['a trust policy', policy(trust), 'trust'],
    [
      'a trust policy for a CI',
      policy({
        ...trust,
        Principal: {
          Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } },
      }),
      'trust',
    ],
    [
      'an SCP that allows with conditions',
      policy(allow({ Condition: { StringEquals: { 'aws:RequestedRegion': 'ap-northeast-1' } } })),
      'scp',
    ],
    ['an SCP that allows resources', policy(allow({ Resource: 'arn:aws:s3:::orders/*' })), 'scp'],
    [
      'an SCP that allows by NotAction',
      policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      'scp',
    ],
    [
      'an SCP that allows by NotResource',
      policy({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::orders/*' }),
      'scp',
    ],
    [
      'an SCP with wildcards in the middle of actions',
      policy(allow({ Effect: 'Deny', Action: 'ec2:*Instances*' })),
      'scp',
    ],
    ['RCPFullAWSAccess', policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }), 'rcp'],
    ['a character beyond U+00FF in a bucket policy', policy(bucket({ Sid: '注文を読む' })), 'resource'],
  ];

  for (const [name, value, kind] of GOOD) {
    test(name, () => {
      expect(rulesOf(value, kind)).toEqual([]);
    });
  }
});
