import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Result } from '#core-values';

/** Tells that something in a folder may have changed; answers how to stop. */
export type WatchFolder = (folder: string, onChange: () => void) => () => void;

/** Calls `run` once, after `delayMs` without another call of what it answers. */
export type Debounce = (run: () => void, delayMs: number) => { call(): void; stop(): void };

export interface ConfigWatch<T> {
  /** What is in force now. */
  current(): T;
  /** Reads the file now, as a change of it does; for `SIGHUP`. */
  reload(): Promise<void>;
  stop(): void;
}

export interface ConfigWatchOptions<T, P> {
  readonly file: string;
  readonly initial: T;
  /** Reads and checks the whole; the outcome says what to keep. */
  readonly load: () => Promise<Result<T, P>>;
  /** Whether two readings mean the same: then nothing is announced. */
  readonly same: (a: T, b: T) => boolean;
  readonly onChange: (value: T) => void;
  /** The new file is bad; what was in force stays in force. */
  readonly onRefused: (problem: P) => void;
  readonly debounceMs?: number;
  readonly watchFolder?: WatchFolder;
  readonly debounce?: Debounce;
}

/**
 * Keeps a configuration in force and follows its file. The *folder* is watched, because editors and Kubernetes replace files
 * (by rename, or by turning a symbolic link) instead of writing into them. A bad file is announced and changes nothing.
 */
export function watchConfig<T, P>(options: ConfigWatchOptions<T, P>): ConfigWatch<T> {
  let current = options.initial;
  let running: Promise<void> | undefined;
  let again = false;
  const readOnce = async (): Promise<void> => {
    const outcome = await options.load();
    if (!outcome.ok) return options.onRefused(outcome.error);
    if (options.same(current, outcome.value)) return;
    current = outcome.value;
    options.onChange(current);
  };
  const readUntilStill = async (): Promise<void> => {
    do {
      again = false;
      await readOnce();
    } while (again);
  };
  // One reading at a time: an older one must never overtake a newer one.
  const reload = (): Promise<void> => {
    again = true;
    running ??= readUntilStill().finally(() => {
      running = undefined;
    });
    return running;
  };
  const debounced = (options.debounce ?? timerDebounce)(() => void reload(), options.debounceMs ?? 250);
  const stopWatching = (options.watchFolder ?? watchFolder)(dirname(options.file), debounced.call);
  return {
    current: () => current,
    reload,
    stop: () => {
      stopWatching();
      debounced.stop();
    },
  };
}

const POLL_MS = 10_000;

/** Looks every ten seconds where the system gives no notice: no inotify watches left, or the folder was replaced. */
const watchFolder: WatchFolder = (folder, onChange) => {
  let poll: NodeJS.Timeout | undefined;
  const pollInstead = (): void => {
    poll ??= setInterval(onChange, POLL_MS).unref();
  };
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', pollInstead);
    return () => {
      watcher.close();
      clearInterval(poll);
    };
  } catch {
    pollInstead();
    return () => clearInterval(poll);
  }
};

const timerDebounce: Debounce = (run, delayMs) => {
  let timer: NodeJS.Timeout | undefined;
  return {
    call: () => {
      clearTimeout(timer);
      timer = setTimeout(run, delayMs);
    },
    stop: () => clearTimeout(timer),
  };
};
