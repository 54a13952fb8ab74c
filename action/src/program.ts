import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { err, ok, type Problem, problem, type Result, type Text, text } from '../../src/core-values/index.ts';
import type { Environment } from './inputs.ts';

export interface FoundProgram {
  /** Absolute. */
  readonly path: string;
  /** What to tell of it, if anything. */
  readonly notice?: Text;
}

/**
 * Terraform or OpenTofu on PATH. setup-terraform and setup-opentofu put a wrapper before it unless told not to, a script of Node's
 * that copies everything it prints into outputs of the step, and ends differently: then the program behind it is taken.
 */
export function findProgram(name: 'terraform' | 'tofu', env: Environment): Result<FoundProgram, Problem> {
  const path = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram);
  if (path === undefined) return err(notFound(name));
  const behind = join(dirname(path), `${name}-bin`);
  const isWrapped =
    isProgram(behind) && /^#!.*\bnode\b/.test(readFileSync(path).subarray(0, 80).toString('latin1'));
  return ok(isWrapped ? { path: behind, notice: wrapped(name) } : { path });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What the step's commands get of the environment, and what to tell of that. */
export interface StepEnvironment {
  readonly env: Environment;
  readonly notices: readonly Text[];
}

/** Of the runner's, for this step alone or for actions alone; nothing of it is for what we run. */
const OURS = /^(?:INPUT_|STATE_|ACTIONS_(?:RUNTIME_|CACHE_URL|RESULTS_URL)|GITHUB_(?:ENV|PATH|STATE)$)/i;

/** At these levels Terraform logs requests and answers, with whatever secrets are in them. */
const LOGS = /^TF_LOG(?:_|$)/;

const BREAKS_LOCK = 'TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE';

export function stepEnvironment(given: Environment): StepEnvironment {
  const kept = Object.entries(given).filter(
    ([name]) => !OURS.test(name) && !LOGS.test(name) && name !== BREAKS_LOCK,
  );
  const logs = Object.keys(given).filter((name) => LOGS.test(name));
  const cache = given.TF_PLUGIN_CACHE_DIR ?? '';
  // Terraform refuses to start where the folder that it is told of is not there.
  if (cache !== '') mkdirSync(cache, { recursive: true });
  return {
    env: Object.fromEntries(kept),
    notices: [
      ...(logs.length === 0 ? [] : [LOGS_LEFT_OUT(logs.join(', '))]),
      ...(given[BREAKS_LOCK] === undefined ? [] : [LOCK_FILE_JUDGES]),
    ],
  };
}

const LOGS_LEFT_OUT = (names: string): Text =>
  text(
    `${names} is not passed on: at these levels Terraform writes secrets into the log.`,
    `${names} は Terraform に渡しません。このレベルのログには秘密の値が書き込まれるためです。`,
  );

const LOCK_FILE_JUDGES = text(
  `${BREAKS_LOCK} is not passed on: the lock file decides which providers run.`,
  `${BREAKS_LOCK} は Terraform に渡しません。実行するプロバイダーはロックファイルで決まります。`,
);

const wrapped = (name: string): Text =>
  text(
    `The wrapper of setup-${name === 'tofu' ? 'opentofu' : 'terraform'} is bypassed. Set \`${name}_wrapper: false\` there, and this message goes.`,
    `setup-${name === 'tofu' ? 'opentofu' : 'terraform'} のラッパーは使わずに実行します。\`${name}_wrapper: false\` を設定すると、このメッセージは出なくなります。`,
  );

const notFound = (name: string): Problem =>
  problem('bad-input', {
    rule: 'action.no-terraform',
    message: text(`\`${name}\` is not on PATH.`, `PATH に \`${name}\` がありません。`),
    remedy: text(
      name === 'tofu'
        ? 'Install it in a step before, with opentofu/setup-opentofu and `tofu_wrapper: false`.'
        : 'Install it in a step before, with hashicorp/setup-terraform and `terraform_wrapper: false`.',
      name === 'tofu'
        ? '前のステップで opentofu/setup-opentofu(`tofu_wrapper: false`)を使ってインストールしてください。'
        : '前のステップで hashicorp/setup-terraform(`terraform_wrapper: false`)を使ってインストールしてください。',
    ),
  });
