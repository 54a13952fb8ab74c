import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../model.ts';
import { covers, newGrants, readPolicy, type Statement } from './policy-document.ts';

const statements = (...list: unknown[]): readonly Statement[] => {
  const reading = readPolicy(JSON.stringify({ Statement: list }));
  if (reading.kind !== 'policy') throw new Error('no policy');
  return reading.statements;
};
const allow = (Action: unknown, Resource: unknown, more = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

describe('policy documents', () => {
  it.each(['{', '[]', '1', '"x"', '{"Statement": ["x"]}'])('%s is unreadable, not harmless', (words) => {
    expect(readPolicy(words)).toEqual({ kind: 'unreadable', because: 'not-a-policy' });
  });

  it('a policy known after apply is unreadable, and nothing is absent', () => {
    expect(readPolicy(UNKNOWN)).toEqual({ kind: 'unreadable', because: 'unknown' });
    expect(readPolicy(null)).toEqual({ kind: 'absent' });
    expect(readPolicy('')).toEqual({ kind: 'absent' });
  });

  it('reading never throws, whatever the words are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (words) => {
        expect(['policy', 'absent', 'unreadable']).toContain(readPolicy(words).kind);
      }),
    );
  });

  it('an effect that is not Deny is taken for Allow', () => {
    expect(statements({ Effect: 'allow', Action: '*', Resource: '*' })[0]?.effect).toBe('Allow');
    expect(statements({ Action: '*', Resource: '*' })[0]?.effect).toBe('Allow');
  });

  it.each([
    ['s3:*', 's3:Get*', true],
    ['*', 'anything', true],
    ['S3:getobject', 's3:GetObject', true],
    ['s3:Get*', 's3:*', false],
    ['s3:Get?bject', 's3:GetObject', true],
    ['s3:Get?bject', 's3:Get*bject', false],
    ['a*b*c', 'aXbXbXc', true],
    ['a*b*c', 'aXbXbX', false],
  ])('%s covers %s: %s', (pattern, words, expected) => {
    expect(covers(pattern, words)).toBe(expected);
  });

  it('many wildcards are matched in no time', () => {
    expect(covers(`${'a*'.repeat(50)}b`, 'a'.repeat(5_000))).toBe(false);
  });

  it('a policy grants nothing beyond itself', () => {
    const names = fc.constantFrom('s3:*', 's3:Get*', 's3:GetObject', 'iam:PassRole', '*');
    const resources = fc.constantFrom('*', 'arn:aws:s3:::a/*', 'arn:aws:s3:::a/b');
    const list = fc.array(
      fc.tuple(fc.array(names, { minLength: 1 }), fc.array(resources, { minLength: 1 })),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(list, list, (first, second) => {
        const a = statements(...first.map(([action, resource]) => allow(action, resource)));
        const b = statements(...second.map(([action, resource]) => allow(action, resource)));
        expect(newGrants(a, a)).toEqual([]);
        expect(newGrants([...a, ...b], b)).toEqual([]);
        expect(newGrants(statements(allow('*', '*')), b)).toEqual([]);
      }),
    );
  });

  it('dropping a condition, an exception or the Not of a NotAction is new', () => {
    const condition = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    expect(newGrants(statements(allow('s3:*', '*', condition)), statements(allow('s3:*', '*')))).toHaveLength(
      1,
    );
    expect(newGrants(statements(allow('s3:*', '*')), statements(allow('s3:*', '*', condition)))).toEqual([]);
    const butIam = { Effect: 'Allow', NotAction: ['iam:*', 'sts:*'], Resource: '*' };
    expect(newGrants(statements(butIam), statements({ ...butIam, NotAction: 'iam:*' }))).toHaveLength(1);
    expect(
      newGrants(statements(allow('iam:*', '*')), statements({ ...butIam, NotAction: 'iam:*' })),
    ).toHaveLength(1);
    expect(newGrants(statements(butIam), statements(allow('ec2:*', '*')))).toHaveLength(1);
  });
});
