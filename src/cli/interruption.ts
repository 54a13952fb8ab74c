import { type Problem, problem, type Text, text } from '#core-values';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { type EndingSignal, exitCodeOf } from './signals.ts';

/** Whether a job was asked to end, and by what. */
export interface Interruption {
  by: EndingSignal | undefined;
}

export const noInterruption = (): Interruption => ({ by: undefined });

/** Ends at once; what was in private folders goes. */
export const exitBy = (signal: EndingSignal): never => process.exit(exitCodeOf(signal));

/** For work that must not be torn off: the first signal is noted, the second ends it at once. */
export const endInOrder =
  ({ stderr, language }: CliContext, interruption: Interruption) =>
  (signal: EndingSignal): void => {
    if (interruption.by !== undefined) exitBy(signal);
    interruption.by = signal;
    stderr.write(`${ENDING[language]}\n`);
  };

/** Shows the problem. Who was interrupted ends as a shell expects it, not by the problem's exit code. */
export function failInterruptible(context: CliContext, why: Problem, { by }: Interruption): void {
  if (by === undefined || why.reasons[0].rule !== RULE) failWith(context, why);
  if (by === undefined) return;
  context.stderr.write(`✗ ${interruptedBy(by)[context.language]}\n`);
  context.exitWith(exitCodeOf(by));
}

const RULE = 'ci.interrupted';

/** Why what would have come next was not begun. */
export const interrupted = (signal: EndingSignal): Problem =>
  problem('conflict', { rule: RULE, message: interruptedBy(signal), remedy: AGAIN });

const AGAIN = text('Run the workflow again.', 'ワークフローを再実行してください。');

const interruptedBy = (signal: EndingSignal): Text =>
  text(`Interrupted (${signal}). ${AGAIN.en}`, `中断されました(${signal})。${AGAIN.ja}`);

const ENDING = text(
  'Interrupted: ending in order and telling the server. Once more ends at once.',
  '中断します。サーバーに報告してから終了します(もう一度中断すると、直ちに終了します)。',
);
