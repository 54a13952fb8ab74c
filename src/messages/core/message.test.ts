import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '#audit/core';
import { epochMs } from '#core-values';
import { planOf } from '../testing/plan.ts';
import { nextTry } from './back-off.ts';
import { messageOf } from './message.ts';
import { newsOf } from './news.ts';
import { SLACK_LIMITS, slackBody } from './slack.ts';

const entryOf = (over: Partial<AuditRecord> & Pick<AuditRecord, 'kind'>): AuditRecord => ({
  version: 1,
  position: 42,
  previousLeafHash: '0'.repeat(64),
  at: '2026-11-23T06:30:00.000Z',
  actor: { kind: 'person', name: 'hanako' },
  subject: { stack: 'shop-production', plan: planOf().id },
  outcome: 'done',
  reasons: [],
  evidence: {},
  ...over,
});

describe('what an entry of the log means to people', () => {
  test.each([
    ['plan.uploaded', { evidence: { state: 'awaiting-approval' } }, 'waiting'],
    ['plan.uploaded', { evidence: { state: 'refused' } }, 'refused'],
    ['plan.uploaded', { evidence: { state: 'approved' } }, undefined],
    ['approval.given', { evidence: { planIsNow: 'approved' } }, 'approved'],
    ['approval.given', { evidence: { planIsNow: 'awaiting-approval' } }, undefined],
    ['approval.rejected', {}, 'rejected'],
    ['apply.reported', { outcome: 'done' }, 'applied'],
    ['apply.reported', { outcome: 'failed' }, 'failed'],
    ['grant.expired', {}, 'failed'],
    ['grant.expired', { subject: { stack: 'shop-production' } }, undefined],
    ['grant.refused', {}, 'refused'],
    ['grant.refused', { evidence: { verdict: 'not-permitted' } }, undefined],
    ['break-glass.given', {}, 'break-glass'],
    ['break-glass.used', {}, 'break-glass'],
    ['trail.finding', { evidence: { severity: 'critical' } }, 'alarm'],
    ['trail.finding', { evidence: { severity: 'medium' } }, undefined],
    ['session.stolen', {}, 'alarm'],
    ['passkey.suspended', {}, 'alarm'],
    ['sign-in-link.made', { evidence: { purpose: 'recovery' } }, 'alarm'],
    ['sign-in-link.made', { evidence: { purpose: 'invite' } }, undefined],
    ['grant.issued', {}, undefined],
    ['toString', {}, undefined],
  ] as const)('%s with %j: %s', (kind, over, expected) => {
    expect(newsOf(entryOf({ ...over, kind } as AuditRecord))?.kind).toBe(expected);
  });
});

const shown = (entry: AuditRecord, language: 'en' | 'ja', plan = planOf()) => {
  const news = newsOf(entry) ?? expect.unreachable();
  const { title, lines, next } = messageOf({ news, entry, plan, environment: 'production' }, language);
  return [title, ...lines, ...(next === undefined ? [] : [`$ ${next}`])];
};

describe('what a person reads', () => {
  test('says what waits, what it does, and what is needed, with the command to copy', () => {
    const entry = entryOf({ kind: 'plan.uploaded', evidence: { state: 'awaiting-approval' } });
    expect(shown(entry, 'en')).toEqual([
      'shop-production (production) waits for approval',
      'By taro, shop/infra#12',
      '2 to replace, 1 to create; findings: 1 critical, 2 high',
      'Needed: one more approval by somebody of the team shop',
      `$ sekisho approve ${planOf().id}`,
    ]);
    expect(shown(entry, 'ja')).toEqual([
      'shop-production (production) が承認を待っています',
      '作成者 taro、shop/infra#12',
      '置き換え 2、作成 1。指摘: 重大 1、高 2',
      '必要: one more approval by somebody of the team shop',
      `$ sekisho approve ${planOf().id}`,
    ]);
  });

  test('tells a finding in the trail in the reader’s language, though the log has it in English', () => {
    const facts = {
      grant: 'grt_1',
      stack: 'shop-production',
      action: 's3:DeleteBucket',
      error: 'AccessDenied',
    };
    const rule = 'trail.call-denied';
    const message = 'grt_1 (shop-production) was denied s3:DeleteBucket (AccessDenied).';
    const entry = entryOf({
      kind: 'trail.finding',
      subject: { stack: 'shop-production' },
      reasons: [{ rule, message }],
      evidence: { severity: 'high', facts },
    });
    expect(shown(entry, 'en')).toContain(`${message} [${rule}]`);
    expect(shown(entry, 'ja')).toContain(
      `grt_1(shop-production)の s3:DeleteBucket は拒否されました(AccessDenied)。 [${rule}]`,
    );
    const older = { ...entry, reasons: [{ rule: 'trail.renamed', message }] };
    expect(shown(older, 'ja')).toContain(`${message} [trail.renamed]`);
  });

  test('says who was refused and why, and where the log has it', () => {
    const entry = entryOf({
      kind: 'grant.refused',
      outcome: 'denied',
      actor: { kind: 'workload', name: 'other/repo run 3' },
      subject: { stack: 'shop-production' },
      reasons: [
        {
          rule: 'trust.repository',
          message: 'The job is of another repository.',
          messageJa: '別のリポジトリのジョブです。',
        },
      ],
    });
    expect(
      shown(entry, 'en').filter((line) => !line.startsWith('By') && !line.includes('to create')),
    ).toEqual([
      'shop-production (production): refused other/repo run 3',
      'The job is of another repository. [trust.repository]',
      '$ sekisho audit show 42',
    ]);
    expect(shown(entry, 'ja')).toContain('別のリポジトリのジョブです。 [trust.repository]');
  });

  test('names whose passkeys somebody has replaced', () => {
    const entry = entryOf({
      kind: 'sign-in-link.made',
      subject: { person: 'yuki' },
      evidence: { purpose: 'recovery' },
    });
    expect(shown(entry, 'en')[0]).toBe('ALARM: yuki: sign-in-link.made');
  });

  test('is loud where nobody approved', () => {
    expect(shown(entryOf({ kind: 'break-glass.given' }), 'en')[0]).toBe(
      'BREAK-GLASS: hanako passes shop-production (production) without approval',
    );
    expect(shown(entryOf({ kind: 'break-glass.used' }), 'ja')[0]).toBe(
      'ブレークグラス: shop-production (production) が承認なしで適用されます',
    );
  });

  test('is one visible line each, whatever people wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (words) => {
        const entry = entryOf({
          kind: 'grant.refused',
          actor: { kind: 'workload', name: words },
          reasons: [{ rule: 'r', message: words }],
        });
        for (const line of shown(entry, 'en', planOf({ author: { id: '1', name: words } }))) {
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          expect(line.length).toBeLessThan(700);
        }
      }),
    );
  });
});

describe('a message for Slack', () => {
  const text = fc.string({ unit: 'binary', maxLength: 5000 });
  test('keeps to Slack’s limits and makes no link, mention or formatting of what people wrote', () => {
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 9 }), text, (title, lines, next) => {
        const body = slackBody({ kind: 'refused', title, lines, next });
        const blocks = JSON.parse(JSON.stringify(body.blocks)) as {
          type: string;
          text: { type: string; text: string };
        }[];
        expect(String(body.text)).not.toMatch(/[<>]/);
        for (const block of blocks) {
          const most =
            block.type === 'header' ? SLACK_LIMITS.headerCharacters : SLACK_LIMITS.sectionCharacters;
          expect(block.text.type === 'plain_text' || /^`[^`<>]*`$/s.test(block.text.text)).toBe(true);
          if (block.text.type === 'plain_text') expect(block.text.text.length).toBeLessThanOrEqual(most);
        }
      }),
    );
    const { blocks } = slackBody({
      kind: 'alarm',
      title: '<!channel> *x*',
      lines: ['<@U1>'],
      next: 'a`<@U2>`',
    });
    expect(JSON.stringify(blocks)).toContain("`a'&lt;@U2&gt;'`");
  });
});

test('pauses grow to a quarter of an hour, differ by dice, and keep to what the other side asks for', () => {
  const now = epochMs(0);
  expect([1, 2, 3, 20, 1000].map((attempts) => nextTry(now, attempts, 0))).toEqual([
    5_000, 10_000, 20_000, 900_000, 900_000,
  ]);
  expect(nextTry(now, 1, 0.5)).toBe(5_500);
  expect(nextTry(now, 1, 0, 60_000)).toBe(60_000);
});
