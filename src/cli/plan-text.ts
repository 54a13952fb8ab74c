import pc from 'picocolors';
import { type PlanAnswer, type PlanDetails, stateWords } from '#changes/core';
import { type Environment, type Language, type Text, text } from '#core-values';
import { renderChanges, SEVERITY_WORDS, visible, wrap } from '#plan';
import { SEVERITIES, type Severity, type ShownReview, shownReview } from '#plan/core';
import type { CliContext } from './context.ts';
import { denialsText } from './denials-text.ts';
import { extraNeedsText } from './extra-needs-text.ts';
import { gateText } from './gate-text.ts';
import { permissionsText } from './permissions-text.ts';
import { fromNow, localTime } from './time-text.ts';

type Paint = ReturnType<typeof pc.createColors>;

interface Page {
  readonly context: CliContext;
  readonly language: Language;
  readonly width: number;
  readonly paint: Paint;
}

const pageOf = (context: CliContext): Page => ({
  context,
  language: context.language,
  width: Math.min(Math.max(context.stdout.columns, 40), 120),
  paint: pc.createColors(context.stdout.isTerminal),
});

type Finding = ShownReview['findings'][number];

/** Whether what the plan does can be shown: nobody should sign what they cannot read. */
export const isReadable = (plan: PlanDetails): boolean => shownReview.safeParse(plan.review).success;

/** Production must look like production, for those who see no red too. */
export const environmentMark = (environment: Environment, paint: Paint): string =>
  environment === 'production' ? paint.bold(paint.red('▲ PRODUCTION')) : paint.cyan(environment);

const MOST_FINDINGS = 40;

/** One plan in a list: what it is and waits for, then what it does, whose it is and since when. */
export function planLine(plan: PlanAnswer, context: CliContext): string {
  const { paint, language } = pageOf(context);
  const head = [
    plan.id,
    `${paint.bold(plan.stack)} (${environmentMark(plan.environment, paint)})`,
    stateWords(plan.state, language),
  ];
  const about = [
    countsText(plan, language),
    visible(plan.author.name),
    visible(plan.commit.slice(0, 12)),
    fromNow(plan.uploadedAt, context),
  ];
  return `${head.join('  ')}\n    ${paint.dim(about.filter((part) => part !== '').join(' · '))}\n`;
}

const COUNTED = [
  ['create', '+'],
  ['update', '~'],
  ['replace', '±'],
  ['delete', '-'],
] as const;

const severityCount = (count: number, severity: Severity): Text =>
  text(`${count} ${SEVERITY_WORDS[severity].en}`, `${SEVERITY_WORDS[severity].ja} ${count} 件`);

/** `+3 ~1 · 1 critical` */
function countsText({ changes, findings }: PlanAnswer, language: Language): string {
  const actions = COUNTED.flatMap(([action, sign]) => {
    const count = changes[action] ?? 0;
    return count === 0 ? [] : [`${sign}${count}`];
  });
  const grave = SEVERITIES.filter((severity) => severity !== 'info').flatMap((severity) =>
    findings[severity] === 0 ? [] : [severityCount(findings[severity], severity)[language]],
  );
  return [actions.join(' '), ...grave].filter((part) => part !== '').join(' · ');
}

/** Everything a person needs before deciding: what, where, findings, changes, approvals, and what is missing. */
export function planDetailsText(
  plan: PlanDetails,
  context: CliContext,
  { hints = true }: { readonly hints?: boolean } = {},
): string {
  const page = pageOf(context);
  const review = shownReview.safeParse(plan.review);
  const sections = [
    headText(plan, page),
    review.success ? findingsText(review.data.findings, page) : unreadableText(page),
    review.success ? changesText(review.data.changes, plan, page) : '',
    permissionsText(plan.permissions, page),
    extraNeedsText(plan.extraNeeds ?? [], context),
    approvalsText(plan, page),
    gateText(plan, context),
    heldText(plan, page),
    decisionText(plan, page),
    denialsText({ ...plan, denials: plan.denials ?? [] }, context),
    hints ? nextText(plan, page) : '',
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** After a decision, for somebody who has just read the plan: how it stands now. */
export function planOutcomeText(plan: PlanDetails, words: Text, context: CliContext): string {
  const page = pageOf(context);
  const state = stateWords(plan.state, page.language);
  const head = `${page.paint.green(`✓ ${words[page.language]}`)} ${text('The plan is now', 'プランの状態')[page.language]}: ${page.paint.bold(state)}\n`;
  const sections = [
    head,
    approvalsText(plan, page),
    gateText(plan, context),
    decisionText(plan, page),
    nextText(plan, page),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

const UNREADABLE = text(
  'What this plan does cannot be shown: server and command line are of different versions.',
  'サーバーとコマンドラインのバージョンが異なるため、このプランの内容を表示できません。',
);

const unreadableText = ({ paint, language }: Page): string =>
  `${paint.bold(paint.red(`✗ ${UNREADABLE[language]}`))}\n`;

const ENDED: readonly PlanAnswer['state'][] = [
  'applied',
  'failed',
  'no-changes',
  'superseded',
  'expired',
  'cancelled',
  'refused',
];

function headText(plan: PlanDetails, { context, language, paint }: Page): string {
  const expiry = `${fromNow(plan.expiresAt, context)} (${localTime(plan.expiresAt, context)})`;
  const rows: readonly (readonly [Text, string])[] = [
    [text('Plan', 'プラン'), plan.id],
    [text('State', '状態'), paint.bold(stateWords(plan.state, language))],
    ...(ENDED.includes(plan.state) ? [] : [[text('Expires', '有効期限'), expiry] as const]),
    [
      text('Planned', '作成'),
      `${fromNow(plan.uploadedAt, context)} (${localTime(plan.uploadedAt, context)}) · ${visible(plan.author.name)}`,
    ],
    [
      text('From', '作成元'),
      `${visible(plan.repository.name)} ${visible(plan.ref)} @ ${visible(plan.commit.slice(0, 12))}`,
    ],
    ...(plan.pullRequest === undefined
      ? []
      : [
          [
            text('Pull request', 'プルリクエスト'),
            `#${plan.pullRequest}${commitText(plan.headCommit)}`,
          ] as const,
        ]),
    [text('Fingerprint', 'フィンガープリント'), plan.fingerprint],
    [text('Digest', 'ダイジェスト'), plan.digest],
  ];
  const title = `${paint.bold(plan.stack)}  ${environmentMark(plan.environment, paint)}  ${plan.account}`;
  return `${title}\n${rows.map(([label, value]) => `  ${paint.dim(label[language])}: ${value}\n`).join('')}`;
}

const commitText = (commit: string | undefined): string =>
  commit === undefined ? '' : ` @ ${visible(commit.slice(0, 12))}`;

const COLOURS: Readonly<Record<Severity, (paint: Paint) => (words: string) => string>> = {
  critical: (paint) => (words) => paint.bold(paint.red(words)),
  high: (paint) => paint.red,
  medium: (paint) => paint.yellow,
  low: (paint) => paint.cyan,
  info: (paint) => paint.dim,
};

/** The gravest first; a remedy stands once below those it is for. */
function findingsText(findings: readonly Finding[], page: Page): string {
  const { language, paint, width } = page;
  if (findings.length === 0) return `${text('No findings.', '指摘事項はありません。')[language]}\n`;
  const sorted = SEVERITIES.flatMap((severity) => findings.filter((one) => one.severity === severity));
  const shown = sorted.slice(0, MOST_FINDINGS);
  const lines = shown.flatMap(({ severity, rule, address, message, remedy }, index) => {
    const where = address === undefined ? '' : `${visible(address)}: `;
    const head = COLOURS[severity](paint)(SEVERITY_WORDS[severity][language]);
    const words = wrap(`${where}${visible(message)}`, width - 10);
    const next = shown[index + 1];
    const isLast = next?.rule !== rule || next.severity !== severity || next.remedy !== remedy;
    return [
      ...words.map((line, at) => (at === 0 ? `  ${head}  ${line}` : `      ${line}`)),
      ...(isLast ? arrow(`${visible(remedy)} [${rule}]`, page) : []),
    ];
  });
  const left = sorted.length - shown.length;
  const title = `${text('Findings', '指摘事項')[language]} (${findings.length})`;
  return `${[paint.bold(title), ...lines, ...(left > 0 ? [`  ${moreText(left)[language]}`] : [])].join('\n')}\n`;
}

const arrow = (words: string, { paint, width }: Page): readonly string[] =>
  wrap(words, width - 8).map((line, at) => paint.dim(`    ${at === 0 ? '→' : ' '} ${line}`));

const moreText = (count: number): Text =>
  text(`… and ${count} more; --format json shows all.`, `… ほか ${count} 件(--format json ですべて表示)`);

function changesText(
  changes: ShownReview['changes'],
  plan: PlanDetails,
  { context, language, width }: Page,
): string {
  const hint = `sekisho show ${plan.id} --format json`;
  return renderChanges(changes, {
    language,
    width,
    colors: context.stdout.isTerminal,
    elidedHint: text(`\`${hint}\` shows all`, `\`${hint}\` ですべて表示`),
  });
}

const DECISION_WORDS: Readonly<Record<PlanDetails['approvals'][number]['decision'], Text>> = {
  approve: text('approved', '承認'),
  reject: text('rejected', '却下'),
  'break-glass': text('broke the glass', 'ブレークグラス'),
};

const WAY_WORDS: Readonly<Record<PlanDetails['approvals'][number]['by'], Text>> = {
  signature: text('by signature', '署名'),
  passkey: text('by passkey', 'パスキー'),
  review: text('by review', 'レビュー'),
};

const reviewWords = ({
  pullRequest,
  commit = '',
}: NonNullable<PlanDetails['approvals'][number]['review']>): Text => {
  const at = visible(commit.slice(0, 12));
  return text(`by review of #${pullRequest} @ ${at}`, `#${pullRequest} @ ${at} のレビュー`);
};

const DOES_NOT_COUNT = text('does not count', '有効な承認に数えません');

function approvalsText({ approvals }: PlanDetails, { context, language, paint }: Page): string {
  if (approvals.length === 0) return '';
  const title = paint.bold(text('Approvals', '承認')[language]);
  const lines = approvals.map(({ approver, by, decision, givenAt, counts, why, review }) => {
    const isVoid = !counts && (decision === 'approve' || by === 'review');
    const mark = isVoid ? '–' : decision === 'reject' ? paint.red('✗') : paint.green('✓');
    const way = review === undefined ? WAY_WORDS[by] : reviewWords(review);
    const words = [
      visible(approver),
      DECISION_WORDS[decision][language],
      way[language],
      localTime(givenAt, context),
    ];
    const note = isVoid
      ? [`(${DOES_NOT_COUNT[language]}${why === undefined ? '' : `: ${visible(why)}`})`]
      : [];
    return `  ${mark} ${[...words, ...note].join('  ')}\n`;
  });
  return `${title}\n${lines.join('')}`;
}

/** What nobody's approval helps against. */
function heldText({ heldBy, stack }: PlanDetails, { language, paint }: Page): string {
  if (heldBy === undefined) return '';
  const holder = `${visible(heldBy.repository.name)}#${heldBy.pullRequest}`;
  const held = text(
    `${holder} holds the stack: ${visible(heldBy.byWhom)} applied it before its merge.`,
    `${holder} がスタックのロックを保持しています(${visible(heldBy.byWhom)} がマージ前に適用)。`,
  );
  const way = text(
    `Merge or close it first, or: sekisho stacks unlock ${stack} --reason …`,
    `先にマージまたはクローズするか、次で解除してください: sekisho stacks unlock ${stack} --reason …`,
  );
  return `${paint.yellow(`! ${held[language]}`)}\n  → ${way[language]}\n`;
}

function decisionText({ decision, state }: PlanDetails, page: Page): string {
  const { language, paint, width } = page;
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
  const bullet = (mark: string, words: string): string =>
    wrap(words, width - 6)
      .map((line, at) => `  ${at === 0 ? mark : ' '} ${line}\n`)
      .join('');
  const reasons = decision.reasons.map(({ message, rule }) => bullet('•', `${visible(message)} [${rule}]`));
  const ways = decision.wouldChange.map((way) => bullet('→', visible(way)));
  const missing =
    ways.length === 0
      ? ''
      : `${text('It would pass with one of:', '次のいずれかで許可されます:')[language]}\n${ways.join('')}`;
  return `${paint.yellow((state === 'refused' ? final : title)[language])}\n${reasons.join('')}${missing}`;
}

/** What to type next, where the plan goes on. */
function nextText({ id, stack, state }: PlanDetails, { language, paint }: Page): string {
  const steps = NEXT_STEPS[state]?.({ id, stack }) ?? [];
  if (steps.length === 0) return '';
  const lines = steps.map(([command, about]) => `  ${command}\n      ${paint.dim(about[language])}\n`);
  return `${paint.bold(text('Next', '次の操作')[language])}\n${lines.join('')}`;
}

type Step = readonly [command: string, about: Text];

const APPLY: Text = text(
  'in the CI job that planned it: applies this plan, once',
  'プランを作成した CI ジョブで: このプランを一度だけ適用する',
);

const planAgain = ({ stack }: { readonly stack: string }): readonly Step[] => [
  [
    `sekisho ci plan --stack ${stack}`,
    text(
      'in a new run of the workflow: plans what is left',
      'ワークフローを再実行し、残りのプランを作成する',
    ),
  ],
];

const NEXT_STEPS: Readonly<
  Partial<
    Record<PlanAnswer['state'], (plan: { readonly id: string; readonly stack: string }) => readonly Step[]>
  >
> = {
  'awaiting-approval': ({ id }) => [
    [`sekisho approve ${id}`, text('approve it with your SSH key', '自分の SSH 鍵で承認する')],
    [`sekisho reject ${id}`, text('turn it down', '却下する')],
  ],
  approved: ({ id, stack }) => [[`sekisho ci apply --stack ${stack} --plan ${id}`, APPLY]],
  failed: planAgain,
  expired: planAgain,
  superseded: ({ stack }) => [
    [`sekisho plans --stack ${stack}`, text('shows the newer plan', '新しいプランを確認する')],
  ],
};

/** For a CI's summary page: the same words, in a fence that nothing inside can close. */
export function planMarkdown(plan: PlanDetails, context: CliContext): string {
  const plain = { ...context, stdout: { ...context.stdout, isTerminal: false, columns: 100 } };
  const words = planDetailsText(plan, plain);
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `### Sekisho: ${plan.stack} (${plan.environment})\n\n${fence}text\n${words}${fence}\n`;
}
