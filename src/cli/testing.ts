import { Command } from 'commander';
import { epochMs } from '#core-values';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';

/** What a command wrote, and how it ended. */
export interface Said {
  out: string;
  err: string;
  /** Both, in the order in which they were written. */
  both: string;
  /** 0 where the command did not say. */
  exit: number;
}

/** A context of a machine with nothing on it, 80 columns wide, whose clock stands at 0; what is written to it is kept. */
export function listeningContext(given: Partial<CliContext> = {}): { context: CliContext; said: Said } {
  const said: Said = { out: '', err: '', both: '', exit: 0 };
  const output = (to: 'out' | 'err') => ({
    write: (words: string) => {
      said[to] += words;
      said.both += words;
    },
    isTerminal: false,
    columns: 80,
  });
  const context: CliContext = {
    env: {},
    cwd: '/nowhere',
    language: 'en',
    stdout: output('out'),
    stderr: output('err'),
    clock: { now: () => epochMs(0) },
    exitWith: (code) => {
      said.exit = code;
    },
    ...given,
  };
  return { context, said };
}

/** Runs one command with what follows its name on the line. */
export async function runCommand(
  command: CliCommand,
  argv: readonly string[],
  given: Partial<CliContext> = {},
): Promise<Said> {
  const { context, said } = listeningContext(given);
  const parsed = new Command('test').exitOverride().configureOutput({ writeErr: context.stderr.write });
  command.configure(parsed, context);
  await parsed.parseAsync([...argv], { from: 'user' });
  return said;
}
