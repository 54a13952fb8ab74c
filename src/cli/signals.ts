import { constants as os } from 'node:os';

/** What asks a process to end and can be heard. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

export type EndingSignal = (typeof ENDING_SIGNALS)[number];

/** As a shell gives it: 130 for SIGINT, 143 for SIGTERM. */
export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + os.signals[signal];

/** The innermost hears a signal and nobody else: while Terraform runs, it is Terraform's to end in order. */
const hearing: ((signal: EndingSignal) => void)[] = [];

/** While the work runs, `hear` is called for every signal that would have ended the process. */
export async function hearingSignals<T>(
  hear: (signal: EndingSignal) => void,
  work: () => Promise<T>,
): Promise<T> {
  if (hearing.length === 0) for (const signal of ENDING_SIGNALS) process.on(signal, tellInnermost);
  hearing.push(hear);
  try {
    return await work();
  } finally {
    hearing.splice(hearing.lastIndexOf(hear), 1);
    if (hearing.length === 0) for (const signal of ENDING_SIGNALS) process.off(signal, tellInnermost);
  }
}

const tellInnermost = (signal: EndingSignal): void => hearing.at(-1)?.(signal);
