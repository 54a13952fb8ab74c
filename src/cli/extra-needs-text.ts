import pc from 'picocolors';
import type { NeedAnswer } from '#changes/core';
import { text } from '#core-values';
import { visible, wrap } from '#plan';
import type { CliContext } from './context.ts';
import { localTime } from './time-text.ts';

/** What a plan asks for beside its own needs, and whose words that was. Whoever approves signs for it. Empty where there is nothing. */
export function extraNeedsText(needs: readonly NeedAnswer[], context: CliContext): string {
  if (needs.length === 0) return '';
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const width = Math.min(Math.max(stdout.columns, 40), 120);
  const title = text(
    'Added to the plan’s needs by people; an approval is for these too',
    '人がプランに追加した権限(承認の対象に含まれます)',
  );
  const lines = needs.flatMap(({ action, resource, reason, addedBy, addedAt }) => {
    const when = localTime(addedAt, context);
    const whose = text(
      `added by ${addedBy} on ${when} because “${visible(reason)}”`,
      `${addedBy} が ${when} に追加。理由: 「${visible(reason)}」`,
    );
    return [
      `  ${paint.yellow('+')} ${paint.bold(visible(action))}  ${visible(resource)}`,
      ...wrap(whose[language], width - 6).map((line) => paint.dim(`    ${line}`)),
    ];
  });
  return `${paint.bold(title[language])} (${needs.length})\n${lines.join('\n')}\n`;
}
