import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendSummary, setOutputs } from '../../src/cli/ci-files.ts';
import { problemText } from '../../src/cli/problem-text.ts';
import {
  ERROR_KINDS,
  type Language,
  type Problem,
  problem,
  type Text,
  text,
} from '../../src/core-values/index.ts';
import { isFromFork } from './fork.ts';
import { type Environment, languageGiven, readOrder, type StepOrder } from './inputs.ts';
import { type Said, said, type Told } from './messages.ts';
import { findProgram, stepEnvironment } from './program.ts';
import { type Relay, relay } from './relay.ts';
import { BEGAN, LOG, PROCESS, SHOWN, STATE } from './step-folder.ts';
import { type TerraformErrors, terraformErrors } from './terraform-errors.ts';
import { waveOutputs } from './waves.ts';
import { masks, workflowCommand } from './workflow-commands.ts';

const SHOW_EVERY_MS = 100;

// Everything goes to standard output: the runner reads the two streams apart, and a mask must come before what it masks.
const write = (words: string): void => {
  process.stdout.write(words);
};

/** The step itself: reads its inputs, starts the work, shows it, and passes on what the runner asks. Answers the exit code. */
export async function runStep(env: Environment): Promise<number> {
  const language = languageGiven(env);
  keepState(env, BEGAN, 'yes');
  if (process.platform === 'win32') return refuse(NOT_ON_WINDOWS, language);
  const order = readOrder(env);
  if (!order.ok) return refuse(order.error, language);
  if (env.ACTIONS_ID_TOKEN_REQUEST_URL === undefined && isFromFork(env)) {
    notice(FORK_TITLE, FORK, language);
    const none = waveOutputs([], { only: [], purpose: 'plan' });
    const skipped = order.value.mode === 'stacks' && none.ok ? none.value : { state: 'skipped' };
    await setOutputs({ env }, skipped);
    await appendSummary({ env }, `### ${FORK_TITLE[language]}\n\n${FORK[language]}`);
    return 0;
  }
  if (order.value.mode === 'stacks') return perform(env, order.value);
  const program = findProgram(order.value.terraform === 'tofu' ? 'tofu' : 'terraform', env);
  if (!program.ok) return refuse(program.error, language);
  if (program.value.notice !== undefined) notice(TITLE, program.value.notice, language);
  return perform(env, { ...order.value, terraform: program.value.path });
}

function keepState({ GITHUB_STATE: file }: Environment, name: string, value: string): void {
  if (file) appendFileSync(file, `${name}=${value}\n`);
}

const TITLE = text('Sekisho', 'Sekisho');

const notice = (title: Text, words: Text, language: Language): void =>
  write(workflowCommand('notice', words[language], { title: title[language] }));

function refuse(why: Problem, language: Language): number {
  write(problemText(why, language, false));
  for (const { rule, message, remedy } of why.reasons)
    write(
      workflowCommand('error', `${message[language]}\n→ ${remedy[language]}`, { title: `Sekisho: ${rule}` }),
    );
  return ERROR_KINDS[why.code].exitCode;
}

async function perform(given: Environment, order: StepOrder): Promise<number> {
  const { env, notices } = stepEnvironment(given);
  for (const words of notices) notice(TITLE, words, order.language);
  const folder = mkdtempSync(join(given.RUNNER_TEMP ?? tmpdir(), 'sekisho-step-'));
  const log = openSync(join(folder, LOG), 'ax', 0o600);
  keepState(given, STATE, folder);
  const worker = spawn(process.execPath, [import.meta.filename, 'worker'], {
    // A session of its own: what ends the step does not end the work.
    detached: true,
    env,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  writeFileSync(join(folder, PROCESS), String(worker.pid ?? 0));
  const shown = relayOf(folder, given);
  const showing = setInterval(() => shown.show(), SHOW_EVERY_MS);
  worker.on('message', (words) => {
    const known = said.safeParse(words);
    if (known.success) shown.hear(known.data, worker);
  });
  passSignalsOn(worker, order.language, () => {
    shown.show(undefined, true);
    writeFileSync(join(folder, SHOWN), String(shown.shown()));
  });
  tell(worker, { kind: 'order', order, folder });
  const [[code, signal]] = await Promise.all([exitOf(worker), once(worker, 'disconnect')]);
  clearInterval(showing);
  shown.end();
  rmSync(folder, { recursive: true, force: true });
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

const exitOf = async (worker: ChildProcess): Promise<readonly [number | null, NodeJS.Signals | null]> => {
  const [code, signal] = await once(worker, 'exit');
  return [code, signal];
};

const tell = (worker: ChildProcess, words: Told): void => {
  if (worker.connected) worker.send(words, () => undefined);
};

/**
 * The runner sends SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL. Terraform takes a second signal for "give up at once" and leaves
 * a state half written: so it gets one, and the time it needs, in the step's end if need be.
 */
function passSignalsOn(worker: ChildProcess, language: Language, before: () => void): void {
  let passed = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      before();
      write(`${(passed ? STILL_ENDING : ENDING)[language]}\n`);
      if (!passed) worker.kill(signal);
      passed = true;
    });
  }
}

interface Shown extends Pick<Relay, 'show' | 'shown'> {
  hear(words: Said, worker: ChildProcess): void;
  end(): void;
}

/** Shows the work's log, and in it, in their places, groups and annotations. */
function relayOf(folder: string, env: Environment): Shown {
  let errors: TerraformErrors | undefined;
  const log = relay({ file: join(folder, LOG), write, hear: (line) => errors?.hear(line) });
  const annotate = (
    kind: 'error' | 'notice',
    about: { title: string; message: string; file?: string | undefined; line?: number | undefined },
  ) =>
    write(workflowCommand(kind, about.message, { file: about.file, line: about.line, title: about.title }));
  const endGroup = (): void => {
    if (errors === undefined) return;
    write(workflowCommand('endgroup', ''));
    for (const error of errors.end()) annotate('error', error);
    errors = undefined;
  };
  return {
    show: log.show,
    shown: log.shown,
    hear: (words, worker) => {
      if (words.kind === 'secret') {
        write(masks(words.value));
        return tell(worker, { kind: 'masked', id: words.id });
      }
      log.show(words.at, true);
      if (words.kind === 'ended') return endGroup();
      if (words.kind !== 'begins') return annotate(words.kind === 'problem' ? 'error' : 'notice', words);
      write(workflowCommand('group', `terraform ${words.verb}`));
      errors = terraformErrors({
        workspace: env.GITHUB_WORKSPACE ?? words.directory,
        directory: words.directory,
      });
    },
    end: () => {
      log.show(undefined, true);
      endGroup();
      log.close();
    },
  };
}

const ENDING = text(
  'Cancelled: ending in order. What runs gets one signal and the time it needs; the server is told what became of it.',
  'キャンセルされました。実行中の処理に一度だけ終了を伝え、完了を待ってサーバーに結果を報告します。',
);

const STILL_ENDING = text(
  'Still ending in order. If GitHub ends this step before, the job’s last step waits for it.',
  'まだ終了処理中です。GitHub がこのステップを先に打ち切った場合は、ジョブの最後のステップで完了を待ちます。',
);

const FORK_TITLE = text('Sekisho: a fork gets no credentials', 'Sekisho: フォークには認証情報を発行しません');

const FORK = text(
  'This pull request comes from a fork, so GitHub gives the job no identity and Sekisho plans nothing. Somebody with write access who has read the change can push it to a branch of this repository; that is planned.',
  'このプルリクエストはフォークからのものです。GitHub がジョブに ID を発行しないため、プランは作成されません。書き込み権限を持つ人が変更を確認し、このリポジトリのブランチにプッシュすると、プランが作成されます。',
);

const NOT_ON_WINDOWS = problem('bad-input', {
  rule: 'action.windows',
  message: text(
    'The action does not run on Windows runners.',
    'このアクションは Windows のランナーでは動作しません。',
  ),
  remedy: text(
    'Give the job `runs-on: ubuntu-24.04`.',
    'ジョブに `runs-on: ubuntu-24.04` を指定してください。',
  ),
});
