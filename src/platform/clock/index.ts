import { type Clock, type EpochMs, epochMs } from '#core-values';

export const systemClock: Clock = { now: () => epochMs(Date.now()) };

/** A clock that stands still until a test moves it. */
export interface HandClock extends Clock {
  set(now: EpochMs): void;
  advance(ms: number): void;
}

export function handClock(start: EpochMs = epochMs(Date.UTC(2026, 10, 2, 3, 0, 0))): HandClock {
  let current = start;
  return {
    now: () => current,
    set: (now) => {
      current = now;
    },
    advance: (ms) => {
      current = epochMs(current + ms);
    },
  };
}
