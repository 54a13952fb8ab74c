import { Option } from 'commander';
import pc from 'picocolors';
import { type Text, text } from '#core-values';
import { type ExperienceAnswer, experienceAnswer, leftOutAnswer } from '#trail/core';
import { printable } from './audit-list.ts';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

/** `sekisho needs unused`: what the organization's own applies taught, what was granted in vain, and what is left out. */
export const needsUnused: CliCommand = {
  configure(command, context) {
    command
      .addOption(
        new Option('--format <format>', text('form of the output', '出力形式')[context.language])
          .choices(['text', 'json'])
          .default('text'),
      )
      .action(async ({ format }: { readonly format: 'text' | 'json' }) => {
        const answer = await personClient(context).get('/v1/needs/observed');
        const known = answerOf(answer, experienceAnswer, serverUrl(context));
        if (!known.ok) return failWith(context, known.error);
        context.stdout.write(
          format === 'json' ? `${JSON.stringify(known.value, null, 2)}\n` : wordsOf(known.value, context),
        );
      });
  },
};

function wordsOf(
  { atLeast, observed, unused, leftOut }: ExperienceAnswer,
  { language, stdout }: CliContext,
): string {
  const paint = pc.createColors(stdout.isTerminal);
  const titled = (title: Text, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [paint.bold(title[language]), ...lines.map((line) => `  ${printable(line)}`)];
  const day = (at: string): string => at.slice(0, 10);
  const lines = [
    ...titled(
      UNUSED,
      unused.flatMap(({ type, action, steps, applies, since }) => [
        `${action}  ${type} (${steps.join(', ')})  ${timesWords(applies, day(since))[language]}`,
        `  sekisho needs leave-out --type ${type} --action ${action} --reason "…"`,
      ]),
    ),
    ...titled(
      LEFT_OUT,
      leftOut.flatMap(({ id, stack, type, action, by, at, reason }) => [
        `${action}  ${type}  ${stack ?? EVERY_STACK[language]}  ${by} ${day(at)}: ${reason}`,
        `  sekisho needs put-back ${id}`,
      ]),
    ),
    ...titled(
      OBSERVED,
      observed.map(({ type, step, applies, since, actions, isUsed }) => {
        const state = (isUsed ? BELIEVED : waiting(atLeast))[language];
        return `${type} (${step})  ${timesWords(applies, day(since))[language]}  ${state}: ${actions.join(', ')}`;
      }),
    ),
  ];
  return lines.length === 0 ? `${NOTHING[language]}\n` : `${lines.join('\n')}\n`;
}

const UNUSED = text('Granted, and never called:', '許可されたが、一度も呼び出されていない操作:');
const LEFT_OUT = text('Left out:', '除外中の操作:');
const OBSERVED = text(
  'Seen of resource types that were never recorded:',
  '記録のないリソースタイプについて、適用で観測された操作:',
);
const EVERY_STACK = text('every stack', '全スタック');
const BELIEVED = text('opened so far only', 'この範囲だけを許可');
const waiting = (atLeast: number): Text =>
  text(
    `still opens its service (${atLeast} applies needed)`,
    `まだサービス全体を許可(${atLeast} 回の適用が必要)`,
  );
const timesWords = (applies: number, since: string): Text =>
  text(`${applies} applies since ${since}`, `${since} 以降の適用 ${applies} 回`);
const NOTHING = text(
  'No apply has taught anything yet: it takes a trail with log file validation (docs/reconcile.md), and the digests of the hour after an apply.',
  'まだ観測結果がありません。ログファイルの検証を有効にした証跡(docs/reconcile.ja.md)と、適用後 1 時間分のダイジェストが必要です。',
);

interface LeaveOutOptions {
  readonly type: string;
  readonly action: string;
  readonly stack?: string;
  readonly reason: string;
}

/** `sekisho needs leave-out --type T --action A [--stack S] --reason R` */
export const needsLeaveOut: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .requiredOption(
        '--type <type>',
        say(text('resource type, aws_sns_topic', 'リソースタイプ(aws_sns_topic)')),
      )
      .requiredOption('--action <action>', say(text('the action', 'アクション')))
      .option(
        '--stack <name>',
        say(text('one stack; every stack if left out', 'スタック(省略時は全スタック)')),
      )
      .requiredOption('--reason <words>', say(text('why, for the audit log', '理由(監査ログに記録)')))
      .action(async ({ type, action, stack, reason }: LeaveOutOptions) => {
        const asked = { type, action, reason, ...(stack !== undefined && { stack }) };
        const done = text(
          `✓ Left out: ${action} of ${type}, from the next plan on.`,
          `✓ 次のプランから、${type} の ${action} を除外します。`,
        );
        await decide(context, '/v1/needs/left-out', asked, done);
      });
  },
};

/** `sekisho needs put-back ID` */
export const needsPutBack: CliCommand = {
  configure(command, context) {
    command
      .argument(
        '<id>',
        text('as `sekisho needs unused` shows it', '`sekisho needs unused` に表示される ID')[
          context.language
        ],
      )
      .action(async (id: string) => {
        const done = text('✓ Put back, from the next plan on.', '✓ 次のプランから、再び許可します。');
        await decide(context, `/v1/needs/left-out/${encodeURIComponent(id)}/put-back`, {}, done);
      });
  },
};

async function decide(
  context: CliContext,
  path: string,
  asked: Readonly<Record<string, string>>,
  done: Text,
): Promise<void> {
  const answer = await personClient(context).post(path, asked);
  const decided = answerOf(answer, leftOutAnswer, serverUrl(context));
  if (!decided.ok) return failWith(context, decided.error);
  context.stdout.write(`${done[context.language]}\n`);
}
