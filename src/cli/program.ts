import { Command, CommanderError, type Option } from 'commander';
import { text } from '#core-values';
import type { CliCommandEntry } from './command.ts';
import type { CliContext } from './context.ts';
import { epilogue, examples, LANGUAGE_OPTION, localizedHelp } from './help.ts';
import { failWith } from './problem-text.ts';

const ABOUT = text(
  'A checkpoint for a team’s AWS accounts: strong, short-lived permissions, released only for the one plan that people approved.',
  'チームの AWS アカウントのための関所。強い権限を、承認されたそのプランのためだけに、短時間だけ渡します。',
);

const GROUPS: Readonly<Record<string, { readonly en: string; readonly ja: string }>> = {
  config: text('Check the configuration', '設定を検査する'),
  policy: text('Test and explain the policy', 'ポリシーを検証・説明する'),
  audit: text('Read, verify and export the audit log', '監査ログを読む・検証する・書き出す'),
  encryption: text('Look after the encryption keys', '暗号鍵を管理する'),
  ci: text('What a CI job calls', 'CI ジョブが呼ぶコマンド'),
  grants: text('Look at grants and revoke them', 'グラントの一覧と取り消し'),
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
  let refusedIn = 'sekisho';
  const named = (name: string): Command =>
    namedCommand(name, context, (command) => {
      refusedIn = fullName(command);
    });
  const program = named('sekisho')
    .description(ABOUT[context.language])
    .option(LANGUAGE_OPTION.flags, LANGUAGE_OPTION.about[context.language])
    .addHelpText('after', `\n${epilogue(context.language)}`)
    // `exec` passes everything behind its command through.
    .enablePositionalOptions();
  program.version(version, '-V, --version', text('print the version', 'バージョンを表示')[context.language]);
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  // `stacks unlock` is another command than `stacks`.
  const called = entries
    .filter(({ path }) => path.every((word, index) => words[index] === word))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  for (const entry of entries) {
    const command = placeOf(program, entry, context, named);
    command.description(entry.summary[context.language]);
    if (entry === called) {
      (await entry.load()).configure(command, context);
      if (entry.examples !== undefined)
        command.addHelpText('after', examples(context.language, entry.examples));
    }
  }
  try {
    await program.parseAsync(refusingUnknown(words, program), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) await refuse(error, program, refusedIn, context);
  }
}

async function refuse(
  error: CommanderError,
  program: Command,
  refusedIn: string,
  context: CliContext,
): Promise<void> {
  // A group without a command: its help has been shown.
  if (error.code === 'commander.help') return context.exitWith(2);
  const { usageProblem } = await import('./usage-problem.ts');
  const command = commandAt(program, refusedIn.split(' ').slice(1));
  const long = ({ options }: Command): string[] => options.map((option: Option) => option.long ?? '');
  failWith(
    context,
    usageProblem({
      error,
      command: refusedIn,
      commands: command.commands.map((below) => below.name()),
      options: [...long(command), '--lang', '--help'],
    }),
  );
}

/** Help of a command that does not exist would be that of its group, as if all were well. */
function refusingUnknown(words: readonly string[], program: Command): readonly string[] {
  let at = program;
  for (const word of words) {
    if (word.startsWith('-') || at.commands.length === 0) break;
    const next = at.commands.find((command) => command.name() === word);
    if (next === undefined) return words.filter((other) => other !== '--help' && other !== '-h');
    at = next;
  }
  return words;
}

const commandAt = (program: Command, path: readonly string[]): Command =>
  path.reduce((command, word) => command.commands.find((below) => below.name() === word) ?? command, program);

const fullName = (command: Command): string =>
  command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;

/** `audit verify` hangs below `audit`, which is made when first needed. */
function placeOf(
  program: Command,
  entry: CliCommandEntry,
  context: CliContext,
  named: (name: string) => Command,
): Command {
  let parent = program;
  for (const word of entry.path.slice(0, -1)) {
    const known = parent.commands.find((command) => command.name() === word);
    const group = known ?? named(word);
    if (known === undefined) {
      const about = GROUPS[word];
      if (about !== undefined) group.description(about[context.language]);
      parent.addCommand(group);
    }
    parent = group;
  }
  const command = named(entry.path.at(-1) ?? '');
  parent.addCommand(command);
  return command;
}

function namedCommand(name: string, context: CliContext, refusing: (command: Command) => void): Command {
  const command = new Command(name)
    .exitOverride()
    .helpOption('-h, --help', text('show help', 'ヘルプを表示')[context.language])
    .helpCommand(false)
    .configureOutput({
      writeOut: (words) => context.stdout.write(words),
      writeErr: (words) => context.stderr.write(words),
      // Said in the user's language instead, by `refuse`.
      outputError: () => refusing(command),
      getOutHelpWidth: () => context.stdout.columns,
      getErrHelpWidth: () => context.stderr.columns,
      getOutHasColors: () => context.stdout.isTerminal,
      getErrHasColors: () => context.stderr.isTerminal,
    });
  command.createHelp = () => localizedHelp(context.language);
  return command;
}
