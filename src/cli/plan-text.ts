import pc from 'picocolors';
import { z } from 'zod';
import type { PlanAnswer, PlanDetails } from '#changes/core';
import { type Environment, type Language, type Text, text } from '#core-values';
import { visible } from '#plan';
import { SEVERITIES, type Severity } from '#plan/core';
import type { CliContext } from './context.ts';

type Paint = ReturnType<typeof pc.createColors>;

/** The part of a review's JSON that is shown here; the rest is for programs. */
const reviewPart = z.object({
  findings: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(SEVERITIES),
      address: z.string().optional(),
      message: z.string(),
      remedy: z.string(),
    }),
  ),
  changes: z.array(
    z.object({
      address: z.string(),
      action: z.string(),
      deposed: z.string().optional(),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
});

type Change = z.infer<typeof reviewPart>['changes'][number];

const STATE_WORDS: Readonly<Record<PlanAnswer['state'], Text>> = {
  planned: text('planned', 'プラン作成済み'),
  reviewed: text('reviewed', 'レビュー済み'),
  'awaiting-approval': text('awaiting approval', '承認待ち'),
  approved: text('approved', '承認済み'),
  granted: text('granted', '権限発行済み'),
  applying: text('applying', '適用中'),
  applied: text('applied', '適用済み'),
  failed: text('failed', '失敗'),
  'no-changes': text('no changes', '変更なし'),
  superseded: text('superseded', '新しいプランに置き換え済み'),
  expired: text('expired', '期限切れ'),
  cancelled: text('cancelled', '取り消し済み'),
  refused: text('refused', '拒否'),
};

export const stateWords = (state: PlanAnswer['state'], language: Language): string =>
  STATE_WORDS[state][language];

/** Production must look like production, for those who see no red too. */
const environmentMark = (environment: Environment, paint: Paint): string =>
  environment === 'production' ? paint.bold(paint.red('▲ PRODUCTION')) : paint.cyan(environment);

const SYMBOLS: Readonly<Record<string, string>> = {
  create: '+',
  update: '~',
  replace: '-/+',
  delete: '-',
  read: '<=',
  forget: '×',
  'create-then-forget': '+×',
};

const MOST_CHANGES = 40;
const MOST_CHARACTERS = 100;

/** One plan in a list. */
export function planLine(plan: PlanAnswer, context: CliContext): string {
  const paint = pc.createColors(context.stdout.isTerminal);
  const mark = environmentMark(plan.environment, paint);
  const who = visible(plan.author.name);
  return `${plan.id}  ${paint.bold(plan.stack)} (${mark})  ${stateWords(plan.state, context.language)}  ${who}  ${plan.commit.slice(0, 12)}  ${plan.uploadedAt}\n`;
}

/** Everything a person needs before deciding: what, where, findings, changes, approvals, and what is missing. */
export function planDetailsText(plan: PlanDetails, context: CliContext): string {
  const paint = pc.createColors(context.stdout.isTerminal);
  const { language } = context;
  const review = reviewPart.safeParse(plan.review);
  const sections = [
    headText(plan, language, paint),
    review.success ? findingsText(review.data.findings, language, paint) : '',
    review.success ? changesText(review.data.changes, language, paint) : '',
    approvalsText(plan, language, paint),
    decisionText(plan, language, paint),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function headText(plan: PlanDetails, language: Language, paint: Paint): string {
  const rows: readonly (readonly [Text, string])[] = [
    [text('Plan', 'プラン'), plan.id],
    [text('State', '状態'), paint.bold(stateWords(plan.state, language))],
    [
      text('From', '作成元'),
      `${visible(plan.repository.name)} ${plan.ref} @ ${plan.commit.slice(0, 12)} · ${visible(plan.author.name)}`,
    ],
    [text('Meaning', '内容のフィンガープリント'), plan.fingerprint],
    [text('File', 'ファイルのダイジェスト'), plan.digest],
  ];
  const title = `${paint.bold(plan.stack)}  ${environmentMark(plan.environment, paint)}  ${plan.account}`;
  return `${title}\n${rows.map(([label, value]) => `  ${paint.dim(label[language])}: ${value}\n`).join('')}`;
}

const COLOURS: Readonly<Record<Severity, (paint: Paint) => (words: string) => string>> = {
  critical: (paint) => (words) => paint.bold(paint.red(words)),
  high: (paint) => paint.red,
  medium: (paint) => paint.yellow,
  low: (paint) => paint.cyan,
  info: (paint) => paint.dim,
};

function findingsText(
  findings: z.infer<typeof reviewPart>['findings'],
  language: Language,
  paint: Paint,
): string {
  if (findings.length === 0) return `${text('No findings.', '指摘事項はありません。')[language]}\n`;
  const title = paint.bold(text('Findings', '指摘事項')[language]);
  const lines = findings.map(({ severity, rule, address, message, remedy }) => {
    const where = address === undefined ? '' : `${visible(address)}: `;
    const head = COLOURS[severity](paint)(severity);
    return `  ${head} ${where}${visible(message)} ${paint.dim(`[${rule}]`)}\n    → ${visible(remedy)}\n`;
  });
  return `${title}\n${lines.join('')}`;
}

function changesText(changes: readonly Change[], language: Language, paint: Paint): string {
  const acting = changes.filter(({ action }) => action !== 'no-op');
  if (acting.length === 0) return '';
  const title = paint.bold(text('Changes', '変更')[language]);
  const shown = acting.slice(0, MOST_CHANGES).map(changeText).join('');
  const left = acting.length - MOST_CHANGES;
  const more =
    left <= 0
      ? ''
      : `  ${text(`… and ${left} more; --format json shows all.`, `… ほか ${left} 件(--format json ですべて表示)`)[language]}\n`;
  return `${title}\n${shown}${more}`;
}

function changeText({ address, action, deposed, before, after }: Change): string {
  const head = `  ${SYMBOLS[action] ?? '?'} ${visible(address)}${deposed === undefined ? '' : ` (deposed ${visible(deposed)})`}\n`;
  if (action !== 'update' && action !== 'replace') return head;
  const names = [...new Set([...Object.keys(objectOf(before)), ...Object.keys(objectOf(after))])];
  const rows = names
    .map((name) => [name, shown(objectOf(before)[name]), shown(objectOf(after)[name])] as const)
    .filter(([, was, will]) => was !== will)
    .map(([name, was, will]) => `      ${visible(name)}: ${was} → ${will}\n`);
  return head + rows.join('');
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

function shown(value: unknown): string {
  const words = visible(JSON.stringify(value) ?? 'null');
  return words.length <= MOST_CHARACTERS ? words : `${words.slice(0, MOST_CHARACTERS)}…`;
}

function approvalsText({ approvals }: PlanDetails, language: Language, paint: Paint): string {
  if (approvals.length === 0) return '';
  const title = paint.bold(text('Approvals', '承認')[language]);
  const lines = approvals.map(({ approver, decision, givenAt, counts, why }) => {
    const mark = decision === 'reject' ? '✗' : counts || decision === 'break-glass' ? '✓' : '–';
    return `  ${mark} ${approver} ${decision} ${givenAt}${why === undefined ? '' : `  ${why}`}\n`;
  });
  return `${title}\n${lines.join('')}`;
}

function decisionText({ decision, state }: PlanDetails, language: Language, paint: Paint): string {
  if (decision === undefined) return '';
  if (decision.allowed) {
    const yes = text(
      'The policy allows this plan to be applied.',
      'ポリシーはこのプランの適用を許可しています。',
    );
    return `${paint.green(yes[language])} ${paint.dim(`[${decision.policies.join(', ')}]`)}\n`;
  }
  const title = text('Not yet:', 'まだ適用できません:');
  const final = text('Never as it is:', 'このままでは適用できません:');
  const reasons = decision.reasons.map(({ message, rule }) => `  • ${message} ${paint.dim(`[${rule}]`)}\n`);
  const ways = decision.wouldChange.map((way) => `  → ${way}\n`);
  const missing =
    ways.length === 0
      ? ''
      : `${text('It would pass with one of:', '次のいずれかで許可されます:')[language]}\n${ways.join('')}`;
  return `${paint.yellow((state === 'refused' ? final : title)[language])}\n${reasons.join('')}${missing}`;
}

/** For a CI's summary page: the same words, in a fence that nothing inside can close. */
export function planMarkdown(plan: PlanDetails, context: CliContext): string {
  const plain = { ...context, stdout: { ...context.stdout, isTerminal: false } };
  const words = planDetailsText(plan, plain);
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `### Sekisho: ${plan.stack} (${plan.environment})\n\n${fence}text\n${words}${fence}\n`;
}
