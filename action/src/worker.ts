import { fstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyStack } from '../../src/cli/apply-stack.ts';
import { appendSummary } from '../../src/cli/ci-files.ts';
import type { CliContext, CliOutput, JobHost } from '../../src/cli/context.ts';
import { planStack } from '../../src/cli/plan-stack.ts';
import { failWith, problemText } from '../../src/cli/problem-text.ts';
import { epochMs, type Problem, problem, text } from '../../src/core-values/index.ts';
import { maskSecrets } from '../../src/platform/logging/mask.ts';
import type { StepOrder } from './inputs.ts';
import { listStacks } from './list-stacks.ts';
import type { Said, Told } from './messages.ts';
import { ENDED } from './step-folder.ts';

/**
 * Does the step's work: the very code of `sekisho ci`. It prints to a file and outlives the step, because GitHub kills a step ten
 * seconds after it asked it to end, and an apply that is torn off leaves a state half written and a server that was never told.
 */
export function work(): void {
  process.once('message', (told: Told) => {
    if (told.kind !== 'order') return;
    process.on('exit', () => writeFileSync(join(told.folder, ENDED), ''));
    void perform(told.order);
  });
}

const STDOUT = 1;

async function perform(order: StepOrder): Promise<void> {
  let exitCode = 0;
  const problems: Problem[] = [];
  const output: CliOutput = {
    write: (words) => {
      process.stdout.write(words);
    },
    isTerminal: false,
    columns: 100,
  };
  const context: CliContext = {
    env: { ...process.env, ...order.variables },
    cwd: process.env.GITHUB_WORKSPACE ?? process.cwd(),
    language: order.language,
    stdout: output,
    stderr: output,
    clock: { now: () => epochMs(Date.now()) },
    host: hostOf(order, problems),
    exitWith: (code) => {
      exitCode = code;
    },
  };
  try {
    await run(context, order);
  } catch (error) {
    failWith(context, unexpected(error));
  }
  for (const why of problems) await appendSummary(context, problemMarkdown(why, order));
  process.exitCode = exitCode;
  if (process.connected) process.disconnect();
}

async function run(context: CliContext, order: StepOrder): Promise<void> {
  if (order.mode === 'apply') return applyStack(context, order);
  if (order.mode === 'stacks') return listStacks(context, order);
  const planned = await planStack(context, order);
  const count = Object.values(planned?.changes ?? {}).reduce((sum, changes) => sum + changes, 0);
  if (order.mode !== 'drift' || planned === undefined || count === 0) return;
  const { title, message } = DRIFTED(order.stack, count);
  say({ kind: 'notice', at: printed(), title: title[order.language], message: message[order.language] });
}

const printed = (): number => fstatSync(STDOUT).size;

/** A step that is gone hears nothing; the work goes on. */
function say(words: Said): void {
  if (process.connected) process.send?.(words, undefined, undefined, () => undefined);
}

function hostOf({ language }: StepOrder, problems: Problem[]): JobHost {
  let count = 0;
  return {
    secret: (value) =>
      new Promise((masked) => {
        count += 1;
        const id = count;
        const done = (): void => {
          process.off('message', hear).off('disconnect', done);
          masked();
        };
        const hear = (told: Told): void => {
          if (told.kind === 'masked' && told.id === id) done();
        };
        if (!process.connected) return masked();
        process.on('message', hear).on('disconnect', done);
        say({ kind: 'secret', id, value });
      }),
    problem: (why) => {
      problems.push(why);
      for (const { rule, message, remedy, place } of why.reasons.slice(0, 3)) {
        const words = `${message[language]}\n→ ${remedy[language]}`;
        const { file, line } = place ?? {};
        say({
          ...{ kind: 'problem', at: printed(), title: `Sekisho: ${rule}`, message: words },
          ...(file === undefined ? {} : { file }),
          ...(line === undefined ? {} : { line }),
        });
      }
    },
    terraformBegins: (verb, directory) => say({ kind: 'begins', at: printed(), verb, directory }),
    terraformEnded: () => say({ kind: 'ended', at: printed() }),
  };
}

/** For the summary page: in a fence that nothing inside can close. */
function problemMarkdown(why: Problem, { language, mode, stack }: StepOrder): string {
  const words = problemText(why, language, false);
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `### Sekisho: ${stack || mode}\n\n${fence}text\n${words}${fence}`;
}

const DRIFTED = (stack: string, count: number) => ({
  title: text(`Sekisho: ${stack} has drifted`, `Sekisho: ${stack} にドリフトがあります`),
  message: text(
    `What is in AWS differs from what is merged: ${count} changes. The job's log and summary show them; nothing was changed.`,
    `AWS の実態がマージ済みの内容と異なります(変更 ${count} 件)。内容はジョブのログとサマリーを参照してください。何も変更していません。`,
  ),
});

function unexpected(error: unknown): Problem {
  const why = maskSecrets(error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return problem('internal', {
    rule: 'action.unexpected',
    message: text(`An error that nobody expected: ${why}`, `想定外のエラーが発生しました: ${why}`),
    remedy: text(
      'This is a bug of Sekisho’s. Report it with this line and the commit of the action.',
      'Sekisho の不具合です。この行とアクションのコミットを添えて報告してください。',
    ),
  });
}
