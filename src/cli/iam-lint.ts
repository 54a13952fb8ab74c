import type { Command } from 'commander';
import pc from 'picocolors';
import { type Reason, text } from '#core-values';
import { lintPolicy, POLICY_KINDS, type PolicyKind } from '#iam/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { readIamFile } from './iam-file.ts';
import { failWith } from './problem-text.ts';

const FORMATS = ['text', 'json'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly kind: PolicyKind;
}

const WORDS = {
  file: text('policy document, or - for standard input', 'ポリシードキュメント、または -(標準入力)'),
  kind: text('What the policy is attached to', 'ポリシーの種類'),
  format: text('Output format', '出力形式'),
  fine: text('AWS would take this policy.', 'AWS が受け付けるポリシーです。'),
  sum: (count: number) => text(`${count} finding${count === 1 ? '' : 's'}`, `指摘 ${count} 件`),
};

/** `sekisho iam lint FILE`: exit 0 when there is nothing to say, 1 on findings, 2 when the file is no JSON or cannot be read. */
export const iamLint: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<file>', WORDS.file[language])
      .addOption(
        command.createOption('--kind <kind>', WORDS.kind[language]).choices(POLICY_KINDS).default('identity'),
      )
      .addOption(
        command.createOption('--format <format>', WORDS.format[language]).choices(FORMATS).default('text'),
      )
      .action(async (file: string, { kind, format }: Options) => {
        const source = await readIamFile(file, context);
        if (!source.ok) return failWith(context, source.error);
        const findings = lintPolicy(source.value, { kind, file });
        if (!findings.ok) return failWith(context, findings.error);
        const count = findings.value.length;
        if (format === 'json') {
          context.stdout.write(
            `${JSON.stringify({ formatVersion: 1, kind, findings: findings.value }, undefined, 2)}\n`,
          );
        } else {
          const paint = pc.createColors(context.stdout.isTerminal);
          const lines = findings.value.map((reason) => lineOf(reason, context));
          const sum =
            count === 0 ? paint.green(`✓ ${WORDS.fine[language]}`) : paint.red(WORDS.sum(count)[language]);
          context.stdout.write(`${lines.join('')}${sum}\n`);
        }
        context.exitWith(count === 0 ? 0 : 1);
      });
  },
};

function lineOf({ rule, message, remedy, place }: Reason, { language, stdout }: CliContext): string {
  const paint = pc.createColors(stdout.isTerminal);
  const where = [place?.file, place?.line, place?.column].filter((part) => part !== undefined).join(':');
  return `• ${where}: ${message[language]} ${paint.dim(`[${rule}]`)}\n  → ${remedy[language]}\n`;
}
