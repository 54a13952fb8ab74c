import { describe, expect, it } from 'vitest';
import type { PlanDetails } from '#changes/core';
import { epochMs, type Language } from '#core-values';
import type { CliContext } from './context.ts';
import { isReadable, planDetailsText, planLine, planMarkdown } from './plan-text.ts';
import { fromNow, localTime } from './time-text.ts';

const NOW = Date.UTC(2026, 10, 22, 13, 0);

function contextOf(language: Language = 'en', columns = 80): CliContext {
  const output = { write: () => undefined, isTerminal: false, columns };
  return {
    env: { TZ: 'Asia/Tokyo' },
    cwd: '/nowhere',
    language,
    stdout: output,
    stderr: output,
    clock: { now: () => epochMs(NOW) },
    exitWith: () => undefined,
  };
}

const CHANGE = {
  address: 'aws_iam_role.deploy',
  action: 'update',
  before: {
    name: 'deploy',
    policy: '{"Statement":[{"Effect":"Allow","Action":"s3:GetObject"}]}',
    token: '(sensitive value)',
  },
  after: {
    name: 'deploy',
    policy: '{"Statement":[{"Effect":"Allow","Action":"*"}]}',
    token: '(sensitive value)',
  },
  changedSensitivePaths: ['/token'],
};

const FINDING = {
  rule: 'iam-wildcard',
  severity: 'high',
  address: 'aws_iam_role.deploy',
  message: 'allows everything \u001b[2J',
  remedy: 'name the actions',
};

const plan = (more: Partial<PlanDetails> = {}): PlanDetails => ({
  id: 'pln_1',
  stack: 'shop-production',
  account: '111111111111',
  environment: 'production',
  state: 'awaiting-approval',
  digest: 'd'.repeat(64),
  fingerprint: 'f'.repeat(64),
  lineage: 'l',
  serial: 1,
  repository: { id: '1', name: 'shop/infra' },
  ref: 'refs/heads/main',
  commit: 'c'.repeat(40),
  run: { id: '1', number: 1, attempt: 1 },
  author: { id: '1', name: 'taro' },
  uploadedAt: new Date(NOW - 3 * 60_000).toISOString(),
  expiresAt: new Date(NOW + 6.5 * 86_400_000).toISOString(),
  changes: { create: 0, update: 1, replace: 0, delete: 0 },
  findings: { critical: 0, high: 1, medium: 0, low: 0, info: 0 },
  approvals: [],
  history: [],
  review: { findings: [FINDING], changes: [CHANGE] },
  ...more,
});

describe('a plan, for whoever decides on it', () => {
  it('shows what changes inside a policy, and that a hidden value changes', () => {
    const shown = planDetailsText(plan(), contextOf('en', 120));
    expect(shown).toContain('policy » Statement[0].Action  "s3:GetObject" → "*"');
    expect(shown).toMatch(/token .*\(sensitive value\) → \(sensitive value, changed\)/);
    expect(shown).not.toContain('name  "deploy"');
  });

  it('marks what forces a replacement, and tells which object is deleted', () => {
    const replaced = {
      ...CHANGE,
      action: 'replace',
      replaceOrder: 'delete-first',
      replacePaths: ['/policy'],
    };
    const deleted = { address: 'aws_db_instance.a', action: 'delete', before: { id: 'db-1' }, after: null };
    const shown = planDetailsText(
      plan({ review: { findings: [], changes: [replaced, deleted] } }),
      contextOf('en', 120),
    );
    expect(shown).toContain('← forces replacement');
    expect(shown).toContain('(destroy, then create)');
    expect(shown).toContain('- id  "db-1"');
  });

  it('elides long lists, and says how many there are and how to see all', () => {
    const changes = Array.from({ length: 100 }, (_, index) => ({ ...CHANGE, address: `aws_x.a[${index}]` }));
    const findings = Array.from({ length: 100 }, () => FINDING);
    const shown = planDetailsText(plan({ review: { findings, changes } }), contextOf());
    expect(shown).toContain('Findings (100)');
    expect(shown).toContain('… and 60 more');
    expect(shown).toContain('sekisho show pln_1 --format json');
    expect(shown.match(/name the actions/g)).toHaveLength(1);
  });

  it('says what a grant for it can do, why it is wider, and apart from that what could be used to gain more', () => {
    const permissions = {
      can: ['sqs: create on arn:aws:sqs:orders.', 'iam: change on role/app\u001b[2J.'],
      widened: Array.from(
        { length: 40 },
        (_, index) => `ec2:Describe${index} on *, because AWS offers no narrower.`,
      ),
      escalations: Array.from(
        { length: 40 },
        (_, index) => `iam:PassRole on role/app-${index}: act through it.`,
      ),
      additions: 12,
      sizeCharacters: 1_804,
      managedPolicies: 0,
    };
    const shown = planDetailsText(plan({ permissions }), contextOf('en', 120));
    expect(shown).toContain(
      'What a grant for it can do (session policy of 1804 characters; additions: 12)\n  • sqs: create on arn:aws:sqs:orders.\n',
    );
    expect(shown).toMatch(/Wider than the plan, and why:\n {2}• ec2:Describe0 on \*/);
    expect(shown).toContain('… and 10 more; --format json shows all.');
    expect(shown).toContain(
      '▲ Could be used to gain more:\n  ▲ iam:PassRole on role/app-0: act through it.\n',
    );
    expect(shown).toContain('iam:PassRole on role/app-39: act through it.');
    expect(shown).not.toContain('\u001b');
    expect(planDetailsText(plan({ permissions }), contextOf('ja'))).toContain(
      '▲ 権限の拡大に使われうる操作:',
    );
    expect(planDetailsText(plan(), contextOf())).not.toContain('What a grant for it can do');
  });

  it('tells times where the reader is, and how long there is left', () => {
    expect(planDetailsText(plan(), contextOf())).toContain('Expires: in 6 days (2026-11-29 10:00 GMT+9)');
    expect(planDetailsText(plan(), contextOf('ja'))).toContain('有効期限: 6 日後 (2026-11-29 10:00 JST)');
  });

  it.each([
    ['awaiting-approval', 'sekisho approve pln_1'],
    ['approved', 'sekisho ci apply --stack shop-production --plan pln_1'],
    ['failed', 'sekisho ci plan --stack shop-production'],
    ['superseded', 'sekisho plans --stack shop-production'],
  ] as const)('that is %s ends with the next command', (state, command) => {
    expect(planDetailsText(plan({ state }), contextOf())).toContain(`  ${command}\n`);
  });

  it('says in Japanese who decided what, and what does not count', () => {
    const givenAt = new Date(NOW).toISOString();
    const shown = planDetailsText(
      plan({
        approvals: [
          { by: 'signature', approver: 'hanako', decision: 'approve', givenAt, counts: true },
          {
            by: 'signature',
            approver: 'taro',
            decision: 'approve',
            givenAt,
            counts: false,
            why: '作成者です',
          },
          { by: 'passkey', approver: 'kenji', decision: 'break-glass', givenAt, counts: false },
        ],
      }),
      contextOf('ja'),
    );
    expect(shown).toContain('✓ hanako  承認  署名  2026-11-22 22:00 JST\n');
    expect(shown).toContain('– taro  承認  署名  2026-11-22 22:00 JST  (有効な承認に数えません: 作成者です)');
    expect(shown).toContain('✓ kenji  ブレークグラス  パスキー  ');
  });

  it('tells a review from a signature, whose it is of, and who holds the stack', () => {
    const givenAt = new Date(NOW).toISOString();
    const review = {
      id: '1',
      url: 'https://github.com/x',
      login: 'hanako',
      pullRequest: 7,
      commit: 'a1'.repeat(20),
    };
    const heldBy = {
      ...{ repository: { id: '1', name: 'shop/infra' }, pullRequest: 8, since: givenAt },
      ...{ byWhom: 'yuki', grant: 'grt_1' },
    };
    const shown = planDetailsText(
      plan({
        ...{ pullRequest: 7, headCommit: 'a1'.repeat(20), heldBy },
        approvals: [
          { by: 'review', approver: 'hanako', decision: 'approve', givenAt, counts: true, review },
          {
            by: 'review',
            approver: 'mallory',
            decision: 'reject',
            givenAt,
            counts: false,
            why: 'unknown',
            review,
          },
        ],
      }),
      contextOf('en'),
    );
    expect(shown).toContain('Pull request: #7 @ a1a1a1a1a1a1\n');
    expect(shown).toContain('✓ hanako  approved  by review of #7 @ a1a1a1a1a1a1');
    expect(shown).toMatch(/– mallory {2}rejected .*\(does not count: unknown\)/);
    expect(shown).toContain('! shop/infra#8 holds the stack: yuki applied it before its merge.');
    expect(shown).toContain('sekisho stacks unlock');
  });

  it.each([40, 80])('lets nothing in it steer the terminal, at %i columns', (columns) => {
    for (const language of ['en', 'ja'] as const) {
      const shown = planDetailsText(plan(), contextOf(language, columns));
      expect(shown).not.toContain('\u001b');
      expect(planLine(plan(), contextOf(language, columns))).not.toContain('\u001b');
    }
  });

  it('that cannot be shown says so, and is not for signing', () => {
    const unreadable = plan({ review: { changes: 'of another version' } });
    expect(isReadable(unreadable)).toBe(false);
    expect(isReadable(plan())).toBe(true);
    expect(planDetailsText(unreadable, contextOf())).toContain('✗ What this plan does cannot be shown');
  });

  it('cannot end the fence of a CI’s summary from inside', () => {
    const words = planMarkdown(
      plan({ review: { findings: [{ ...FINDING, message: '```\n# hi' }], changes: [] } }),
      contextOf(),
    );
    expect(words).toContain('````text\n');
    expect(words.endsWith('````\n')).toBe(true);
  });
});

describe('times', () => {
  it.each([
    [-3 * 86_400_000, '3 days ago', '3 日前'],
    [-59_000, 'just now', 'たった今'],
    [90 * 60_000, 'in 1 hour', '1 時間後'],
  ])('%i ms from now are told by their largest unit', (apartMs, english, japanese) => {
    const iso = new Date(NOW + apartMs).toISOString();
    expect(fromNow(iso, contextOf())).toBe(english);
    expect(fromNow(iso, contextOf('ja'))).toBe(japanese);
  });

  it('are told even where TZ is nothing that is known', () => {
    const shown = localTime(new Date(NOW).toISOString(), { env: { TZ: ':/etc/nowhere' }, language: 'en' });
    expect(shown).toMatch(/^2026-11-2\d \d\d:\d\d \S+/);
  });
});
