import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { z } from 'zod';
import { stackAnswer } from '#changes/core';
import { type Text, text } from '#core-values';
import { visible, widthOf } from '#plan';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { environmentMark } from './plan-text.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

const answer = z.object({ stacks: z.array(stackAnswer) });

type Stack = z.infer<typeof stackAnswer>;

/** `sekisho stacks`: in dependency order, each with its account and what is known of its state. */
export const stacks: CliCommand = {
  configure(command, context) {
    command.action(async () => {
      const found = answerOf(await personClient(context).get('/v1/stacks'), answer, serverUrl(context));
      if (!found.ok) return failWith(context, found.error);
      context.stdout.write(
        found.value.stacks.length === 0
          ? `${NONE[context.language]}\n`
          : tableText(found.value.stacks, context),
      );
    });
  },
};

const NONE = text(
  'No stacks. Describe them in the server’s sekisho.yaml, under `stacks`.',
  'スタックはありません。サーバーの sekisho.yaml の `stacks` に記述してください。',
);

const HEADINGS: readonly Text[] = [
  text('STACK', 'スタック'),
  text('ENVIRONMENT', '環境'),
  text('ACCOUNT', 'アカウント'),
  text('REGION', 'リージョン'),
  text('TEAM', 'チーム'),
  text('STATE', 'state'),
];

const holderText = ({ repository, pullRequest, byWhom }: NonNullable<Stack['lock']>): Text => {
  const [holder, whom] = [`${visible(repository.name)}#${pullRequest}`, visible(byWhom)];
  return text(`held by ${holder} (${whom})`, `${holder} がロックを保持(${whom})`);
};

const NOT_APPLIED = text('not applied yet', '未適用');

function tableText(found: readonly Stack[], context: CliContext): string {
  const { language } = context;
  const paint = pc.createColors(context.stdout.isTerminal);
  const rows = found.map(({ name, account, region, team, knownState, inFlight, lock }) => {
    const state = knownState === undefined ? NOT_APPLIED[language] : `serial ${knownState.serial}`;
    const busy = text(`being applied: ${inFlight}`, `適用中: ${inFlight}`)[language];
    const held = lock && holderText(lock)[language];
    return [
      name,
      environmentMark(account.environment, paint),
      `${account.name} ${account.id}`,
      region,
      team,
      [state, inFlight && busy, held].filter((part) => part !== undefined).join(', '),
    ];
  });
  const table = [HEADINGS.map((heading) => heading[language]), ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((row) => shownWidth(row[column] ?? ''))));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - shownWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Colours take no columns. */
const shownWidth = (cell: string): number => widthOf(stripVTControlCharacters(cell));
