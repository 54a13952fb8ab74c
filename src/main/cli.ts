import { createInterface } from 'node:readline/promises';
import { type CliCommandEntry, type CliContext, type CliOutput, COMMANDS, runProgram } from '#cli';
import { epochMs, languageOf, text } from '#core-values';
import packageJson from '../../package.json' with { type: 'json' };

/** Not in `cli/`: it is the one command that needs every room. */
const SERVE: CliCommandEntry = {
  path: ['serve'],
  summary: text('Run the server', 'サーバーを起動する'),
  load: async () => (await import('./serve.ts')).serve,
};

let exitCode = 0;

const { env } = process;

const output = (stream: NodeJS.WriteStream): CliOutput => ({
  write: (words) => {
    stream.write(words);
  },
  isTerminal: (stream.isTTY && env.NO_COLOR === undefined) || env.FORCE_COLOR === '1',
  columns: stream.columns ?? 80,
});

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** `--lang ja` anywhere before `--`, then the environment. */
function takeLanguage(argv: readonly string[]): {
  readonly language: string | undefined;
  readonly rest: string[];
} {
  const end = argv.indexOf('--') === -1 ? argv.length : argv.indexOf('--');
  const at = argv.slice(0, end).indexOf('--lang');
  if (at === -1) return { language: undefined, rest: [...argv] };
  return { language: argv[at + 1], rest: [...argv.slice(0, at), ...argv.slice(at + 2)] };
}

const { language, rest } = takeLanguage(process.argv.slice(2));

const context: CliContext = {
  env,
  cwd: process.cwd(),
  language: languageOf(language, env.SEKISHO_LANG, env.LC_ALL, env.LC_MESSAGES, env.LANG),
  ...(process.stdin.isTTY ? { ask } : {}),
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  clock: { now: () => epochMs(Date.now()) },
  exitWith: (code) => {
    exitCode = code;
  },
};

// A reader that closes early (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode);
  throw error;
});

await runProgram(rest, [...COMMANDS, SERVE], context, packageJson.version);
process.exitCode = exitCode;
