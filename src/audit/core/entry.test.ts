import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMs, type JsonObject, parseGrantId, parseStackName, text } from '#core-values';
import type { Sha256 } from '#platform/core';
import {
  AUDIT_OUTCOMES,
  type AuditEntry,
  joinLeaf,
  KIND_PATTERN,
  leafHalves,
  leafHashOf,
  NO_PREVIOUS_LEAF,
  parseLeaf,
  recordedMessage,
} from './entry.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();
const AT = '2026-11-22T09:30:00.000Z';
const entry: AuditEntry = {
  at: epochMs(Date.parse(AT)),
  kind: 'grant.refused',
  actor: {
    kind: 'workload',
    name: 'acme/shop run 7',
    claims: { repository_id: '1' },
    tokenSha256: 'ab'.repeat(32),
  },
  subject: {},
  outcome: 'denied',
  reasons: [{ rule: 'grant.commit-mismatch', message: text('Another commit.', '別のコミットです。') }],
  evidence: { policies: ['p1'] },
};

const written = (more: Partial<AuditEntry> = {}, position = 0, previous = NO_PREVIOUS_LEAF): string =>
  joinLeaf(leafHalves({ ...entry, ...more }, AT), position, previous);

describe('the leaf of an entry', () => {
  test('is fixed to the byte', () => {
    const stack = parseStackName('shop');
    const grant = parseGrantId('grt_01890000-0000-7000-8000-000000000000');
    expect(written(stack && grant ? { subject: { stack, grant } } : {})).toBe(
      `{"actor":{"claims":{"repository_id":"1"},"kind":"workload","name":"acme/shop run 7","tokenSha256":"${'ab'.repeat(32)}"},"at":"${AT}","evidence":{"policies":["p1"]},"kind":"grant.refused","outcome":"denied","position":0,"previousLeafHash":"${NO_PREVIOUS_LEAF}","reasons":[{"message":"Another commit.","messageJa":"別のコミットです。","rule":"grant.commit-mismatch"}],"subject":{"grant":"grt_01890000-0000-7000-8000-000000000000","stack":"shop"},"version":1}`,
    );
  });

  test('is RFC 8785 canonical whatever the evidence, and reads back', () => {
    const evidence = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
    fc.assert(
      fc.property(evidence, fc.nat(), fc.constantFrom(...AUDIT_OUTCOMES), (given, position, outcome) => {
        const leaf = written({ evidence: given as JsonObject, outcome }, position, 'cd'.repeat(32));
        expect(canonicalize(JSON.parse(leaf))).toBe(leaf);
        expect(parseLeaf(leaf)).toMatchObject({ position, previousLeafHash: 'cd'.repeat(32), outcome });
        // PostgreSQL's text and jsonb hold no NUL.
        expect(leaf).not.toContain('\\u0000');
      }),
    );
  });

  test('reads back with a member that JavaScript treats in a way of its own', () => {
    const evidence: JsonObject = JSON.parse('{"facts":{"__proto__":"named by a plan"}}');
    const leaf = written({ evidence });
    expect(leaf).toContain('"__proto__":"named by a plan"');
    expect(parseLeaf(leaf)).toBeDefined();
  });

  test('reads back from before it kept reasons in Japanese, and keeps none that say the same', () => {
    const leaf = written({ reasons: [{ rule: 'aws.said', message: text('AccessDenied', 'AccessDenied') }] });
    expect(leaf).toContain('"reasons":[{"message":"AccessDenied","rule":"aws.said"}]');
    const reason = parseLeaf(leaf)?.reasons[0] ?? expect.unreachable();
    expect(recordedMessage(reason, 'ja')).toBe('AccessDenied');
  });

  test('in any other spelling is no leaf', () => {
    const leaf = written();
    expect(parseLeaf(leaf)).toBeDefined();
    for (const other of [
      ` ${leaf}`,
      `${leaf}\n`,
      leaf.replace(',', ', '),
      leaf.replace('acme', '\\u0061cme'),
      '{}',
      '',
    ]) {
      expect(parseLeaf(other), other).toBeUndefined();
    }
  });

  test('hashes as RFC 6962 hashes leaves', () => {
    const leaf = written();
    const expected = createHash('sha256')
      .update(Buffer.from([0]))
      .update(leaf, 'utf8')
      .digest('hex');
    expect(leafHashOf(leaf, sha256)).toBe(expected);
  });
});

test('kinds are dotted, lower-case words', () => {
  for (const kind of ['plan.uploaded', 'break-glass.used', 'config.reload.failed', 'a1.b2']) {
    expect(KIND_PATTERN.test(kind), kind).toBe(true);
  }
  for (const kind of [
    'plan',
    '.plan',
    'plan.',
    'Plan.uploaded',
    'plan..x',
    'plan.up_loaded',
    'a-.b',
    'plan.x ',
    '1.a',
  ]) {
    expect(KIND_PATTERN.test(kind), kind).toBe(false);
  }
  expect(() => written({ kind: 'No.kind' })).toThrow();
});

test('a token instead of its hash is a bug that stops the transaction', () => {
  expect(() =>
    written({ actor: { ...entry.actor, tokenSha256: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln' } }),
  ).toThrow();
});
