import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from '../../src/core-values/index.ts';
import { type Environment, languageGiven } from './inputs.ts';
import { relay } from './relay.ts';
import { ENDED, LOG, PROCESS, SHOWN, STATE } from './step-folder.ts';
import { workflowCommand } from './workflow-commands.ts';

const SHOW_EVERY_MS = 250;
/** GitHub ends a cancelled job after five minutes, whatever it does. */
const MOST_WAIT_MS = 280_000;

const write = (words: string): void => {
  process.stdout.write(words);
};

/**
 * The step's end (`post`): where the step was cancelled and its work still goes on, waits for it, so that the state is whole and the
 * server told, and shows what it still prints. Answers the exit code.
 */
export async function endStep(env: Environment): Promise<number> {
  const folder = env[`STATE_${STATE}`] ?? '';
  if (folder === '' || !existsSync(join(folder, LOG))) return 0;
  const language = languageGiven(env);
  const rest = relay({ file: join(folder, LOG), write, from: numberIn(join(folder, SHOWN)) });
  const deadline = Date.now() + MOST_WAIT_MS;
  if (!hasEnded(folder)) write(`${WAITING[language]}\n`);
  while (!hasEnded(folder) && Date.now() < deadline) {
    rest.show();
    await delay(SHOW_EVERY_MS);
  }
  const ended = hasEnded(folder);
  rest.show(undefined, true);
  rest.close();
  if (ended) rmSync(folder, { recursive: true, force: true });
  else write(workflowCommand('error', GIVEN_UP[language], { title: 'Sekisho' }));
  return ended ? 0 : 1;
}

function hasEnded(folder: string): boolean {
  if (existsSync(join(folder, ENDED))) return true;
  try {
    process.kill(numberIn(join(folder, PROCESS)), 0);
    return false;
  } catch {
    return true;
  }
}

/** A process that does not exist, and the beginning of a file, where there is no such file. */
function numberIn(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || 0;
  } catch {
    return 0;
  }
}

const WAITING = text(
  'The cancelled step’s work is still ending; waiting for it, so that the state is whole and the server told.',
  'キャンセルされたステップの処理がまだ終了していません。state の保存とサーバーへの報告が済むまで待ちます。',
);

const GIVEN_UP = text(
  'The work does not end, and GitHub ends the job now. Look at the state’s lock, then run the workflow again: it plans what is left.',
  '処理が終了しないまま、GitHub がジョブを打ち切ります。state のロックを確認してからワークフローを再実行してください。残りのプランが作成されます。',
);
