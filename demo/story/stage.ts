import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import type { Language, Text } from '../../src/core-values/index.ts';
import type { PersonOfShop } from '../people.ts';
import { SEKISHO } from '../server-process.ts';
import type { RunnerJob, World } from '../world.ts';

/** What a `sekisho` command did. */
export interface Outcome {
  readonly exitCode: number;
  readonly output: string;
  /** The whole output. */
  readonly logFile: string;
}

/** A command that goes on in the background. */
export interface Begun {
  readonly ended: Promise<Outcome>;
  /** SIGTERM; `ended` then tells how it took it. */
  stop(): void;
}

/** Where the story is played: it runs commands as people and CI jobs run them, and tells what happens. */
export interface Stage {
  readonly world: World;
  readonly url: string;
  /** For files of the story’s own. */
  readonly directory: string;
  /** Commands of a CI job, in its folder and environment. */
  ci(job: RunnerJob, ...args: readonly string[]): Promise<Outcome>;
  /** The same, going on while the story goes on. */
  begin(job: RunnerJob, ...args: readonly string[]): Begun;
  /** Commands of a person, with the person's own key. */
  person(name: PersonOfShop, ...args: readonly string[]): Promise<Outcome>;
  say(words: Text): void;
  /** A fact that must hold for the story to go on as told. */
  expect(holds: boolean, words: Text, outcome?: Outcome): void;
  /** The command must have been refused by this rule; shows the reasons as the user saw them. */
  expectRefusal(outcome: Outcome, rule: string, words: Text): void;
}

/** The story did not go as told. */
export class StoryBroken extends Error {}

export interface StageOptions {
  readonly world: World;
  readonly url: string;
  readonly directory: string;
  readonly language: Language;
  readonly print: (line: string) => void;
  readonly color: boolean;
}

const DENIED = 3;

export async function openStage(options: StageOptions): Promise<Stage> {
  const { world, url, language, print } = options;
  const paint = pc.createColors(options.color);
  const logs = join(options.directory, 'commands');
  await mkdir(logs, { recursive: true });
  let count = 0;
  const begin = (
    who: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cwd: string,
  ): Begun => {
    count += 1;
    print(paint.dim(`   ${who} $ sekisho ${args.join(' ')}`));
    const logFile = join(logs, `${String(count).padStart(2, '0')}-${args.slice(0, 2).join('-')}.log`);
    const captured = capture(args, { ...env, SEKISHO_URL: url, SEKISHO_LANG: language }, cwd);
    const kept = async (): Promise<Outcome> => {
      const { exitCode, output } = await captured.ended;
      await writeFile(logFile, output);
      return { exitCode, output, logFile };
    };
    return { ended: kept(), stop: captured.stop };
  };
  const broken = (words: Text, outcome: Outcome | undefined): never => {
    print(`   ${paint.red('✗')} ${words[language]}`);
    const seen =
      outcome === undefined
        ? ''
        : `\n${outcome.output.slice(-3_000)}\n(${outcome.logFile}, exit code ${outcome.exitCode})`;
    throw new StoryBroken(`${words[language]}${seen}`);
  };
  return {
    world,
    url,
    directory: options.directory,
    ci: (job, ...args) => begin('CI   ', args, job.env, job.directory).ended,
    begin: (job, ...args) => begin('CI   ', args, job.env, job.directory),
    person: (name, ...args) =>
      begin(name.padEnd(6).slice(0, 6), args, personEnvironment(options, name), options.directory).ended,
    say: (words) => print(`   ${words[language]}`),
    expect: (holds, words, outcome) => {
      if (!holds) broken(words, outcome);
      print(`   ${paint.green('✓')} ${words[language]}`);
    },
    expectRefusal: (outcome, rule, words) => {
      if (outcome.exitCode !== DENIED || !outcome.output.includes(`[${rule}]`)) broken(words, outcome);
      print(`   ${paint.green('✓')} ${words[language]}`);
      for (const line of reasonLines(outcome.output)) print(paint.yellow(`     ${line}`));
    },
  };
}

/** The reasons of a refusal, as printed: a bullet each, and its remedy. */
const reasonLines = (output: string): readonly string[] => {
  const lines = output.split('\n');
  const start = lines.findLastIndex((line) => line.startsWith('✗'));
  return start === -1
    ? []
    : lines
        .slice(start + 1)
        .filter((line) => /^ {2}• | {4}→ /.test(line))
        .map((line) => line.slice(2));
};

const personEnvironment = (
  { world, directory }: StageOptions,
  name: PersonOfShop,
): Readonly<Record<string, string>> => ({
  PATH: process.env.PATH ?? '',
  HOME: join(directory, 'homes', name),
  SEKISHO_SSH_KEY: world.people[name].keyFile,
});

function capture(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): { readonly ended: Promise<Omit<Outcome, 'logFile'>>; stop(): void } {
  const child = spawn(SEKISHO, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<Omit<Outcome, 'logFile'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? 128, output }));
  });
  return { ended, stop: () => void child.kill('SIGTERM') };
}

const PLAN_ID = /pln_[0-9a-f-]{36}/;

/** The id of the plan that a command printed. */
export function planIdIn({ output }: Outcome): string {
  const found = PLAN_ID.exec(output)?.[0];
  if (found === undefined) throw new StoryBroken(`No plan id was printed:\n${output.slice(-3_000)}`);
  return found;
}
