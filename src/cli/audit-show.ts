import { Option } from 'commander';
import { z } from 'zod';
import { auditRecordSchema, recordedMessage } from '#audit/core';
import { type Problem, parseAuditEntryId, problem, text } from '#core-values';
import type { ApiClient } from './api-client.ts';
import { notAnAnswer, printable, recordLine } from './audit-list.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';

const HELP = {
  id: text('position of the entry, as listed', '一覧に表示されるエントリの番号'),
  format: text('`leaf` is the exact text that is hashed', '`leaf` はハッシュ対象の文字列そのもの'),
};

type Format = 'text' | 'json' | 'leaf';

const found = z.object({ record: auditRecordSchema, leaf: z.string() });

/** `sekisho audit show ID`: one entry with its evidence. */
export const auditShow = (clientOf: (context: CliContext) => ApiClient): CliCommand => ({
  configure(command, context) {
    command
      .argument('<id>', HELP.id[context.language])
      .addOption(
        new Option('--format <format>', HELP.format[context.language])
          .choices(['text', 'json', 'leaf'])
          .default('text'),
      )
      .action((id: string, { format }: { format: Format }) =>
        show(id, format, context, () => clientOf(context)),
      );
  },
});

async function show(id: string, format: Format, context: CliContext, client: () => ApiClient): Promise<void> {
  if (parseAuditEntryId(id) === undefined) return failWith(context, notAnId(id));
  const answer = await client().get(`/v1/audit/${id}`);
  if (!answer.ok) return failWith(context, answer.error);
  const parsed = found.safeParse(answer.value);
  if (!parsed.success) return failWith(context, notAnAnswer);
  const { record, leaf } = parsed.data;
  if (format === 'leaf') return context.stdout.write(leaf);
  if (format === 'json') return context.stdout.write(`${JSON.stringify(record, null, 2)}\n`);
  context.stdout.write(`${recordLine(record, context)}\n`);
  for (const reason of record.reasons)
    context.stdout.write(`  • ${printable(recordedMessage(reason, context.language))} [${reason.rule}]\n`);
  const { actor, subject, evidence } = record;
  // JSON escapes control characters; what stays invisible is made visible.
  const details = JSON.stringify({ actor, subject, evidence }, null, 2).split('\n').map(printable);
  context.stdout.write(`${details.join('\n')}\n`);
}

const notAnId = (id: string): Problem =>
  problem('bad-input', {
    rule: 'audit.not-an-entry-id',
    message: text(
      `“${printable(id)}” is no id of an entry: a whole number from 0.`,
      `「${printable(id)}」はエントリの番号(0 以上の整数)ではありません。`,
    ),
    remedy: text(
      'List the entries with `sekisho audit list`.',
      '`sekisho audit list` で一覧を確認してください。',
    ),
  });
