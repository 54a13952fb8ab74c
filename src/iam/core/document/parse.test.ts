import fc from 'fast-check';
import { expect, test } from 'vitest';
import { POLICY_KINDS, type PolicyKind } from '../model.ts';
import { documents } from '../testing/arbitraries.ts';
import { plainValue, readJson } from './json-source.ts';
import { parsePolicy } from './parse.ts';
import { canonical, printPolicy } from './print.ts';

const parse = (source: string, kind: PolicyKind = 'identity') =>
  parsePolicy(source, { kind, file: 'p.json' });

const rulesOf = (value: unknown, kind: PolicyKind = 'identity'): readonly string[] => {
  const parsed = parse(typeof value === 'string' ? value : JSON.stringify(value), kind);
  return parsed.ok ? [] : parsed.error.reasons.map(({ rule }) => rule);
};

test('every mistake is told at once, with statement, Sid, element and place', () => {
  const source = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    {"Sid": "Read", "Effect": "Allow", "Action": ["GetObject"],
     "Resource": "orders"}
  ]
}`;
  const parsed = parse(source);
  expect(
    parsed.ok ? [] : parsed.error.reasons.map(({ message, place }) => [message.en, message.ja, place]),
  ).toEqual([
    [
      'Statement[1] "Read", Action: "GetObject" is not an action.',
      'Statement[1] "Read", Action: 「GetObject」はアクションではありません。',
      { file: 'p.json', line: 5, column: 50 },
    ],
    [
      'Statement[1] "Read", Resource: "orders" is neither an ARN nor "*".',
      'Statement[1] "Read", Resource: 「orders」は ARN でも "*" でもありません。',
      { file: 'p.json', line: 6, column: 18 },
    ],
  ]);
});

test('what is printed is read back as the canonical form, and printed the same', () => {
  fc.assert(
    fc.property(
      fc
        .constantFrom('identity' as const, 'resource' as const, 'scp' as const, 'session' as const)
        .chain(documents),
      (document) => {
        const printed = printPolicy(document);
        const read = parse(printed, document.kind);
        expect(read.ok ? read.value : read.error.reasons).toEqual(canonical(document));
        expect(read.ok && printPolicy(read.value)).toBe(printed);
      },
    ),
    { numRuns: 1000 },
  );
});

test('a policy is printed in order, once each, without lists of one', () => {
  const read = parse(
    JSON.stringify({
      Statement: [
        {
          Condition: { StringLike: { 'aws:b': ['y', 'x', 'y'] }, Bool: { 'aws:a': [true] } },
          Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::a'],
          Action: ['s3:PutObject', 's3:putobject', 's3:GetObject'],
          Effect: 'Allow',
          Sid: '',
        },
      ],
      Version: '2012-10-17',
    }),
  );
  expect(read.ok && printPolicy(read.value)).toBe(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::a","arn:aws:s3:::b"],"Condition":{"Bool":{"aws:a":"true"},"StringLike":{"aws:b":["x","y"]}}}]}',
  );
});

test('JSON is read as JSON.parse reads it, and nothing throws', () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (source) => {
      const read = readJson(source, 'x');
      if (read.ok) expect(JSON.stringify(plainValue(read.value))).toBe(JSON.stringify(JSON.parse(source)));
      else expect(read.error.rule).toBe('iam.duplicate-key');
    }),
  );
  fc.assert(
    fc.property(fc.string(), (source) => {
      expect(readJson(source, 'x').ok).toBe(isJson(source));
    }),
  );
});

function isJson(source: string): boolean {
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
}

test('no document makes the parser throw, of whatever kind', () => {
  const words = fc.oneof(
    fc.constantFrom(
      'Version',
      'Statement',
      'Effect',
      'Allow',
      'Action',
      'Resource',
      'Condition',
      'Principal',
      'AWS',
      '*',
    ),
    fc.string(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      words,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('tree')),
      fc.dictionary(words, tie('tree')),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom(...POLICY_KINDS), (value, kind) => {
      rulesOf(JSON.stringify(value), kind);
    }),
    { numRuns: 500 },
  );
});
