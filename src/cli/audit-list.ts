import { Option } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import { AUDIT_OUTCOMES, type AuditRecord, auditRecordSchema } from '#audit/core';
import { type Problem, problem, text } from '#core-values';
import type { ApiClient } from './api-client.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { pointInTime, wholeNumber } from './option-values.ts';
import { failWith } from './problem-text.ts';

interface Options {
  readonly kind?: string;
  readonly stack?: string;
  readonly grant?: string;
  readonly actor?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
  readonly before?: string;
  readonly limit: string;
  readonly format: 'text' | 'json';
}

const HELP = {
  kind: text(
    '`grant.refused`, or `grant` for everything about grants',
    '`grant.refused` のような種別。`grant` ならグラントに関するすべて',
  ),
  stack: text('only of this stack', 'このスタックのみ'),
  grant: text('only of this grant, grt_…', 'このグラントのみ(grt_…)'),
  actor: text('a person’s name, or a job’s as listed', '人物名、または一覧に表示されるジョブ名'),
  outcome: text('how it came out', '結果'),
  since: text(
    'at or after this time, such as 2026-11-22T09:30:00Z',
    'この日時以降(例: 2026-11-22T09:30:00Z)',
  ),
  until: text('before this time', 'この日時より前'),
  before: text('entries before this one, for the next page', 'この番号より前のエントリ(次のページ)'),
  limit: text('at most so many', '最大件数'),
  format: text('form of the output', '出力形式'),
};

const page = z.object({ entries: z.array(auditRecordSchema), next: z.number().optional() });

/** `sekisho audit list`: newest first. */
export const auditList = (clientOf: (context: CliContext) => ApiClient): CliCommand => ({
  configure(command, context) {
    const help = (name: keyof typeof HELP): string => HELP[name][context.language];
    command
      .option('--kind <kind>', help('kind'))
      .option('--stack <name>', help('stack'))
      .option('--grant <id>', help('grant'))
      .option('--actor <name>', help('actor'))
      .addOption(new Option('--outcome <outcome>', help('outcome')).choices(AUDIT_OUTCOMES))
      .option('--since <time>', help('since'), pointInTime(context.language))
      .option('--until <time>', help('until'), pointInTime(context.language))
      .option('--before <id>', help('before'))
      .option('--limit <n>', help('limit'), wholeNumber(context.language, 1, 500), '50')
      .addOption(new Option('--format <format>', help('format')).choices(['text', 'json']).default('text'))
      .action((options: Options) => list(options, context, clientOf(context)));
  },
});

async function list({ format, ...query }: Options, context: CliContext, client: ApiClient): Promise<void> {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const answer = await client.get(`/v1/audit?${new URLSearchParams(given)}`);
  if (!answer.ok) return failWith(context, answer.error);
  const parsed = page.safeParse(answer.value);
  if (!parsed.success) return failWith(context, notAnAnswer);
  if (format === 'json') return context.stdout.write(`${JSON.stringify(parsed.data, null, 2)}\n`);
  for (const record of parsed.data.entries) context.stdout.write(`${recordLine(record, context)}\n`);
  if (parsed.data.entries.length === 0) context.stderr.write(`${NOTHING[context.language]}\n`);
  if (parsed.data.next !== undefined) {
    context.stderr.write(`${OLDER[context.language]}: --before ${parsed.data.next}\n`);
  }
}

const OUTCOME_MARK = { allowed: '✓', denied: '✗', failed: '!', done: '·' } as const;

/** One entry on one line: position, time, outcome, kind, who, what about. */
export function recordLine(record: AuditRecord, context: CliContext): string {
  const paint = pc.createColors(context.stdout.isTerminal);
  const color = { allowed: paint.green, denied: paint.red, failed: paint.yellow, done: paint.dim }[
    record.outcome
  ];
  const { stack, plan, grant, person, other } = record.subject;
  const about = [stack, plan, grant, person, other].filter((part) => part !== undefined).join(' ');
  const head = `${String(record.position).padStart(7)}  ${paint.dim(record.at)}`;
  const why = record.reasons.map(({ rule }) => paint.dim(`[${rule}]`)).join(' ');
  return [
    head,
    color(OUTCOME_MARK[record.outcome]),
    record.kind.padEnd(18),
    printable(record.actor.name),
    printable(about),
    why,
  ]
    .filter((part) => part !== '')
    .join('  ');
}

/** Names come from tokens and files: nothing in them may steer the terminal. */
export const printable = (words: string): string => words.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd');

const NOTHING = text('No entry fits.', '該当するエントリはありません。');
const OLDER = text('Older entries', '続きを見るには');

export const notAnAnswer: Problem = problem('outside-failed', {
  rule: 'audit.unknown-answer',
  message: text(
    'The server answered in a form that this version does not know.',
    'サーバーの応答が、このバージョンの想定と異なる形式です。',
  ),
  remedy: text(
    'Use the same version of sekisho as the server (`sekisho --version`).',
    'サーバーと同じバージョンの sekisho を使ってください(`sekisho --version`)。',
  ),
});
