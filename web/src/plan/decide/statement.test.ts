import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isAbout, type Shown } from './statement.ts';

const shown: Shown = {
  plan: { stack: 'shop', account: '333333333333', environment: 'production', fingerprint: 'f'.repeat(64) },
  decision: 'approve',
  approver: 'hanako',
  reason: '',
};

const written = (changed: Readonly<Record<string, unknown>> = {}): string => {
  const { plan, decision, approver } = shown;
  const words = { version: 1, ...plan, decision, approver, at: '2026-01-01T00:00:00.000Z', ...changed };
  return `sekisho-approval v1: I decide on the Terraform change described below.\n${JSON.stringify(words)}\n`;
};

const challengeOf = (statement: string): string => createHash('sha256').update(statement).digest('base64url');

describe('what a passkey is asked to sign', () => {
  it('is what the page shows', async () => {
    expect(await isAbout(written(), challengeOf(written()), shown)).toBe(true);
    const explained = written({ reason: '確認しました', extraNeeds: 'a'.repeat(64) });
    expect(await isAbout(explained, challengeOf(explained), { ...shown, reason: '確認しました' })).toBe(true);
  });

  it.each([
    { fingerprint: 'e'.repeat(64) },
    { stack: 'other' },
    { account: '111111111111' },
    { environment: 'staging' },
    { decision: 'break-glass' },
    { approver: 'yuki' },
    { reason: 'not mine' },
    { more: 1 },
    { version: 2 },
  ])('attack 24: is nothing else, whatever the answer says (%o)', async (changed) => {
    const statement = written(changed);
    expect(await isAbout(statement, challengeOf(statement), shown)).toBe(false);
  });

  it('attack 24: is no challenge of other words', async () => {
    expect(await isAbout(written(), challengeOf(written({ decision: 'reject' })), shown)).toBe(false);
    expect(await isAbout('null', challengeOf('null'), shown)).toBe(false);
    expect(await isAbout(`${written()}\n`, challengeOf(`${written()}\n`), shown)).toBe(false);
  });
});
