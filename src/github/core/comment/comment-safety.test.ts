import { Parser } from 'commonmark';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlanDetails } from '#changes/core';
import { type Json, text } from '#core-values';
import { planToJson, review } from '#plan/core';
import { type CompactPlan, planOf } from '../../../plan/core/review/compact-plan.ts';
import { pullRequest, stackFacts, stackPlan, waits } from '../testing.ts';
import { commentOf } from './index.ts';

const GITHUB_LIMIT = 65_536;

/** As it comes from the database: what an upload keeps of a plan. */
const reviewOf = (compact: CompactPlan): Json => {
  const plan = planOf(compact);
  return planToJson(plan, review(plan, {}));
};

const commentWith = (details: Partial<PlanDetails>, more: { readonly stacks?: number } = {}): string =>
  commentOf(
    pullRequest({
      stacks: Array.from({ length: more.stacks ?? 1 }, () =>
        stackFacts({
          plan: stackPlan({ decision: waits('en'), ...details }),
          heldBy: { number: 9, why: text('held', '使用中') },
        }),
      ),
    }),
  );

const secrets = fc.stringMatching(/^[A-Za-z0-9/+]{24,40}$/);

test('no secret of a plan nor eight characters of it stand in the comment, however much is cut', () => {
  fc.assert(
    fc.property(
      secrets,
      fc.constantFrom(1, 3, 40, 400),
      fc.constantFrom(0, 300, 3_000),
      (secret, count, padding) => {
        const shown = commentWith({
          review: reviewOf({
            variables: { password: secret },
            configuration: { sensitiveNames: ['password'] },
            changes: Array.from({ length: count }, (_, index) => ({
              address: `aws_db_instance.d[${index}]`,
              action: 'update' as const,
              before: { password: secret, tags: { note: 'x'.repeat(padding), own: `a${secret}` } },
              after: { password: `${secret}2`, tags: { note: 'y'.repeat(padding), own: secret } },
              sensitive: ['/password', '/tags/own'],
            })),
          }),
        });
        for (let at = 0; at + 8 <= secret.length; at += 1)
          expect(shown).not.toContain(secret.slice(at, at + 8));
      },
    ),
    { numRuns: 60 },
  );
});

/** What would break out, ping, link or run, between ordinary words. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '</details>',
        '</summary>',
        '<details open>',
        '<img src=https://evil.example/x.png>',
        '<script>',
        '<!--',
        '-->',
        '```',
        '~~~',
        '`',
        '``',
        '\n',
        '\r\n\n',
        '\n# ',
        '\n- ',
        '\n    ',
        '> ',
        '|',
        '@shop/platform',
        '@alice',
        '#12',
        'GH-12',
        'https://evil.example',
        'www.evil.example',
        'mail@evil.example',
        '![a](https://evil.example/a.png)',
        '[click](javascript:alert(1))',
        '[x]: https://evil.example',
        '<https://evil.example>',
        '**',
        '_',
        '\\',
        '&lt;',
        '&#64;alice',
        '$x$',
        '\u202e',
        '\u200b',
        '\ud800',
        'shop/infra#12',
      ),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const OUR_HTML =
  /^(?:<details><summary>[^<>]*<\/summary>|<\/details>|<br>|<sub>|<\/sub>|<!-- -->|<span>|<\/span>|<!-- sekisho:pull-request -->)$/;

/** Every piece of raw HTML, every link and image, and every word outside code. */
function readAsMarkdown(words: string) {
  const walker = new Parser().parse(words).walker();
  const found = { html: [] as string[], links: [] as string[], words: '' };
  for (let event = walker.next(); event !== null; event = walker.next()) {
    const { entering, node } = event;
    if (!entering) continue;
    if (node.type === 'html_inline') found.words += '\0';
    if (node.type === 'html_inline' || node.type === 'html_block')
      found.html.push(...(node.literal ?? '').split('\n').filter((line) => line.trim() !== ''));
    if (node.type === 'link' || node.type === 'image') found.links.push(node.destination ?? '');
    if (node.type === 'text') found.words += node.literal ?? '';
    if (node.type === 'softbreak' || node.type === 'paragraph') found.words += '\n';
  }
  return found;
}

const detailsWith = (words: string): Partial<PlanDetails> => ({
  approvals: [
    {
      approver: words,
      by: 'signature',
      decision: 'approve',
      givenAt: '2026-11-23T06:10:00.000Z',
      counts: false,
      why: words,
    },
  ],
  decision: {
    allowed: false,
    policies: [],
    reasons: [{ rule: 'x', message: words, remedy: words }],
    wouldChange: [words, words],
  },
  permissions: {
    can: [words],
    widened: [words],
    escalations: [words],
    additions: 0,
    sizeCharacters: 1,
    managedPolicies: 0,
  },
  denials: [
    {
      action: words,
      named: true,
      resource: words,
      address: words,
      by: 'unknown',
      diagnosis: words,
      remedy: words,
      addable: true,
    },
  ],
  extraNeeds: [
    {
      id: 'ned_1',
      action: words,
      resource: words,
      reason: words,
      addedBy: words,
      addedAt: '2026-11-23T06:10:00.000Z',
    },
  ],
  review: {
    findings: [
      { rule: words, severity: 'critical', address: words, message: words, remedy: words },
      { rule: words, severity: 'low', address: words, message: words, remedy: words },
    ],
    changes: [
      {
        address: words,
        action: 'update',
        previousAddress: words,
        reason: words,
        importing: { id: words },
        before: { [words]: 'a', x: words },
        after: { [words]: words, x: `${words}!` },
      },
    ],
  },
});

test('nothing that a plan or a person wrote becomes markup, a link, a mention or HTML', () => {
  fc.assert(
    fc.property(hostile, (words) => {
      const shown = commentWith(detailsWith(words));
      const { html, links, words: prose } = readAsMarkdown(shown);
      expect(html.filter((one) => !OUR_HTML.test(one))).toEqual([]);
      expect(links.filter((link) => link !== 'https://github.com/shop/infra/actions/runs/77')).toEqual([]);
      expect(prose).not.toMatch(/@\w|www\.|:\/\/|GH-\d/i);
      expect(prose.replaceAll('#9', '')).not.toMatch(/#\d/);
      const count = (tag: string): number => html.filter((one) => one.startsWith(tag)).length;
      expect(count('<details>')).toBe(count('</details>'));
    }),
    // Words that every JavaScript object answers to are none of ours.
    { numRuns: 300, examples: Object.getOwnPropertyNames(Object.prototype).map((name) => [name]) },
  );
});

test('a comment is never longer than GitHub takes, in characters and in bytes, and says what was cut', () => {
  for (const language of ['en', 'ja'] as const) {
    const plan = stackPlan({
      decision: waits(language),
      review: {
        findings: Array.from({ length: 300 }, (_, index) => ({
          rule: 'data-destroyed',
          severity: index % 2 === 0 ? 'critical' : 'low',
          address: `aws_db_instance.d[${index}]`,
          message: '中のデータごと削除されます'.repeat(20),
          remedy: 'バックアップを確認してください。',
        })),
        changes: Array.from({ length: 500 }, (_, index) => ({
          address: `aws_x.a[${index}]`,
          action: index % 3 === 0 ? 'delete' : 'create',
          before: null,
          after: { name: '値'.repeat(100) },
        })),
      },
    });
    for (const count of [1, 7, 300]) {
      const stacks = Array.from({ length: count }, () => stackFacts({ plan }));
      const shown = commentOf(pullRequest({ language, stacks }));
      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(GITHUB_LIMIT);
      expect(shown).toMatch(/✂️ .*(?:changes|変更).*sekisho show pln_/);
      expect(shown).toContain('/sekisho help');
      const { html } = readAsMarkdown(shown);
      expect(html.filter((one) => !OUR_HTML.test(one))).toEqual([]);
    }
  }
});

test('what is worth least is cut first: commands and critical findings outlast the changes', () => {
  const shown = commentWith({
    review: {
      findings: [
        {
          rule: 'data-destroyed',
          severity: 'critical',
          address: 'aws_db_instance.main',
          message: 'gone',
          remedy: 'no',
        },
      ],
      changes: Array.from({ length: 3_000 }, (_, index) => ({
        address: `aws_x.a[${index}]`,
        action: 'create',
        before: null,
        after: { name: 'x'.repeat(90) },
      })),
    },
  });
  expect(shown).toContain('aws_db_instance.main');
  expect(shown).toMatch(/✂️ \*\*Cut for length:\*\* \d+ changes/);
  expect(shown).toContain('2000 more changes');
});
