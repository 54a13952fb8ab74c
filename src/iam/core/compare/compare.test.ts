import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../document/parse.ts';
import { canonical, printPolicy } from '../document/print.ts';
import { compilePolicy } from '../evaluate/compiled-policy.ts';
import { evaluate, type VerdictKind } from '../evaluate/evaluate.ts';
import { compileGlob, wildcards } from '../match/glob.ts';
import type { PolicyDocument } from '../model.ts';
import {
  documents,
  fullContexts,
  preparedRequest,
  type SmallRequest,
  smallRequests,
} from '../testing/arbitraries.ts';
import { covers, overlap } from './glob-sets.ts';
import { isInside } from './inside.ts';
import { normalise } from './normalise.ts';

const patterns = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 6 }).map((list) => list.join(''));
const TEXTS = ['', ...[1, 2, 3, 4, 5, 6].flatMap((length) => textsOf(length))];

function textsOf(length: number): readonly string[] {
  if (length === 0) return [''];
  return textsOf(length - 1).flatMap((rest) => [`a${rest}`, `b${rest}`, `c${rest}`]);
}

test('a pattern that covers another matches all that it matches', () => {
  fc.assert(
    fc.property(patterns, patterns, (wide, narrow) => {
      const outer = compileGlob(wildcards(wide));
      const inner = compileGlob(wildcards(narrow));
      if (covers(outer, inner)) {
        expect(TEXTS.filter((words) => inner.matches(words) && !outer.matches(words))).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

test('patterns overlap exactly where some text is matched by both', () => {
  fc.assert(
    fc.property(patterns, patterns, (one, other) => {
      const [left, right] = [compileGlob(wildcards(one)), compileGlob(wildcards(other))];
      const isShared = TEXTS.some((words) => left.matches(words) && right.matches(words));
      if (isShared) expect(overlap(left, right)).toBe(true);
      if (!overlap(left, right)) expect(isShared).toBe(false);
    }),
    { numRuns: 500 },
  );
  expect(overlap(wildcards('a*'), wildcards('*b'))).toBe(true);
  expect(overlap(wildcards('a*'), wildcards('b*'))).toBe(false);
  expect(overlap(wildcards('a?'), wildcards('a'))).toBe(false);
});

const policy = (...statements: readonly object[]): PolicyDocument => {
  const source = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const parsed = parsePolicy(source, { kind: 'identity', file: 'p' });
  if (!parsed.ok) throw new Error(parsed.error.reasons[0].message.en);
  return parsed.value;
};
const allow = (action: unknown, resource: unknown = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...more,
});
const deny = (action: unknown, resource: unknown = '*', more: object = {}) => ({
  ...allow(action, resource, more),
  Effect: 'Deny',
});
const when = (operator: string, key: string, ...values: readonly string[]) => ({
  Condition: { [operator]: { [key]: values } },
});
const TEAM = 'aws:PrincipalTag/team';

const verdictOf = (document: PolicyDocument, request: SmallRequest): VerdictKind =>
  evaluate(
    { identity: [compilePolicy(document, 'p')] },
    preparedRequest({ ...request, account: '111122223333' }),
  ).kind;

describe('is a policy inside another', () => {
  const CASES: readonly (readonly [
    name: string,
    inner: PolicyDocument,
    outer: PolicyDocument,
    answer: string,
  ])[] = [
    ['every policy is inside itself', policy(allow('s3:*')), policy(allow('s3:*')), 'inside'],
    ['a narrower action', policy(allow('s3:GetObject')), policy(allow('s3:Get*')), 'inside'],
    ['a narrower action in another case', policy(allow('S3:GETOBJECT')), policy(allow('s3:get*')), 'inside'],
    ['a wider action', policy(allow('s3:*')), policy(allow('s3:Get*')), 'outside'],
    [
      'a narrower resource',
      policy(allow('s3:*', 'arn:aws:s3:::a/b/*')),
      policy(allow('s3:*', 'arn:aws:s3:::a/*')),
      'inside',
    ],
    [
      'another resource',
      policy(allow('s3:*', 'arn:aws:s3:::b/*')),
      policy(allow('s3:*', 'arn:aws:s3:::a/*')),
      'outside',
    ],
    [
      'each action by another statement',
      policy(allow(['s3:GetObject', 'sqs:SendMessage'])),
      policy(allow('s3:*'), allow('sqs:*')),
      'inside',
    ],
    [
      'a condition more',
      policy(allow('s3:*', '*', when('StringEquals', TEAM, 'a'))),
      policy(allow('s3:*')),
      'inside',
    ],
    [
      'a condition less',
      policy(allow('s3:*')),
      policy(allow('s3:*', '*', when('StringEquals', TEAM, 'a'))),
      'outside',
    ],
    [
      'fewer values',
      policy(allow('s3:*', '*', when('StringEquals', TEAM, 'a'))),
      policy(allow('s3:*', '*', when('StringEquals', TEAM, 'a', 'b'))),
      'inside',
    ],
    [
      'more values',
      policy(allow('s3:*', '*', when('StringEquals', TEAM, 'b', 'a'))),
      policy(allow('s3:*', '*', when('StringEquals', TEAM, 'a'))),
      'outside',
    ],
    [
      'fewer values of a negated operator',
      policy(allow('s3:*', '*', when('StringNotEquals', TEAM, 'a'))),
      policy(allow('s3:*', '*', when('StringNotEquals', TEAM, 'a', 'b'))),
      'not-proven',
    ],
    [
      'more values of a negated operator',
      policy(allow('s3:*', '*', when('StringNotEquals', TEAM, 'a', 'b'))),
      policy(allow('s3:*', '*', when('StringNotEquals', TEAM, 'a'))),
      'inside',
    ],
    [
      'IfExists around it',
      policy(allow('s3:*', '*', when('StringEquals', TEAM, 'a'))),
      policy(allow('s3:*', '*', when('StringEqualsIfExists', TEAM, 'a'))),
      'inside',
    ],
    [
      'IfExists inside',
      policy(allow('s3:*', '*', when('StringEqualsIfExists', TEAM, 'a'))),
      policy(allow('s3:*', '*', when('StringEquals', TEAM, 'a'))),
      'outside',
    ],
    [
      'a narrower range',
      policy(allow('s3:*', '*', when('IpAddress', 'aws:SourceIp', '203.0.113.0/28'))),
      policy(allow('s3:*', '*', when('IpAddress', 'aws:SourceIp', '203.0.113.0/24'))),
      'inside',
    ],
    ['a deny there', policy(allow('s3:*')), policy(allow('s3:*'), deny('s3:Delete*')), 'outside'],
    [
      'a deny there of something else',
      policy(allow('s3:Get*')),
      policy(allow('s3:*'), deny('s3:Delete*')),
      'inside',
    ],
    [
      'the same deny here',
      policy(allow('s3:*'), deny('s3:Delete*')),
      policy(allow('s3:*'), deny('s3:DeleteObject')),
      'inside',
    ],
    [
      'NotAction inside everything',
      policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      policy(allow('*')),
      'inside',
    ],
    [
      'everything inside NotAction',
      policy(allow('*')),
      policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      'outside',
    ],
    [
      'an action beside NotAction',
      policy(allow('s3:*')),
      policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      'inside',
    ],
    [
      'fewer exceptions',
      policy({ Effect: 'Allow', NotAction: 'iam:Create*', Resource: '*' }),
      policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      'outside',
    ],
    [
      'more exceptions',
      policy({ Effect: 'Allow', NotAction: ['iam:*', 'sts:*'], Resource: '*' }),
      policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      'inside',
    ],
    [
      'a variable inside a wildcard',
      policy(allow('s3:*', `arn:aws:s3:::home/\${aws:username}/*`)),
      policy(allow('s3:*', 'arn:aws:s3:::home/*')),
      'inside',
    ],
    [
      'a wildcard inside a variable',
      policy(allow('s3:*', 'arn:aws:s3:::home/*')),
      policy(allow('s3:*', `arn:aws:s3:::home/\${aws:username}/*`)),
      'outside',
    ],
    [
      'the same variable',
      policy(allow('s3:*', `arn:aws:s3:::home/\${aws:username}/*`)),
      policy(allow('s3:*', `arn:aws:s3:::home/\${aws:username}/*`)),
      'inside',
    ],
    [
      'two statements that cover only together',
      policy(allow('s3:Get*')),
      policy(allow(['s3:GetA*', 's3:GetB*'])),
      'outside',
    ],
    ['what denies everything is inside', policy(allow('s3:*'), deny('*')), policy(deny('*')), 'inside'],
  ];
  test.each(CASES)('%s', (_, inner, outer, answer) => {
    expect(isInside(inner, outer).kind).toBe(answer);
  });

  test('a witness is a request that tells the two apart', () => {
    const answer = isInside(
      policy(allow('s3:*', 'arn:aws:s3:::a/*')),
      policy(allow('s3:*', 'arn:aws:s3:::a/*'), deny('s3:DeleteObject')),
    );
    expect(answer).toEqual({
      kind: 'outside',
      witness: { action: 's3:DeleteObject', resource: 'arn:aws:s3:::a/x', context: {} },
    });
  });

  test('what is called inside allows nothing more, for any request', () => {
    let inside = 0;
    fc.assert(
      fc.property(
        documents('identity'),
        documents('identity'),
        fc.boolean(),
        smallRequests,
        fullContexts,
        (one, other, isPart, request, context) => {
          const inner: PolicyDocument = isPart ? { ...other, statements: other.statements.slice(0, 1) } : one;
          if (isInside(inner, other).kind !== 'inside') return;
          inside += 1;
          const asked = { ...request, context };
          if (verdictOf(inner, asked) === 'allowed') expect(verdictOf(other, asked)).toBe('allowed');
        },
      ),
      { numRuns: 1000 },
    );
    expect(inside).toBeGreaterThan(50);
  });
});

describe('a normal form', () => {
  test('means the same, is not longer, and is its own normal form', () => {
    fc.assert(
      fc.property(
        fc.array(documents('identity'), { minLength: 1, maxLength: 3 }),
        smallRequests,
        fullContexts,
        (parts, request, context) => {
          const [first] = parts;
          if (first === undefined) return;
          const document: PolicyDocument = {
            ...first,
            statements: parts.flatMap(({ statements }) => statements),
          };
          const shorter = normalise(document);
          const asked = { ...request, context };
          expect(verdictOf(shorter, asked)).toBe(verdictOf(document, asked));
          expect(printPolicy(shorter).length).toBeLessThanOrEqual(printPolicy(document).length);
          expect(normalise(shorter)).toEqual(shorter);
          expect(canonical(shorter)).toEqual(shorter);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('joins what differs in one element, and drops what is covered', () => {
    const shorter = normalise(
      policy(
        allow(['s3:GetObject', 's3:Get*'], 'arn:aws:s3:::a/*', { Sid: 'One' }),
        allow('s3:PutObject', 'arn:aws:s3:::a/*', { Sid: 'Two' }),
        allow('s3:PutObject', 'arn:aws:s3:::a/b'),
        deny('s3:DeleteObject', 'arn:aws:s3:::a/*'),
        deny('s3:DeleteObject', 'arn:aws:s3:::b/*'),
      ),
    );
    expect(printPolicy(shorter)).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:PutObject"],"Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","Action":"s3:DeleteObject","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}]}',
    );
  });

  test('does not join exceptions: all but A, or all but B, is everything', () => {
    const notAction = (action: string) => ({ Effect: 'Allow', NotAction: action, Resource: '*' });
    expect(normalise(policy(notAction('iam:*'), notAction('s3:*'))).statements.length).toBe(2);
  });
});
