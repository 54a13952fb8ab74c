import type { Command } from 'commander';
import { stringify } from 'yaml';
import { type Reason, text } from '#core-values';
import {
  type Definition,
  type Definitions,
  prometheusRules,
  prometheusSlos,
  separated,
  writeYaml,
} from '#slo/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith, reasonText } from './problem-text.ts';
import { readDefinitionsAt } from './slo-check.ts';

const FORMATS = ['openslo', 'prometheus'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
}

const WORDS = {
  folder: text('folder of definitions, or one file', '定義のフォルダーまたはファイル'),
  format: text('what to write', '書き出す形式'),
  left: (count: number) =>
    text(
      `${count} SLO${count === 1 ? ' is' : 's are'} not among the rules:`,
      `ルールにできなかった SLO: ${count} 件`,
    ),
};

/** `sekisho slo export DIR`: exit 0 when all was written, 1 when some SLOs are none for Prometheus, 2 for bad definitions. */
export const sloExport: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<folder>', WORDS.folder[language])
      .addOption(
        command.createOption('--format <format>', WORDS.format[language]).choices(FORMATS).default('openslo'),
      )
      .action(async (folder: string, { format }: Options) => {
        const read = await readDefinitionsAt(folder, context);
        if (!read.ok) return failWith(context, read.error);
        const { documents, definitions } = read.value;
        if (format === 'prometheus') return writeRules(definitions, context);
        context.stdout.write(openSlo(documents.map(({ definition }) => definition)));
      });
  },
};

const openSlo = (definitions: readonly Definition[]): string => writeYaml(separated(definitions));

function writeRules(definitions: Definitions, context: CliContext): void {
  const { language, stderr } = context;
  const { slos, left } = prometheusSlos(definitions);
  const rules = prometheusRules(slos);
  if (!rules.ok) {
    failWith(context, rules.error);
    return;
  }
  context.stdout.write(stringify(rules.value, { lineWidth: 0, aliasDuplicateObjects: false }));
  if (left.length === 0) return;
  const lines = left.map((reason: Reason) => reasonText(reason, language, stderr.isTerminal));
  stderr.write(`${WORDS.left(left.length)[language]}\n${lines.join('')}`);
  context.exitWith(1);
}
