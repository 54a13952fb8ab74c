import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { ERROR_KINDS, type Problem, type Reason, text } from '#core-values';
import { type ReadFolder, readDefinitionFolder } from '#slo';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';

const FORMATS = ['text', 'json'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
}

const WORDS = {
  folder: text(
    'folder of definitions (*.yaml, also in folders below), or one file',
    '定義のフォルダー(*.yaml、下位フォルダーも含む)または 1 つのファイル',
  ),
  format: text('form of the output', '出力形式'),
  fine: ({ files, definitions }: ReadFolder) => {
    const { slos, screens } = definitions;
    const objectives = slos.reduce((sum, slo) => sum + slo.objectives.length, 0);
    return text(
      `${counted(files.length, 'file')}: ${counted(slos.length, 'SLO')} with ${counted(objectives, 'objective')}, ${counted(screens.length, 'screen')}.`,
      `ファイル ${files.length} 件: SLO ${slos.length} 件(目標 ${objectives} 件)、画面 ${screens.length} 件。`,
    );
  },
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `sekisho slo check DIR`: exit 0 when the definitions are right, 2 when they are not. */
export const sloCheck: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<folder>', WORDS.folder[language])
      .addOption(
        command.createOption('--format <format>', WORDS.format[language]).choices(FORMATS).default('text'),
      )
      .action(async (folder: string, { format }: Options) => {
        const read = await readDefinitionsAt(folder, context);
        if (format === 'json') {
          context.stdout.write(`${JSON.stringify(asJson(read.ok ? [] : read.error.reasons, context))}\n`);
          if (!read.ok) context.exitWith(ERROR_KINDS[read.error.code].exitCode);
          return;
        }
        if (!read.ok) return failWith(context, read.error);
        const paint = pc.createColors(context.stdout.isTerminal);
        context.stdout.write(`${paint.green('✓')} ${WORDS.fine(read.value)[language]}\n`);
      });
  },
};

const asJson = (reasons: readonly Reason[], { language }: CliContext) => ({
  version: 1,
  problems: reasons.map(({ rule, message, remedy, place }) => ({
    ...{ rule, message: message[language], remedy: remedy[language] },
    ...(place === undefined ? {} : { place }),
  })),
});

/** Definitions that a person named; places are told as that person would name them. */
export async function readDefinitionsAt(folder: string, { cwd }: CliContext) {
  const read = await readDefinitionFolder(resolve(cwd, folder));
  return read.ok ? read : { ok: false as const, error: seenFrom(cwd, read.error) };
}

const seenFrom = (cwd: string, { code, reasons: [first, ...more] }: Problem): Problem => {
  const seen = (reason: Reason): Reason =>
    reason.place === undefined
      ? reason
      : { ...reason, place: { ...reason.place, file: near(cwd, reason.place.file) } };
  return { code, reasons: [seen(first), ...more.map(seen)] };
};

const near = (cwd: string, file: string): string => {
  const from = relative(cwd, file);
  return from.startsWith('..') ? file : from;
};
