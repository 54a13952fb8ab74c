import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { type Configuration, loadConfigurationFile } from '#accounts';
import { type Problem, type Reason, type Result, type SourcePlace, type Text, text } from '#core-values';
import { maskSecrets } from '#platform';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { sourceLine } from './source-line.ts';

/**
 * Checks what stands beside the configuration (the policies); answers what is wrong. `configuration` is absent when the file
 * itself is refused.
 */
export type BesideCheck = (
  file: string,
  configuration: Configuration | undefined,
) => Promise<readonly Reason[]>;

/** What may be so beside a configuration that is right, and should be known. */
export type BesideNotes = (file: string, configuration: Configuration) => Promise<readonly Text[]>;

const FORMATS = ['text', 'json'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
}

const WORDS = {
  file: text(
    'the file; SEKISHO_CONFIG or ./sekisho.yaml if left out',
    '設定ファイル。省略時は SEKISHO_CONFIG、なければ ./sekisho.yaml',
  ),
  format: text('form of the output', '出力形式'),
  error: text('error', 'エラー'),
  sum: (count: number) => text(`${count} error${count === 1 ? '' : 's'}`, `エラー ${count} 件`),
  reviewsAlone: (stacks: readonly string[]) =>
    text(
      `Reviews on GitHub approve changes of production: ${stacks.join(', ')}. Whoever can make GitHub say that somebody approved can approve them (docs/reviews-as-approvals.md).`,
      `本番の変更を GitHub のレビューだけで承認できます: ${stacks.join(', ')}。「誰々が承認した」と GitHub に言わせることができる人は、誰でも承認できます(docs/reviews-as-approvals.ja.md)。`,
    ),
  fine: ({ organization }: Configuration) =>
    text(
      `${organization.accounts.length} accounts, ${organization.stacks.length} stacks, ${organization.people.length} people, ${organization.teams.length} teams`,
      `アカウント ${organization.accounts.length}、スタック ${organization.stacks.length}、メンバー ${organization.people.length}、チーム ${organization.teams.length}`,
    ),
};

/** `sekisho config check [FILE]`: exit 0 when the configuration can be put in force, 2 when it cannot. */
export const configCheckWith = (
  beside: readonly BesideCheck[],
  noting: readonly BesideNotes[] = [],
): CliCommand => ({
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('[file]', WORDS.file[language])
      .addOption(
        command.createOption('--format <format>', WORDS.format[language]).choices(FORMATS).default('text'),
      )
      .action(async (named: string | undefined, { format }: Options) => {
        const file = named ?? context.env.SEKISHO_CONFIG ?? 'sekisho.yaml';
        const path = resolve(context.cwd, file);
        const loaded = await loadConfigurationFile(path);
        const reasons = await allReasons(path, loaded, beside);
        const shown = reasons.map((reason) => withFile(reason, path, file));
        const report = format === 'json' ? asJson : asText;
        const notes = loaded.ok ? await notesOn(path, loaded.value, noting) : [];
        context.stdout.write(await report({ file, path, reasons: shown, loaded, notes, context }));
        if (reasons.length > 0) context.exitWith(2);
      });
  },
});

async function allReasons(
  path: string,
  loaded: Result<Configuration, Problem>,
  beside: readonly BesideCheck[],
): Promise<readonly Reason[]> {
  const configuration = loaded.ok ? loaded.value : undefined;
  const more = await Promise.all(beside.map((check) => check(path, configuration)));
  return [...(loaded.ok ? [] : loaded.error.reasons), ...more.flat()];
}

/** Shows the file as it was named on the command line. */
const withFile = (reason: Reason, path: string, file: string): Reason =>
  reason.place?.file === path ? { ...reason, place: { ...reason.place, file } } : reason;

interface Report {
  readonly file: string;
  readonly path: string;
  readonly reasons: readonly Reason[];
  readonly loaded: Result<Configuration, Problem>;
  readonly notes: readonly Text[];
  readonly context: CliContext;
}

/** `{version: 1, ok, file, errors[] {rule, message, remedy, file?, line?, column?}, notes[]}` */
async function asJson({ file, reasons, notes, context: { language } }: Report): Promise<string> {
  const errors = reasons.map(({ rule, message, remedy, place }) => ({
    rule,
    message: message[language],
    remedy: remedy[language],
    ...place,
  }));
  const said = notes.map((words) => words[language]);
  return `${JSON.stringify({ version: 1, ok: reasons.length === 0, file, errors, notes: said }, null, 2)}\n`;
}

async function asText(report: Report): Promise<string> {
  const { file, path, reasons, loaded, context } = report;
  const paint = pc.createColors(context.stdout.isTerminal);
  if (reasons.length === 0 && loaded.ok) {
    const fine = `${paint.green('✓')} ${file}: ${WORDS.fine(loaded.value)[context.language]}\n`;
    const notes = report.notes.map((words) => `${paint.yellow('!')} ${words[context.language]}\n`);
    return [fine, ...notes].join('');
  }
  const lines = await linesOf(path);
  const shown = reasons.map((reason) => reasonText(reason, file, lines, context));
  return `${shown.join('\n')}\n${paint.red(`✗ ${file}: ${WORDS.sum(reasons.length)[context.language]}`)}\n`;
}

/** What may be so, and should be known. */
async function notesOn(
  file: string,
  configuration: Configuration,
  noting: readonly BesideNotes[],
): Promise<readonly Text[]> {
  const beside = await Promise.all(noting.map((notes) => notes(file, configuration)));
  return [...notesOnReviews(configuration), ...beside.flat()];
}

function notesOnReviews({ organization }: Configuration): readonly Text[] {
  const stacks = organization.stacks
    .filter(
      ({ account, approval }) => account.environment === 'production' && approval.accept.includes('review'),
    )
    .map(({ name }) => name);
  return stacks.length === 0 ? [] : [WORDS.reviewsAlone(stacks)];
}

/** None where the file is unreadable: then there is nothing to show either. */
async function linesOf(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/);
  } catch {
    return [];
  }
}

function reasonText(reason: Reason, file: string, lines: readonly string[], context: CliContext): string {
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const { place } = reason;
  const head = `${paint.bold(`${placeText(place, file)}:`)} ${paint.red(WORDS.error[language])} ${reason.message[language]} ${paint.dim(`[${reason.rule}]`)}`;
  const remedy = `  → ${reason.remedy[language]}`;
  const line = place?.file === file && place.line !== undefined ? lines[place.line - 1] : undefined;
  if (line === undefined || place?.line === undefined) return `${head}\n${remedy}\n`;
  // Somebody may have written a secret into the file; the terminal's log need not keep it.
  const source = sourceLine(maskSecrets(line), place.line, place.column ?? 1, stdout.columns);
  return `${head}\n${paint.dim(source.text)}\n${paint.red(source.caret)}\n${remedy}\n`;
}

const placeText = (place: SourcePlace | undefined, file: string): string =>
  [place?.file ?? file, place?.line, place?.column].filter((part) => part !== undefined).join(':');
