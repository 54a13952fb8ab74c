import pc from 'picocolors';
import type { BudgetsAnswer, PlanDetails, RepairAnswer } from '#changes/core';
import { type Language, type Text, text } from '#core-values';
import { visible, wrap } from '#plan';
import type { CliContext } from './context.ts';
import { fromNow, localTime } from './time-text.ts';

type Paint = ReturnType<typeof pc.createColors>;
type Budget = BudgetsAnswer['slos'][number];

const MOST_SHOWN = 12;

/** The error budgets that the change could hurt, and the mark as a repair. Empty where there is neither. */
export function gateText({ budgets, repair }: PlanDetails, context: CliContext): string {
  return [budgetsText(budgets, context), repairText(repair, context)]
    .filter((part) => part !== '')
    .join('\n');
}

function budgetsText(budgets: BudgetsAnswer | undefined, context: CliContext): string {
  if (budgets === undefined) return '';
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const title = text('Error budgets that it could hurt', '影響しうるエラーバジェット')[language];
  const services = paint.dim(`(${budgets.services.map(visible).join(', ')})`);
  const lines = budgets.slos.slice(0, MOST_SHOWN).map((budget) => budgetLine(budget, paint, context));
  const left = budgets.slos.length - lines.length;
  const more = left > 0 ? [`  … ${text(`and ${left} more`, `ほか ${left} 件`)[language]}\n`] : [];
  const unread = budgets.unread === undefined ? [] : [`  ${paint.red(`✗ ${visible(budgets.unread)}`)}\n`];
  const none = budgets.slos.length + unread.length === 0 ? [`  ${NO_SLO[language]}\n`] : [];
  return `${paint.bold(title)} ${services}\n${[...lines, ...more, ...unread, ...none].join('')}`;
}

const NO_SLO = text('No SLO is defined for them.', 'これらのサービスの SLO は定義されていません。');

function budgetLine(budget: Budget, paint: Paint, context: CliContext): string {
  const { language } = context;
  const mark = {
    spent: paint.red('✗'),
    stale: paint.yellow('!'),
    left: paint.green('✓'),
    'not-measured': '–',
  };
  const words = [
    paint.bold(visible(budget.slo)),
    standWords(budget, language),
    ...(budget.burning ? [paint.red(BURNING[language])] : []),
    ...(budget.upTo === undefined ? [] : [paint.dim(upToWords(budget.upTo, context))]),
  ];
  return `  ${mark[budget.stand]} ${words.join('  ')}\n`;
}

const BURNING = text('burning: a page fires', '急速に消費中(呼び出しのアラート)');

function standWords({ stand, remainingPpm = 0 }: Budget, language: Language): string {
  switch (stand) {
    case 'left':
      return text(`${percent(remainingPpm)} left`, `残り ${percent(remainingPpm)}`)[language];
    case 'spent':
      return text(`used up (${percent(remainingPpm)})`, `使い切りました(${percent(remainingPpm)})`)[language];
    case 'stale':
      return text('figures too old', '計測データが古すぎます')[language];
    case 'not-measured':
      return text('not measured yet', '未計測')[language];
  }
}

/** Rounded away from comfort: what is left is never shown as more than it is. */
const percent = (ppm: number): string => `${(Math.floor(ppm / 1_000) / 10).toFixed(1)} %`.replace('-', '−');

const upToWords = (upTo: string, context: CliContext): string =>
  text(`figures up to ${fromNow(upTo, context)}`, `計測データ: ${fromNow(upTo, context)}まで`)[
    context.language
  ];

function repairText(repair: RepairAnswer | undefined, context: CliContext): string {
  if (repair === undefined) return '';
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const width = Math.min(Math.max(stdout.columns, 40), 120);
  const { by, at, agreedBy, agreedAt, counts, why, reason } = repair;
  const lines: readonly Text[] = [
    text(
      `marked by ${visible(by)} on ${localTime(at, context)}`,
      `${visible(by)} が ${localTime(at, context)} に登録`,
    ),
    agreedBy === undefined || agreedAt === undefined
      ? text('nobody has agreed yet', 'まだ誰も同意していません')
      : text(
          `${visible(agreedBy)} agreed on ${localTime(agreedAt, context)}`,
          `${visible(agreedBy)} が ${localTime(agreedAt, context)} に同意`,
        ),
    ...(why === undefined
      ? []
      : [text(`does not count: ${visible(why)}`, `有効ではありません: ${visible(why)}`)]),
  ];
  const head = `${paint.bold(text('Repair', '修復')[language])} ${counts ? paint.green('✓') : '–'}`;
  const said = wrap(`“${visible(reason)}”`, width - 4).map((line) => `  ${line}\n`);
  return `${head}\n${said.join('')}${lines.map((line) => `  ${line[language]}\n`).join('')}`;
}
