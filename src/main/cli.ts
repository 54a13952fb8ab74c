import {
  type CliCommandEntry,
  type CliContext,
  type CliOutput,
  COMMANDS,
  chosenLanguage,
  failUnexpectedly,
  failWith,
  runProgram,
} from '#cli';
import { epochMs, languageOf, text } from '#core-values';
import packageJson from '../../package.json' with { type: 'json' };

/** Not in `cli/`: it is the one command that needs every room. */
const SERVE: CliCommandEntry = {
  path: ['serve'],
  examples: ['sekisho serve --config /etc/sekisho/sekisho.yaml --data /var/lib/sekisho'],
  summary: text('Run the server', 'サーバーを起動する'),
  load: async () => (await import('./serve.ts')).serve,
};

const INTERRUPTED = 130;

let exitCode = 0;

const { env } = process;

const output = (stream: NodeJS.WriteStream): CliOutput => ({
  write: (words) => {
    stream.write(words);
  },
  // https://no-color.org: set and not empty, whatever its value.
  isTerminal: (stream.isTTY && !env.NO_COLOR && env.TERM !== 'dumb') || env.FORCE_COLOR === '1',
  // A terminal of no width (a serial line, a broken pty) says 0.
  columns: stream.columns || 80,
});

/** Ctrl-C and Ctrl-D at the question end the command: nothing was answered. */
async function ask(question: string): Promise<string> {
  // Loaded here, because few commands ask.
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string>((resolve) => {
      terminal.once('SIGINT', () => {
        process.stderr.write('\n');
        process.exit(INTERRUPTED);
      });
      terminal.once('close', () => resolve(''));
      void terminal.question(question).then(resolve);
    });
  } finally {
    terminal.close();
  }
}

// A reader that closes early (`| head`) is no error of ours, and no reason to end: an apply must still report.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

const chosen = chosenLanguage(process.argv.slice(2), env);

const context: CliContext = {
  env,
  cwd: process.cwd(),
  language: chosen.ok ? chosen.value.language : languageOf(env.SEKISHO_LANG, env.LC_ALL, env.LANG),
  ...(process.stdin.isTTY ? { ask } : {}),
  onTerminal: [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY),
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  clock: { now: () => epochMs(Date.now()) },
  exitWith: (code) => {
    exitCode = code;
  },
};

async function unexpected(error: unknown): Promise<void> {
  await failUnexpectedly(context, error, packageJson.version);
  process.exit(exitCode);
}

process.on('uncaughtException', (error) => void unexpected(error));

try {
  if (chosen.ok) {
    await runProgram(chosen.value.rest, [...COMMANDS, SERVE], context, packageJson.version);
  } else failWith(context, chosen.error);
  process.exitCode = exitCode;
} catch (error) {
  await unexpected(error);
}
