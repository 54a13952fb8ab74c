import { type EpochMs, epochMs } from '#core-values';

const FIRST_MS = 5_000;
const MOST_MS = 15 * 60_000;
/** After a day nobody is helped by "waits for approval". */
export const GIVE_UP_MS = 24 * 3_600_000;

/** When to try again after the `attempts`th failure, at least after what the other side asked for. `dice` is in [0, 1). */
export function nextTry(now: EpochMs, attempts: number, dice: number, askedMs = 0): EpochMs {
  const pauseMs = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  // Full pauses differ by a fifth, so that many destinations of one service do not come back at once.
  return epochMs(now + Math.max(askedMs, Math.round(pauseMs * (1 + dice / 5))));
}
