import { Option } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import { text } from '#core-values';
import { visible } from '#plan';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

/** What `GET /v1/status` answers. */
const statusAnswer = z.object({
  checks: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      state: z.enum(['fine', 'wrong', 'not-configured', 'not-yet']),
      words: z.string(),
      remedy: z.string(),
    }),
  ),
});
type Check = z.infer<typeof statusAnswer>['checks'][number];

/** `sekisho status`: how the server does, and what it does not look after. Exits 1 when something is wrong. */
export const status: CliCommand = {
  configure(command, context) {
    command
      .addOption(
        new Option('--format <format>', text('form of the output', '出力形式')[context.language])
          .choices(['text', 'json'])
          .default('text'),
      )
      .action(({ format }: { format: 'text' | 'json' }) => run(context, format));
  },
};

async function run(context: CliContext, format: 'text' | 'json'): Promise<void> {
  const answer = await personClient(context).get('/v1/status');
  const found = answerOf(answer, statusAnswer, serverUrl(context));
  if (!found.ok) return failWith(context, found.error);
  const { checks } = found.value;
  context.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ checks }, null, 2)}\n`
      : checks.map((check) => checkText(check, context)).join(''),
  );
  if (checks.some(({ state }) => state === 'wrong')) context.exitWith(1);
}

const STATES = {
  fine: text('fine', '正常'),
  wrong: text('needs attention', '要確認'),
  'not-configured': text('not configured', '未設定'),
  'not-yet': text('not known yet', '未確認'),
};

function checkText({ title, state, words, remedy }: Check, context: CliContext): string {
  const paint = pc.createColors(context.stdout.isTerminal);
  const mark = { fine: paint.green('✓'), wrong: paint.red('✗'), 'not-configured': '-', 'not-yet': '-' }[
    state
  ];
  const head = `${mark} ${visible(title)}: ${STATES[state][context.language]}\n`;
  return state === 'fine' ? head : `${head}    ${visible(words)}\n    → ${visible(remedy)}\n`;
}
