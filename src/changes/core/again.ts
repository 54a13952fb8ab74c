import type { EpochMs } from '#core-values';
import type { PlanState } from './life.ts';

/** What a plan's history keeps of who asked for a new one in its place. Its state stays what it is. */
export const ASKING_EVENTS = ['asked-again', 'not-started'] as const;
export type AskingEvent = (typeof ASKING_EVENTS)[number];

const SPENT: readonly PlanState[] = ['failed', 'refused', 'expired', 'cancelled'];

/** Whether nothing comes of the plan any more, though its change was never applied: then a person may ask for a new one. */
export const isSpent = (state: PlanState): boolean => SPENT.includes(state);

/** Runs wait for a runner, and plans take their time; who asks sooner gets no second run. */
export const RUN_TAKES_MS = 15 * 60_000;

export interface AskedAgain {
  readonly at: EpochMs;
  readonly byWhom: string;
}

type Step = AskedAgain & { readonly event: string };

/** Who asked for a new plan lately; its run may still be on its way. */
export function askedLately(history: readonly Step[], now: EpochMs): AskedAgain | undefined {
  const last = history.findLast(({ event }) => ASKING_EVENTS.some((one) => one === event));
  return last?.event === 'asked-again' && now - last.at < RUN_TAKES_MS
    ? { at: last.at, byWhom: last.byWhom }
    : undefined;
}

/** What became of the plan itself. */
export const withoutAsking = <S extends { readonly event: string }>(history: readonly S[]): readonly S[] =>
  history.filter(({ event }) => !ASKING_EVENTS.some((one) => one === event));
