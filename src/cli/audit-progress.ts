import { z } from 'zod';
import { text } from '#core-values';
import type { CliContext } from './context.ts';

/** How far the reading of an export has come, on standard error: nothing in the first two seconds. */
export interface AuditProgress {
  /** Every line in turn, the header first. */
  line(words: string): void;
  /** Takes what a terminal shows away. */
  end(): void;
}

const PATIENCE_MS = 2_000;
const REDRAW_MS = 100;
/** Where lines stay, as in a CI job's log. */
const TELL_AGAIN_MS = 5_000;
const ERASE_LINE = '\r\u001b[2K';

export const noProgress: AuditProgress = { line: () => undefined, end: () => undefined };

export function auditProgress({ stderr, clock, language }: CliContext): AuditProgress {
  let nextAtMs = clock.now() + PATIENCE_MS;
  let total: number | undefined;
  let seen = -1;
  let shown = false;
  return {
    line: (words) => {
      seen += 1;
      if (seen === 0) total = sizeOf(words);
      const now = clock.now();
      if (now < nextAtMs) return;
      nextAtMs = now + (stderr.isTerminal ? REDRAW_MS : TELL_AGAIN_MS);
      shown = true;
      const far = farText(seen, total)[language];
      stderr.write(stderr.isTerminal ? `${ERASE_LINE}${far}` : `${far}\n`);
    },
    end: () => {
      if (shown && stderr.isTerminal) stderr.write(ERASE_LINE);
    },
  };
}

const header = z.object({ checkpoint: z.string() });

/** The second line of a checkpoint, https://c2sp.org/tlog-checkpoint; whether it is true is for the reader to find out. */
function sizeOf(headerLine: string): number | undefined {
  try {
    const size = Number(header.parse(JSON.parse(headerLine)).checkpoint.split('\n')[1]);
    return Number.isSafeInteger(size) && size > 0 ? size : undefined;
  } catch {
    return undefined;
  }
}

function farText(seen: number, total: number | undefined) {
  const [en, ja] = [seen.toLocaleString('en'), seen.toLocaleString('ja')];
  if (total === undefined) return text(`${en} entries checked…`, `${ja} 件を検証しました…`);
  const percent = Math.min(100, Math.floor((seen * 100) / total));
  return text(
    `${en} of ${total.toLocaleString('en')} entries checked (${percent}%)…`,
    `${total.toLocaleString('ja')} 件中 ${ja} 件を検証しました(${percent}%)…`,
  );
}
