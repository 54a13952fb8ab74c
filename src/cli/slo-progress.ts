import { text } from '#core-values';
import type { CliContext } from './context.ts';

/** How far the reading of logs has come, on standard error: nothing in the first two seconds. */
export interface ReadProgress {
  readonly read: (bytes: number) => void;
  /** Takes what a terminal shows away. */
  readonly end: () => void;
}

const PATIENCE_MS = 2000;
const REDRAW_MS = 200;
/** Where lines stay, as in a CI job's log. */
const TELL_AGAIN_MS = 10_000;
const ERASE_LINE = '\r\u001b[2K';
const MIB = 1024 * 1024;

/** `total`: bytes of all logs, as they are packed; undefined where nobody knows. */
export function readProgress(
  { clock, language, stderr }: CliContext,
  total: number | undefined,
): ReadProgress {
  let nextAtMs = clock.now() + PATIENCE_MS;
  let [done, shown] = [0, false];
  const far = () => {
    const mib = (bytes: number): string => Math.floor(bytes / MIB).toLocaleString(language);
    const of =
      total === undefined || total === 0 ? '' : ` (${Math.min(100, Math.floor((done * 100) / total))}%)`;
    return text(`${mib(done)} MiB of logs read${of}…`, `ログを ${mib(done)} MiB 読みました${of}…`)[language];
  };
  return {
    read: (bytes) => {
      done += bytes;
      const now = clock.now();
      if (now < nextAtMs) return;
      nextAtMs = now + (stderr.isTerminal ? REDRAW_MS : TELL_AGAIN_MS);
      shown = true;
      stderr.write(stderr.isTerminal ? `${ERASE_LINE}${far()}` : `${far()}\n`);
    },
    end: () => {
      if (shown && stderr.isTerminal) stderr.write(ERASE_LINE);
    },
  };
}
