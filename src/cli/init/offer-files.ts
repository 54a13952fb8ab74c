import pc from 'picocolors';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { WrittenFile } from '#credentials/core';
import { visible } from '#plan';
import type { CliContext } from '../context.ts';
import { leadsOut, linkOut } from './links-out.ts';
import type { Choice, Prompter } from './prompter.ts';
import { compared, type FileChange, writeAll } from './write-files.ts';

export const INTERRUPTED_EXIT = 130;

export interface OfferOptions {
  readonly context: CliContext;
  readonly prompter?: Prompter;
  readonly isDryRun: boolean;
  /** `--yes`: writes what is new without asking. */
  readonly writesNew: boolean;
  /** `--overwrite`: also what is there and differs. */
  readonly overwrites: boolean;
}

/** Shows each file beside what is there, asks, and writes what was agreed to: everything at once, or nothing. */
export async function offerFiles(
  root: string,
  files: readonly WrittenFile[],
  options: OfferOptions,
): Promise<Result<readonly FileChange[], Problem>> {
  const { context, isDryRun } = options;
  for (const { path } of files) {
    const link = await linkOut(root, path);
    if (link !== undefined) return err(problem('bad-input', leadsOut(link)));
  }
  const changes = await compared(root, files);
  context.stdout.write(changes.map((change) => changeText(change, context, isDryRun)).join(''));
  if (isDryRun) {
    context.stdout.write(`${WORDS.dryRun[context.language]}\n`);
    return ok([]);
  }
  if (options.prompter === undefined && !options.writesNew && !options.overwrites) return err(NOBODY);
  const agreed = await agreedTo(changes, options);
  if (agreed === undefined) return err(NOT_WRITTEN);
  await writeAll(root, agreed);
  for (const { path } of agreed) context.stdout.write(`${WORDS.written(path)[context.language]}\n`);
  for (const { path } of changes.filter((one) => one.kind === 'changed' && !agreed.includes(one)))
    context.stdout.write(`${WORDS.kept(path)[context.language]}\n`);
  return ok(agreed);
}

/** `undefined` after Ctrl-C. */
async function agreedTo(
  changes: readonly FileChange[],
  { prompter, overwrites, context }: OfferOptions,
): Promise<readonly FileChange[] | undefined> {
  const { language } = context;
  const fresh = changes.filter(({ kind }) => kind === 'new');
  const changed = changes.filter(({ kind }) => kind === 'changed');
  if (prompter === undefined) return [...fresh, ...(overwrites ? changed : [])];
  const agreed: FileChange[] = [];
  if (fresh.length > 0) {
    const answer = await aboutNew(fresh, prompter, context);
    if (answer === undefined) return undefined;
    if (answer === 'write') agreed.push(...fresh);
  }
  for (const change of changed) {
    const yes = await prompter.confirm({
      message: WORDS.overwrite(change.path)[language],
      suggestion: false,
    });
    if (yes === undefined) return undefined;
    if (yes) agreed.push(change);
  }
  return agreed;
}

/** `show` shows them in full, and asks again. */
async function aboutNew(
  fresh: readonly FileChange[],
  prompter: Prompter,
  context: CliContext,
): Promise<string | undefined> {
  const message = WORDS.writeNew(fresh.length)[context.language];
  const answer = await prompter.select({ message, choices: ABOUT_NEW, suggestion: 'write' });
  if (answer !== 'show') return answer;
  context.stdout.write(fresh.map((change) => changeText(change, context, true)).join(''));
  const [write, , leave] = ABOUT_NEW;
  return prompter.select({ message, choices: [write, leave], suggestion: 'write' });
}

const ABOUT_NEW = [
  { value: 'write', label: text('write them', '書き込む') },
  { value: 'show', label: text('show them first', '先に内容を表示する') },
  { value: 'leave', label: text('write none of them', '書き込まない') },
] as const satisfies readonly Choice[];

function changeText(
  { kind, path, text: words, diff }: FileChange,
  { language, stdout }: CliContext,
  isInFull: boolean,
): string {
  const paint = pc.createColors(stdout.isTerminal);
  if (kind === 'same') return `${paint.dim(WORDS.same(path)[language])}\n`;
  if (diff === undefined) {
    const lines = words.trimEnd().split('\n');
    const head = `${paint.green(`+ ${path}`)} ${paint.dim(WORDS.isNew(lines.length)[language])}\n`;
    return isInFull ? `${head}${lines.map((line) => `${paint.green(`+${line}`)}\n`).join('')}\n` : head;
  }
  // What is there may hold anything; a terminal is not told by it what to do.
  const shown = (line: string): string => line.split('\t').map(visible).join('\t');
  const painted = diff
    .split('\n')
    .slice(1)
    .map(shown)
    .map((line) =>
      line.startsWith('+') ? paint.green(line) : line.startsWith('-') ? paint.red(line) : line,
    );
  return `${paint.yellow(`~ ${path}`)}\n${painted.join('\n')}\n`;
}

const WORDS = {
  isNew: (lines: number) => text(`(new, ${lines} lines)`, `(新規、${lines} 行)`),
  same: (path: string) => text(`= ${path} (as it is)`, `= ${path}(変更なし)`),
  dryRun: text('Nothing was written (--dry-run).', '何も書き込んでいません(--dry-run)。'),
  writeNew: (count: number) =>
    text(`Write ${count} new file${count === 1 ? '' : 's'}?`, `新しいファイル ${count} 件を書き込みますか?`),
  overwrite: (path: string) =>
    text(
      `${path} is there and differs, as shown. Replace it?`,
      `${path} は既にあり、上の差分があります。置き換えますか?`,
    ),
  written: (path: string) => text(`✓ ${path}`, `✓ ${path}`),
  kept: (path: string) =>
    text(
      `· ${path} was left as it is (--overwrite replaces it)`,
      `· ${path} はそのままにしました(置き換えるには --overwrite)`,
    ),
} as const;

const NOBODY: Problem = problem('bad-input', {
  rule: 'init.nobody-to-ask',
  message: text(
    'Everything is answered, but nobody is there to agree to what would be written.',
    '回答はそろいましたが、書き込みを確認できる端末がありません。',
  ),
  remedy: text(
    'Add --yes to write what is new (--overwrite: also what is there), or run it in a terminal.',
    '新しいファイルを書き込むには --yes(既存ファイルも置き換えるには --overwrite)を付けるか、端末で実行してください。',
  ),
});

const NOT_WRITTEN: Problem = problem('bad-input', {
  rule: 'init.interrupted',
  message: text('Interrupted: no file was written.', '中断しました。ファイルは書き込んでいません。'),
  remedy: text(
    'Run `sekisho init` again: every answer was kept.',
    'もう一度 `sekisho init` を実行してください。回答はすべて保存されています。',
  ),
});
