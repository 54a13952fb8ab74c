import { Option } from 'commander';
import pc from 'picocolors';
import type { z } from 'zod';
import { type Problem, type Result, text } from '#core-values';
import { reconciledAnswer, trailReportAnswer } from '#trail/core';
import type { ApiClient } from './api-client.ts';
import { printable } from './audit-list.ts';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { pointInTime } from './option-values.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

interface Options {
  readonly since?: string;
  readonly format: 'text' | 'json';
}

type Report = z.infer<typeof trailReportAnswer>;

/** `sekisho audit reconcile`: reads what CloudTrail has delivered, then tells what grants were used for. Exits 1 on grave findings. */
export const auditReconcile: CliCommand = {
  configure(command, context) {
    const say = (words: { en: string; ja: string }): string => words[context.language];
    command
      .option(
        '--since <time>',
        say(text('files and grants at or after this time', 'この日時以降のファイルとグラント')),
        pointInTime(context.language),
      )
      .addOption(
        new Option('--format <format>', say(text('form of the output', '出力形式')))
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((options: Options) => run(context, options));
  },
};

const GRAVE: ReadonlySet<string> = new Set(['critical', 'high']);

async function run(context: CliContext, { since, format }: Options): Promise<void> {
  const client = personClient(context);
  const read = await readEverything(context, client, since);
  if (!read.ok) return failWith(context, read.error);
  const query = since === undefined ? '' : `?${new URLSearchParams({ since })}`;
  const answer = await client.get(`/v1/trail/report${query}`);
  const report = answerOf(answer, trailReportAnswer, serverUrl(context));
  if (!report.ok) return failWith(context, report.error);
  const words =
    format === 'json' ? `${JSON.stringify(report.value, null, 2)}\n` : reportText(report.value, context);
  context.stdout.write(words);
  if (report.value.findings.some(({ severity }) => GRAVE.has(severity))) context.exitWith(1);
}

/** The server answers after some seconds, however much there is: it is asked again until nothing is left. */
async function readEverything(
  context: CliContext,
  client: ApiClient,
  since: string | undefined,
): Promise<Result<void, Problem>> {
  for (;;) {
    const answer = await client.post('/v1/trail/reconcile', since === undefined ? {} : { since });
    const step = answerOf(answer, reconciledAnswer, serverUrl(context));
    if (!step.ok) return step;
    const { files, calls, left } = step.value;
    if (left === 0) return { ok: true, value: undefined };
    const progress = text(
      `${files} files read, ${calls} calls compared, ${left} files to go`,
      `${files} ファイルを読み、${calls} 件の呼び出しを照合しました。残り ${left} ファイル`,
    );
    context.stderr.write(`${progress[context.language]}\n`);
  }
}

function reportText({ grants, findings, isCut }: Report, context: CliContext): string {
  const { language } = context;
  const paint = pc.createColors(context.stdout.isTerminal);
  const lines = [
    ...grants.flatMap((grant) => grantLines(grant, language)),
    ...findings.flatMap(({ severity, message, remedy, rule }) => [
      `${(GRAVE.has(severity) ? paint.red : paint.yellow)(`✗ ${severity}`)}  ${printable(message)} ${paint.dim(`[${rule}]`)}`,
      `    → ${printable(remedy)}`,
    ]),
    ...(findings.length === 0 ? [paint.green(NOTHING[language])] : []),
    ...(isCut ? [MORE[language]] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function grantLines(grant: Report['grants'][number], language: CliContext['language']): readonly string[] {
  const total = (of: (action: (typeof grant.actions)[number]) => number): number =>
    grant.actions.reduce((sum, action) => sum + of(action), 0);
  const [calls, failed, found] = [
    total((action) => action.calls),
    total((action) => action.failed),
    total((action) => action.found),
  ];
  const counts = text(
    `${calls} calls, ${failed} failed, ${found} with a finding`,
    `呼び出し ${calls} 件(失敗 ${failed} 件、検出あり ${found} 件)`,
  );
  const unused = text(
    `    granted but never used: ${grant.neverUsed.join(', ')}`,
    `    許可されたが使われなかった操作: ${grant.neverUsed.join(', ')}`,
  );
  const head = `${grant.grant}  ${printable(grant.stack)}  ${grant.purpose}  ${grant.status}  ${counts[language]}`;
  return grant.neverUsed.length === 0 ? [head] : [head, printable(unused[language])];
}

const NOTHING = text(
  '✓ Every call of Sekisho’s roles that CloudTrail recorded is explained by an approved plan.',
  '✓ CloudTrail に記録された Sekisho のロールの呼び出しは、すべて承認されたプランで説明できます。',
);
const MORE = text(
  'There is more: ask with a later --since.',
  '続きがあります。--since を新しくしてください。',
);
