import { Command, CommanderError, Help } from 'commander';
import { type Language, text } from '#core-values';
import type { CliCommandEntry } from './command.ts';
import type { CliContext, ExitCode } from './context.ts';

const ABOUT = text(
  'A checkpoint for a team’s AWS accounts: strong, short-lived permissions, released only for the one plan that people approved.',
  'チームの AWS アカウントのための関所。強い権限を、承認されたそのプランのためだけに、短時間だけ渡します。',
);

const GROUPS: Readonly<Record<string, { readonly en: string; readonly ja: string }>> = {
  config: text('Check the configuration', '設定を検査する'),
  policy: text('Test and explain the policy', 'ポリシーを検証・説明する'),
  audit: text('Read, verify and export the audit log', '監査ログを読む・検証する・書き出す'),
  ci: text('What a CI job calls', 'CI ジョブが呼ぶコマンド'),
  grants: text('Look at grants and revoke them', '発行した権限の一覧と取り消し'),
};

/**
 * Runs one command line.
 * Only the command that is called is loaded: help lists the others by their summaries.
 */
export async function runProgram(
  argv: readonly string[],
  entries: readonly CliCommandEntry[],
  context: CliContext,
  version: string,
): Promise<void> {
  const program = namedCommand('sekisho', context)
    .description(ABOUT[context.language])
    // `exec` passes everything behind its command through.
    .enablePositionalOptions();
  program.version(version, '-V, --version', text('Print the version', 'バージョンを表示')[context.language]);
  const called = calledEntry(argv, entries);
  for (const entry of entries) {
    const command = placeOf(program, entry, context);
    command.description(entry.summary[context.language]);
    if (entry === called) (await entry.load()).configure(command, context);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) context.exitWith(USAGE_ERROR);
  }
}

const USAGE_ERROR: ExitCode = 2;

function calledEntry(
  argv: readonly string[],
  entries: readonly CliCommandEntry[],
): CliCommandEntry | undefined {
  const words = argv.filter((word) => word !== 'help' || argv.indexOf(word) > 0);
  const asked = argv[0] === 'help' ? argv.slice(1) : words;
  return entries.find(({ path }) => path.every((word, index) => asked[index] === word));
}

/** `audit verify` hangs below `audit`, which is made when first needed. */
function placeOf(program: Command, entry: CliCommandEntry, context: CliContext): Command {
  let parent = program;
  for (const word of entry.path.slice(0, -1)) {
    const known = parent.commands.find((command) => command.name() === word);
    const group = known ?? namedCommand(word, context);
    if (known === undefined) {
      const about = GROUPS[word];
      if (about !== undefined) group.description(about[context.language]);
      parent.addCommand(group);
    }
    parent = group;
  }
  const command = namedCommand(entry.path.at(-1) ?? '', context);
  parent.addCommand(command);
  return command;
}

function namedCommand(name: string, context: CliContext): Command {
  const command = new Command(name)
    .exitOverride()
    .showHelpAfterError(text('(see --help for what it takes)', '(使い方は --help を参照)')[context.language])
    .helpOption('-h, --help', text('Show help', 'ヘルプを表示')[context.language])
    .helpCommand(false)
    .configureOutput({
      writeOut: (words) => context.stdout.write(words),
      writeErr: (words) => context.stderr.write(words),
      getOutHelpWidth: () => context.stdout.columns,
      getErrHelpWidth: () => context.stderr.columns,
      getOutHasColors: () => context.stdout.isTerminal,
      getErrHasColors: () => context.stderr.isTerminal,
    });
  command.createHelp = () => Object.assign(new Help(), { styleTitle: titleStyle(context.language) });
  return command;
}

const TITLES_JA: Readonly<Record<string, string>> = {
  'Usage:': '使い方:',
  'Arguments:': '引数:',
  'Options:': 'オプション:',
  'Commands:': 'コマンド:',
  'Global Options:': '共通オプション:',
};

const titleStyle =
  (language: Language) =>
  (title: string): string =>
    language === 'ja' ? (TITLES_JA[title] ?? title) : title;
