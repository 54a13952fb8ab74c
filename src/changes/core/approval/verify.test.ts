import { describe, expect, test } from 'vitest';
import {
  epochMs,
  parseAccountId,
  parseFingerprint,
  parsePersonName,
  parseStackName,
  type Result,
} from '#core-values';
import { sshCrypto } from '#platform';
import { ecdsaSecurityKey, ed25519TestKey, sshArmored, sshFrame } from '#platform/testing';
import { formatStatement, STATEMENT_HEADER } from './statement.ts';
import { APPROVAL_NAMESPACE, type SigningPerson, verifyApproval } from './verify.ts';

const must = <T>(value: T | undefined): T => value ?? expect.unreachable();
const target = {
  stack: must(parseStackName('shop')),
  account: must(parseAccountId('111122223333')),
  environment: 'production',
  fingerprint: must(parseFingerprint('ab'.repeat(32))),
  extraNeeds: undefined,
} as const;
const { extraNeeds: _, ...about } = target;
const hanako = must(parsePersonName('hanako'));
const at = epochMs(Date.parse('2026-11-22T09:30:00Z'));
const limits = { now: epochMs(at + 60_000), maxAgeMs: 3_600_000 };
const statement = formatStatement({ ...about, decision: 'approve', approver: hanako, at });

const rules = (result: Result<unknown, { reasons: readonly { rule: string }[] }>): string[] =>
  result.ok ? [] : result.error.reasons.map(({ rule }) => rule);

const key = ed25519TestKey();
const withKey = (line: string): SigningPerson => ({
  name: hanako,
  keys: [{ blob: line.split(' ')[1] ?? '' }],
});
const people = [withKey(key.line)];
const signed = (words: string, namespace = APPROVAL_NAMESPACE) => ({
  statement: words,
  signature: key.sign(words, namespace),
});
const check = (
  given: ReturnType<typeof signed>,
  about: Parameters<typeof verifyApproval>[1] = target,
  by = people,
  when = limits,
) => verifyApproval(given, about, by, when, sshCrypto);

describe('who signed', () => {
  test('is shown with the key, and whether a security key asked for more than a touch', () => {
    expect(check(signed(statement))).toMatchObject({
      ok: true,
      value: {
        approver: 'hanako',
        keyKind: 'ed25519',
        keyFingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
        userVerified: false,
      },
    });
    const touched = ecdsaSecurityKey();
    for (const [flags, userVerified] of [
      [0x01, false],
      [0x05, true],
    ] as const) {
      const signature = touched.sign(statement, APPROVAL_NAMESPACE, { flags, counter: 1 });
      expect(check({ statement, signature }, target, [withKey(touched.line)])).toMatchObject({
        ok: true,
        value: { keyKind: 'sk-ecdsa', userVerified },
      });
    }
    const untouched = touched.sign(statement, APPROVAL_NAMESPACE, { flags: 0, counter: 1 });
    expect(rules(check({ statement, signature: untouched }, target, [withKey(touched.line)]))).toEqual([
      'approval.no-touch',
    ]);
  });

  test('a signature for another namespace is refused', () => {
    for (const namespace of ['file', 'git', 'sekisho-approval@v10', 'sekisho-approval@v']) {
      expect(rules(check(signed(statement, namespace)))).toEqual(['approval.wrong-namespace']);
    }
  });

  test('a good signature by a key that is not the person’s is refused', () => {
    expect(rules(check(signed(statement), target, [withKey(ed25519TestKey().line)]))).toEqual([
      'approval.wrong-key',
    ]);
  });

  test('a signature over another statement, and what is no usable signature, are refused', () => {
    const later = formatStatement({ ...about, decision: 'approve', approver: hanako, at: epochMs(at + 1) });
    const { signature } = signed(statement);
    expect(rules(check({ statement: later, signature }))).toEqual(['approval.bad-signature']);
    expect(rules(check({ statement, signature: 'x' }))).toEqual(['approval.signature-malformed']);
    const web = ecdsaSecurityKey('https://example.com');
    const foreign = web.sign(statement, APPROVAL_NAMESPACE, { flags: 1, counter: 1 });
    expect(rules(check({ statement, signature: foreign }))).toEqual(['approval.key-unusable']);
    const namespace = APPROVAL_NAMESPACE;
    const made = key.made(sshFrame(statement, namespace, 'sha384'));
    const weak = sshArmored(key.blob, made, { namespace, hash: 'sha384' });
    expect(rules(check({ statement, signature: weak }))).toEqual(['approval.algorithm-unusable']);
  });
});

describe('what a statement is accepted for', () => {
  test('attack 7: approve, then push: the approval does not fit the new plan’s fingerprint', () => {
    const pushed = { ...target, fingerprint: must(parseFingerprint('cd'.repeat(32))) };
    expect(check(signed(statement)).ok).toBe(true);
    expect(rules(check(signed(statement), pushed))).toEqual(['approval.other-fingerprint']);
  });

  test('attack 15: approval for one stack, apply of another', () => {
    const other = { ...target, stack: must(parseStackName('shop-network')) };
    expect(rules(check(signed(statement), other))).toEqual(['approval.other-stack']);
    const account = { ...target, account: must(parseAccountId('444455556666')) };
    expect(rules(check(signed(statement), account))).toEqual(['approval.other-account']);
    expect(rules(check(signed(statement), { ...target, environment: 'staging' }))).toEqual([
      'approval.other-environment',
    ]);
    expect(rules(check(signed(statement), { ...target, decision: 'break-glass' }))).toEqual([
      'approval.other-decision',
    ]);
  });

  test('a yes is to exactly the extra needs that it names: none, these, or others', () => {
    const [these, others] = ['12'.repeat(32), '34'.repeat(32)];
    const yes = signed(
      formatStatement({ ...about, extraNeeds: these, decision: 'approve', approver: hanako, at }),
    );
    expect(check(yes, { ...target, extraNeeds: these }).ok).toBe(true);
    for (const [given, extraNeeds] of [
      [yes, undefined],
      [yes, others],
      [signed(statement), these],
    ] as const) {
      expect(rules(check(given, { ...target, extraNeeds }))).toEqual(['approval.other-extra-needs']);
    }
    const glass = { ...about, decision: 'break-glass', approver: hanako, at, reason: 'it burns' } as const;
    expect(rules(check(signed(formatStatement(glass)), { ...target, extraNeeds: these }))).toEqual([
      'approval.other-extra-needs',
    ]);
  });

  test('a no to a plan is a no to it whatever more it asks for', () => {
    const no = signed(formatStatement({ ...about, decision: 'reject', approver: hanako, at }));
    expect(check(no, { ...target, extraNeeds: '12'.repeat(32) }).ok).toBe(true);
  });

  test('attack 21: a person taken out of the configuration after approving is no longer believed', () => {
    expect(rules(check(signed(statement), target, []))).toEqual(['approval.unknown-person']);
    expect(rules(check(signed(statement), target, [{ name: hanako, keys: [] }]))).toEqual([
      'approval.wrong-key',
    ]);
  });

  test('attack 22: statements from the future or too old are refused, small skew is not', () => {
    const when = (now: number) =>
      rules(check(signed(statement), target, people, { ...limits, now: epochMs(now) }));
    expect(when(at - 120_000)).toEqual([]);
    expect(when(at - 120_001)).toEqual(['approval.from-the-future']);
    expect(when(at + 3_600_000)).toEqual([]);
    expect(when(at + 3_600_001)).toEqual(['approval.too-old']);
  });

  test('a signed statement in another spelling than the canonical one is refused', () => {
    const json = must(statement.split('\n')[1]);
    const spellings = [
      statement.replace(':', ': '),
      `${STATEMENT_HEADER}\n${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json)).reverse()))}\n`,
      `${STATEMENT_HEADER}\n${json.replace('{', '{"extra":1,')}\n`,
      `${STATEMENT_HEADER}\n${json.replace('"version":1', '"version":1,"version":1')}\n`,
      `${STATEMENT_HEADER}\r\n${json}\r\n`,
      `${STATEMENT_HEADER}\n${json}\n\n`,
      `${STATEMENT_HEADER}\n${json}`,
      `${json}\n`,
      statement.replace('hanako', 'Hanako'),
      statement.replace('shop', '\\u0073hop'),
    ];
    for (const words of spellings) {
      expect(rules(check(signed(words))), words).toEqual(['approval.statement-malformed']);
    }
    const notUtf8 = { ...signed(statement), statement: Uint8Array.of(0xff) };
    expect(rules(verifyApproval(notUtf8, target, people, limits, sshCrypto))).toEqual([
      'approval.statement-malformed',
    ]);
  });
});
