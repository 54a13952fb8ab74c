import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ENVIRONMENTS,
  epochMs,
  parseAccountId,
  parseFingerprint,
  parsePersonName,
  parseStackName,
} from '#core-values';
import {
  type ApprovalStatement,
  formatStatement,
  isStatementReason,
  needsReason,
  parseStatement,
  STATEMENT_WORDS,
} from './statement.ts';

const must = <T>(value: T | undefined): T => value ?? expect.unreachable();
const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);

const statements: fc.Arbitrary<ApprovalStatement> = fc
  .record({
    stack: name.map((words) => must(parseStackName(words))),
    account: fc.stringMatching(/^[0-9]{12}$/).map((words) => must(parseAccountId(words))),
    environment: fc.constantFrom(...ENVIRONMENTS),
    fingerprint: fc.stringMatching(/^[0-9a-f]{64}$/).map((words) => must(parseFingerprint(words))),
    decision: fc.constantFrom(...STATEMENT_WORDS),
    approver: name.map((words) => must(parsePersonName(words))),
    at: fc.integer({ min: 0, max: 253_402_300_799_999 }).map(epochMs),
    reason: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).filter(isStatementReason),
    explained: fc.boolean(),
    extraNeeds: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/), { nil: undefined }),
  })
  .map(({ explained, reason, extraNeeds, ...rest }) => ({
    ...rest,
    ...(explained || needsReason(rest.decision) ? { reason } : {}),
    ...(extraNeeds === undefined ? {} : { extraNeeds }),
  }));

test('the text a person signs is fixed to the byte', () => {
  const words = formatStatement({
    stack: must(parseStackName('shop')),
    account: must(parseAccountId('111122223333')),
    environment: 'production',
    fingerprint: must(parseFingerprint('ab'.repeat(32))),
    decision: 'break-glass',
    approver: must(parsePersonName('hanako')),
    at: epochMs(1_795_339_800_000),
    reason: '決済が止まっている',
  });
  expect(words).toBe(
    `sekisho-approval v1: I decide on the Terraform change described below.\n{"account":"111122223333","approver":"hanako","at":"2026-11-22T09:30:00.000Z","decision":"break-glass","environment":"production","fingerprint":"${'ab'.repeat(32)}","reason":"決済が止まっている","stack":"shop","version":1}\n`,
  );
});

test('a statement reads back as it was written', () => {
  fc.assert(
    fc.property(statements, (statement) => {
      expect(parseStatement(formatStatement(statement))).toEqual({ ok: true, value: statement });
    }),
  );
});

test('a text with any one character changed is another statement or none', () => {
  fc.assert(
    fc.property(statements, fc.nat(), fc.string({ minLength: 0, maxLength: 2 }), (statement, pick, words) => {
      const original = formatStatement(statement);
      const at = pick % original.length;
      const changed = original.slice(0, at) + words + original.slice(at + 1);
      fc.pre(changed !== original);
      const parsed = parseStatement(changed);
      if (parsed.ok) {
        expect(parsed.value).not.toEqual(statement);
        expect(formatStatement(parsed.value)).toBe(changed);
      }
    }),
  );
});

test('break-glass without a reason, and reasons that hide something, cannot be written', () => {
  const [statement] = fc.sample(
    statements.filter(({ decision }) => decision === 'approve'),
    1,
  );
  const { reason: _, ...bare } = must(statement);
  for (const decision of ['break-glass', 'repair', 'agree-repair'] as const)
    expect(() => formatStatement({ ...bare, decision })).toThrow();
  for (const reason of [
    '',
    'two\nlines',
    'right-to-left \u202e',
    'zero\u200bwidth',
    '\ud800',
    'x'.repeat(1001),
  ]) {
    expect(isStatementReason(reason), JSON.stringify(reason)).toBe(false);
    expect(() => formatStatement({ ...bare, reason })).toThrow();
  }
});
