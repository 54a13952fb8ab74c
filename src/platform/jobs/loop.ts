import { setTimeout as pause } from 'node:timers/promises';

export interface Loop {
  /** Begins nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/**
 * Does `work` again and again, `pauseMs` after it ended: for what must not wait for the next minute, and is safe on every replica. What it
 * throws is reported, and it goes on.
 */
export function startLoop(
  work: () => Promise<void>,
  { pauseMs, onError }: { readonly pauseMs: number; readonly onError: (cause: unknown) => void },
): Loop {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await work().catch(onError);
      await pause(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: () => {
      stopped.abort();
      return running;
    },
  };
}
