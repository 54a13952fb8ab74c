import { resolve } from 'node:path';
import { MOST_WAIT_MIN } from '../../src/cli/apply-stack.ts';
import {
  err,
  LANGUAGES,
  type Language,
  ok,
  type Problem,
  problem,
  type Result,
  text,
} from '../../src/core-values/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const MODES = ['stacks', 'plan', 'apply', 'drift'] as const;

export type Mode = (typeof MODES)[number];

/** What the step was asked to do, checked; passed between processes as JSON. */
export interface StepOrder {
  readonly mode: Mode;
  readonly language: Language;
  /** In mode `stacks`: only these; empty for all. */
  readonly stacks: readonly string[];
  readonly purpose: 'plan' | 'apply';
  /** Empty in mode `stacks`. */
  readonly stack: string;
  /** Empty but in mode `apply`. */
  readonly plan: string;
  /** Absolute; absent where the server knows. */
  readonly directory?: string;
  /** The program's name, and its path once it is found. */
  readonly terraform: string;
  /** Minutes, as digits. */
  readonly wait: string;
  /** For `terraform plan`. */
  readonly arguments: readonly string[];
  /** Of a run that somebody started for it by hand, with the commit that was checked out. */
  readonly pullRequest?: string;
  readonly commit?: string;
  /** What the commands read from the environment: server and audience. */
  readonly variables: Readonly<Record<string, string>>;
}

const given = (env: Environment, name: string): string =>
  (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim();

/** Before anything else, so that what is wrong with the rest is said in it. */
export const languageGiven = (env: Environment): Language =>
  LANGUAGES.find((known) => known === given(env, 'language')) ?? 'en';

/** Reads the step's inputs as the runner passes them (`INPUT_…`); everything that is wrong is told at once. */
export function readOrder(env: Environment): Result<StepOrder, Problem> {
  const faults: Fault[] = [];
  const mode = modeOf(env, faults);
  const server = (given(env, 'server') || (env.SEKISHO_URL ?? '')).replace(/\/+$/, '');
  checkServer(server, faults);
  const stack = given(env, 'stack');
  if (stack === '' && mode !== 'stacks') faults.push(MISSING('stack', 'shop-production'));
  const plan = given(env, 'plan');
  if (mode === 'apply' && !/^pln_[0-9a-f-]{36}$/.test(plan))
    faults.push(MISSING('plan', `\${{ needs.plan.outputs.plan }}`));
  const wait = given(env, 'wait') || '0';
  if (!/^\d{1,4}$/.test(wait) || Number(wait) > MOST_WAIT_MIN) faults.push(BAD_WAIT);
  const terraform = given(env, 'terraform') || 'terraform';
  if (terraform !== 'terraform' && terraform !== 'tofu')
    faults.push(BAD('terraform', terraform, 'terraform, tofu'));
  const language = given(env, 'language');
  if (language !== '' && !LANGUAGES.some((known) => known === language))
    faults.push(BAD('language', language, LANGUAGES.join(', ')));
  const pullRequest = given(env, 'pull-request');
  if (!/^\d{0,9}$/.test(pullRequest)) faults.push(BAD('pull-request', pullRequest, '7'));
  const commit = given(env, 'commit');
  if (!/^(?:[0-9a-f]{40})?$/.test(commit) || (commit === '') !== (pullRequest === ''))
    faults.push(BAD('commit', commit, '40 hexadecimal digits, with pull-request'));
  const purpose = given(env, 'purpose') || (env.GITHUB_EVENT_NAME === 'push' ? 'apply' : 'plan');
  if (purpose !== 'plan' && purpose !== 'apply') faults.push(BAD('purpose', purpose, 'plan, apply'));
  const audience = given(env, 'audience');
  const [first, ...more] = faults;
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  const directory = given(env, 'working-directory');
  return ok({
    ...{ mode, stack, plan, terraform, wait, language: languageGiven(env), arguments: argumentsOf(env) },
    ...{ purpose: purpose === 'apply' ? 'apply' : 'plan', stacks: namesOf(env) },
    ...(directory === '' ? {} : { directory: resolve(env.GITHUB_WORKSPACE ?? '.', directory) }),
    ...(pullRequest === '' ? {} : { pullRequest, commit }),
    variables: { SEKISHO_URL: server, ...(audience === '' ? {} : { SEKISHO_AUDIENCE: audience }) },
  });
}

type Fault = Problem['reasons'][0];

/** `auto`: an apply with a plan, a matrix without a stack, drift on a schedule, and else a plan. */
function modeOf(env: Environment, faults: Fault[]): Mode {
  const asked = given(env, 'mode') || 'auto';
  const mode = MODES.find((known) => known === asked);
  if (mode !== undefined) return mode;
  if (asked !== 'auto') faults.push(BAD('mode', asked, ['auto', ...MODES].join(', ')));
  if (given(env, 'plan') !== '') return 'apply';
  if (given(env, 'stack') === '') return 'stacks';
  return env.GITHUB_EVENT_NAME === 'schedule' ? 'drift' : 'plan';
}

const namesOf = (env: Environment): readonly string[] =>
  given(env, 'stacks')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** One argument a line: nothing is split and nothing is expanded. */
const argumentsOf = (env: Environment): readonly string[] =>
  given(env, 'plan-arguments')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Credentials come over this connection, so it is https, but on this very machine. */
function checkServer(server: string, faults: Fault[]): void {
  if (server === '') return void faults.push(MISSING('server', 'https://sekisho.example.com'));
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const isHere = url !== undefined && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere);
  if (!isSafe || url.username !== '' || url.password !== '')
    faults.push(BAD('server', server.includes('@') ? '…' : server, 'https://sekisho.example.com'));
}

const visible = (words: string): string => words.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd').slice(0, 200);

const MISSING = (name: string, example: string): Fault => ({
  rule: 'action.input-missing',
  message: text(`The input \`${name}\` is missing.`, `入力 \`${name}\` がありません。`),
  remedy: text(
    `Give it under \`with:\`, e.g. \`${name}: ${example}\`.`,
    `\`with:\` に指定してください(例: \`${name}: ${example}\`)。`,
  ),
});

const BAD = (name: string, value: string, known: string): Fault => ({
  rule: 'action.input-unknown',
  message: text(
    `The input \`${name}\` cannot be “${visible(value)}”.`,
    `入力 \`${name}\` に「${visible(value)}」は指定できません。`,
  ),
  remedy: text(`Give one like: ${known}.`, `次のように指定してください: ${known}`),
});

const BAD_WAIT: Fault = {
  rule: 'action.input-unknown',
  message: text('The input `wait` is no number of minutes.', '入力 `wait` が分数になっていません。'),
  remedy: text(
    `Give a whole number from 0 to ${MOST_WAIT_MIN}.`,
    `0 から ${MOST_WAIT_MIN} までの整数を指定してください。`,
  ),
};
