import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { type Problem, problem, type Reason, text } from '#core-values';
import { readConfigFile } from '#platform';
import { importDefinitions } from '#slo';
import { type Definition, writeYaml } from '#slo/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith, reasonText } from './problem-text.ts';

const WORDS = {
  files: text('files of Sloth, shimesaba or OpenSLO', 'Sloth、shimesaba、OpenSLO のファイル'),
  output: text(
    'write the documents to this file, which must not exist; standard output if left out',
    'ドキュメントを書き出すファイル(既存のファイルは上書きしません)。省略時は標準出力',
  ),
  carried: (slos: number, left: number) =>
    text(
      `${slos} SLO${slos === 1 ? '' : 's'} taken over; ${left === 0 ? 'nothing was left behind' : `${left} thing${left === 1 ? '' : 's'} could not be`}.`,
      `SLO ${slos} 件を取り込みました。${left === 0 ? '引き継げなかったものはありません。' : `引き継げなかったもの: ${left} 件`}`,
    ),
};

interface Options {
  readonly output?: string;
}

/** `sekisho slo import FILE…`: exit 0 when all was taken over, 1 when something was left behind, 2 when a file cannot be read. */
export const sloImport: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<files...>', WORDS.files[language])
      .option('--output <file>', WORDS.output[language])
      .action(async (files: readonly string[], { output }: Options) => {
        const definitions: Definition[] = [];
        const left: Reason[] = [];
        for (const file of files) {
          const source = await readConfigFile(resolve(context.cwd, file));
          const imported = source.ok ? importDefinitions({ file, bytes: source.value.bytes }) : source;
          if (!imported.ok) return failWith(context, namedAs(file, imported.error));
          definitions.push(...imported.value.definitions);
          left.push(...imported.value.left);
        }
        const written = await give(writeYaml(withoutTwins(definitions)), output, context);
        if (written !== undefined) return failWith(context, written);
        tell(definitions, left, context);
      });
  },
};

const namedAs = (file: string, { code, reasons: [first, ...more] }: Problem): Problem => ({
  code,
  reasons: [{ ...first, place: { ...first.place, file } }, ...more],
});

/** Several files of one service each bring it along. */
const withoutTwins = (definitions: readonly Definition[]): readonly Definition[] => [
  ...new Map(
    definitions.map((definition, index) => [
      definition.kind === 'Service' ? `Service ${definition.metadata.name}` : `${index}`,
      definition,
    ]),
  ).values(),
];

async function give(
  yaml: string,
  output: string | undefined,
  context: CliContext,
): Promise<Problem | undefined> {
  if (output === undefined) {
    context.stdout.write(yaml);
    return undefined;
  }
  try {
    await writeFile(resolve(context.cwd, output), yaml, { flag: 'wx' });
    return undefined;
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return problem('bad-input', {
      rule: 'slo.output',
      message: exists
        ? text(`${output} exists already.`, `${output} はすでに存在します。`)
        : text(`${output} cannot be written.`, `${output} に書き込めません。`),
      remedy: text(
        'Name another file, or remove that one first.',
        '別のファイル名を指定するか、先に削除してください。',
      ),
    });
  }
}

function tell(definitions: readonly Definition[], left: readonly Reason[], context: CliContext): void {
  const { language, stderr } = context;
  const paint = pc.createColors(stderr.isTerminal);
  const slos = definitions.filter(({ kind }) => kind === 'SLO').length;
  stderr.write(`${paint.bold(WORDS.carried(slos, left.length)[language])}\n`);
  stderr.write(left.map((reason) => reasonText(reason, language, stderr.isTerminal)).join(''));
  if (left.length > 0) context.exitWith(1);
}
