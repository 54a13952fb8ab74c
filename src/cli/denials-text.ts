import pc from 'picocolors';
import type { DenialAnswer } from '#changes/core';
import { text } from '#core-values';
import { visible, wrap } from '#plan';
import type { CliContext } from './context.ts';

export interface DenialsOfPlan {
  readonly id: string;
  readonly stack: string;
  readonly denials: readonly DenialAnswer[];
}

/** What AWS refused: the missing permission, what needed it, why, and the one command that adds it. Empty where there is nothing. */
export function denialsText(
  { id, stack, denials }: DenialsOfPlan,
  { language, stdout }: Pick<CliContext, 'language' | 'stdout'>,
): string {
  if (denials.length === 0) return '';
  const paint = pc.createColors(stdout.isTerminal);
  const width = Math.min(Math.max(stdout.columns, 40), 120);
  const lines = (mark: string, words: string): readonly string[] =>
    wrap(visible(words), width - 8).map((line, at) => `    ${at === 0 ? mark : ' '} ${line}`);
  const blocks = denials.map((denial) =>
    [
      `  ${paint.red('✗')} ${paint.bold(visible(denial.action ?? text('an action that AWS did not name', 'AWS が示していないアクション')[language]))}`,
      `    ${visible(onWhat(denial)[language])}`,
      ...(denial.address === undefined ? [] : [`    ${neededBy(visible(denial.address))[language]}`]),
      ...(denial.named || denial.action === undefined ? [] : lines('·', GUESSED[language])),
      ...lines('·', denial.diagnosis),
      ...(denial.whyNot === undefined ? [] : lines('!', denial.whyNot)),
      ...lines('→', denial.remedy),
    ].join('\n'),
  );
  const addable = denials.filter((denial) => denial.addable).length;
  const title = paint.bold(text('Refused by AWS', 'AWS が拒否した操作')[language]);
  return `${title} (${denials.length})\n${blocks.join('\n')}\n${addable === 0 ? '' : command(addable)}`;

  function command(count: number): string {
    const does = text(
      `adds ${count === 1 ? 'it' : `these ${count}`} to the stack’s needs; then run the workflow again and have the new plan approved`,
      `${count} 件をスタックの追加権限に登録する(その後、ワークフローを再実行し、新しいプランの承認を受ける)`,
    );
    return `\n  sekisho needs add --stack ${stack} --plan ${id}\n      ${paint.dim(does[language])}\n`;
  }
}

const onWhat = ({ resource }: DenialAnswer) =>
  resource === undefined
    ? text('on a resource that is not named', '対象: 示されていないリソース')
    : text(`on ${resource}`, `対象: ${resource}`);

const neededBy = (address: string) => text(`needed by ${address}`, `必要とするリソース: ${address}`);

const GUESSED = text(
  'Taken from the operation that failed; AWS did not name the action.',
  'AWS はアクションを示していません。失敗した操作の名前から判断したものです。',
);
