import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { type StepLog, stepLog } from './commands.ts';

/*
 * A stand-in for GitHub's runner: runs an action as the runner does (src/Runner.Worker/Handlers/NodeScriptActionHandler.cs and
 * src/Runner.Sdk/ProcessInvoker.cs of actions/runner), inputs, command files, masks, cancelling and the step's end.
 */

const actionFile = z.object({
  inputs: z.record(
    z.string(),
    z.object({ default: z.string().optional(), required: z.boolean().optional() }),
  ),
  outputs: z.record(z.string(), z.object({ description: z.string() })),
  runs: z.object({ using: z.literal('node24'), main: z.string(), post: z.string().optional() }),
});

export interface ActionStep {
  /** The action's folder, with its `action.yml`. */
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What the job sees: `GITHUB_*`, `ACTIONS_*`, PATH and whatever the workflow sets. */
  readonly env: Readonly<Record<string, string>>;
  /** The event that began the run, as GitHub delivers it. */
  readonly event: object;
  /** The job's masks; given on from step to step. */
  readonly masks?: Set<string>;
}

export interface StepOutcome {
  readonly exitCode: number;
  /** What people see of it. */
  readonly log: StepLog;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What the step would give all later steps. */
  readonly forLaterSteps: string;
}

export interface RunningStep {
  readonly process: ChildProcess;
  readonly log: StepLog;
  readonly ended: Promise<StepOutcome>;
  /** As when somebody cancels the run: SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL. */
  cancel(): Promise<void>;
}

const SIGTERM_AFTER_MS = 7_500;
const SIGKILL_AFTER_MS = 2_500;

/** Starts the action's `main`. */
export const startStep = (step: ActionStep): RunningStep => start(step, 'main', {});

/** Runs the action's `post`, with the state that `main` left. */
export const endStep = (step: ActionStep, { state }: Pick<StepOutcome, 'state'>): RunningStep =>
  start(
    step,
    'post',
    Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
  );

const FILES = {
  OUTPUT: 'output',
  STATE: 'state',
  STEP_SUMMARY: 'summary',
  ENV: 'env',
  PATH: 'path',
} as const;

function start(
  step: ActionStep,
  stage: 'main' | 'post',
  state: Readonly<Record<string, string>>,
): RunningStep {
  const { inputs, runs } = actionFile.parse(parse(readFileSync(join(step.action, 'action.yml'), 'utf8')));
  const unknown = Object.keys(step.inputs).filter((name) => !(name in inputs));
  if (unknown.length > 0) throw new Error(`The action has no input ${unknown.join(', ')}.`);
  const temporary = step.env.RUNNER_TEMP ?? '';
  const files = commandFiles(join(temporary, '_runner_file_commands'));
  const event = join(temporary, `event-${randomUUID()}.json`);
  writeFileSync(event, JSON.stringify(step.event));
  const env = {
    ...step.env,
    ...state,
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, { default: usual = '' }]) => [
        `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
        step.inputs[name] ?? usual,
      ]),
    ),
    ...Object.fromEntries(Object.entries(files).map(([name, file]) => [`GITHUB_${name}`, file])),
    ...{
      GITHUB_EVENT_PATH: event,
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      RUNNER_TRACKING_ID: `github_${randomUUID()}`,
    },
    ...{ ACTIONS_RUNTIME_TOKEN: 'runtime-token-of-the-job', ACTIONS_RUNTIME_URL: 'http://127.0.0.1:9/' },
  };
  const script = join(step.action, stage === 'main' ? runs.main : (runs.post ?? ''));
  const child = spawn(process.execPath, [script], {
    cwd: step.env.GITHUB_WORKSPACE,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end();
  const log = stepLog(step.masks ?? new Set());
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', log.line);
  return { process: child, log, ended: outcomeOf(child, log, files), cancel: () => cancel(child) };
}

type CommandFiles = Readonly<Record<keyof typeof FILES, string>>;

function commandFiles(folder: string): CommandFiles {
  mkdirSync(folder, { recursive: true });
  const make = (name: string): string => {
    const file = join(folder, `${name}_${randomUUID()}`);
    writeFileSync(file, '');
    return file;
  };
  const { OUTPUT, STATE, STEP_SUMMARY, ENV, PATH } = FILES;
  return {
    ...{ OUTPUT: make(OUTPUT), STATE: make(STATE), STEP_SUMMARY: make(STEP_SUMMARY) },
    ...{ ENV: make(ENV), PATH: make(PATH) },
  };
}

async function outcomeOf(child: ChildProcess, log: StepLog, files: CommandFiles): Promise<StepOutcome> {
  const [code, signal]: readonly [number | null, NodeJS.Signals | null] = await new Promise((resolve) =>
    child.once('close', (...how) => resolve(how)),
  );
  const read = (name: keyof typeof FILES): string => readFileSync(files[name], 'utf8');
  return {
    exitCode: code ?? (signal === 'SIGKILL' ? 137 : 143),
    log,
    outputs: pairsIn(read('OUTPUT')),
    state: pairsIn(read('STATE')),
    summary: read('STEP_SUMMARY'),
    forLaterSteps: read('ENV') + read('PATH'),
  };
}

/** `name=value` lines, and `name<<END` blocks. */
function pairsIn(words: string): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {};
  const lines = words.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, name = '', end] = /^([^=<]+)<<(.+)$/.exec(lines[at] ?? '') ?? [];
    if (end === undefined) {
      const [, key = '', value = ''] = /^([^=]+)=(.*)$/.exec(lines[at] ?? '') ?? [];
      if (key !== '') pairs[key] = value;
      continue;
    }
    const until = lines.indexOf(end, at);
    pairs[name] = lines.slice(at + 1, until).join('\n');
    at = until;
  }
  return pairs;
}

async function cancel(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  if (await within(gone, SIGTERM_AFTER_MS)) return;
  child.kill('SIGTERM');
  if (await within(gone, SIGKILL_AFTER_MS)) return;
  child.kill('SIGKILL');
  await gone;
}

const within = (gone: Promise<unknown>, limitMs: number): Promise<boolean> =>
  Promise.race([gone.then(() => true), delay(limitMs, false, { ref: false })]);
