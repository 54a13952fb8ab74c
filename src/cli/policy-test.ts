import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { err, ok, type Problem, type Result, text } from '#core-values';
import {
  type CaseVerdict,
  judgeCase,
  type PolicySet,
  policyFolderBeside,
  readCases,
  readPolicyFolder,
} from '#policy';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';

const WORDS = {
  folder: text(
    'folder of *.cedar files with a folder of cases in it; ./policies, else the shipped policies',
    '*.cedar とケースのフォルダーを含むフォルダー。省略時は ./policies、なければ付属のポリシー',
  ),
  cases: text('folder of cases; FOLDER/cases if left out', 'ケースのフォルダー。省略時は FOLDER/cases'),
  differs: (what: string, expected: string, actual: string) =>
    text(`${what}: expected ${expected}, got ${actual}`, `${what}: 期待値 ${expected}、実際 ${actual}`),
  sum: (passed: number, all: number) =>
    text(`${passed} of ${all} cases as expected.`, `${all} 件中 ${passed} 件が期待どおりです。`),
};

export interface JudgedCase {
  readonly file: string;
  readonly name: string;
  readonly verdict: CaseVerdict;
}

/** `sekisho policy test [DIR]`: exit 0 when every case is as expected, 1 when one is not, 2 when something cannot be read. */
export const policyTest: CliCommand = {
  configure(command: Command, context: CliContext): void {
    command
      .argument('[folder]', WORDS.folder[context.language])
      .option('--cases <folder>', WORDS.cases[context.language])
      .action(async (folder: string | undefined, options: { readonly cases?: string }) => {
        const judged = await judgeFolder(
          folder === undefined ? await policyFolderBeside(context.cwd) : resolve(context.cwd, folder),
          context.cwd,
          options.cases,
        );
        if (!judged.ok) return failWith(context, judged.error);
        context.stdout.write(report(judged.value, context));
        context.exitWith(judged.value.every(({ verdict }) => verdict.passed) ? 0 : 1);
      });
  },
};

async function judgeFolder(
  folder: string,
  cwd: string,
  casesFolder: string | undefined,
): Promise<Result<readonly JudgedCase[], Problem>> {
  const set = await readPolicyFolder(folder);
  if (!set.ok) return set;
  const cases = await readCases(
    casesFolder === undefined ? join(folder, 'cases') : resolve(cwd, casesFolder),
  );
  if (!cases.ok) return cases;
  return judgeAll(set.value, cases.value);
}

function judgeAll(
  set: PolicySet,
  cases: readonly { readonly file: string; readonly case: Parameters<typeof judgeCase>[1] }[],
): Result<readonly JudgedCase[], Problem> {
  const judged: JudgedCase[] = [];
  for (const { file, case: policyCase } of cases) {
    const verdict = judgeCase(set, policyCase);
    if (!verdict.ok) return err(inFile(verdict.error, file));
    judged.push({ file, name: policyCase.name, verdict: verdict.value });
  }
  return ok(judged);
}

const inFile = ({ code, reasons: [first, ...more] }: Problem, file: string): Problem => ({
  code,
  reasons: [{ ...first, place: { file } }, ...more],
});

function report(judged: readonly JudgedCase[], context: CliContext): string {
  const paint = pc.createColors(context.stdout.isTerminal);
  const lines = judged.flatMap(({ file, name, verdict }) => [
    verdict.passed
      ? `${paint.green('✓')} ${name} ${paint.dim(`(${file})`)}`
      : `${paint.red('✗')} ${paint.bold(name)} ${paint.dim(`(${file})`)}`,
    ...verdict.differences.map(
      ({ what, expected, actual }) => `    ${WORDS.differs(what, expected, actual)[context.language]}`,
    ),
    ...(verdict.passed
      ? []
      : verdict.decision.reasons.map(({ message, rule }) => `    • ${message[context.language]} [${rule}]`)),
  ]);
  const passed = judged.filter(({ verdict }) => verdict.passed).length;
  return `${[...lines, '', WORDS.sum(passed, judged.length)[context.language]].join('\n')}\n`;
}
