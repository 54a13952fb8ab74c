import { describe, expect, it } from 'vitest';
import { epochMs, type Language } from '#core-values';
import { auditProgress } from './audit-progress.ts';

const HEADER = JSON.stringify({ checkpoint: 'sekisho.example.com/audit\n4000\nroot\n' });

/** What is written while one line is read every `everyMs`, and after the end. */
function reading(
  lines: number,
  everyMs: number,
  isTerminal: boolean,
  header = HEADER,
  language: Language = 'en',
) {
  let now = 0;
  const written: string[] = [];
  const stderr = { write: (words: string) => written.push(words), isTerminal, columns: 80 };
  const output = { write: () => undefined, isTerminal, columns: 80 };
  const progress = auditProgress({
    env: {},
    cwd: '/',
    language,
    stdout: output,
    stderr,
    clock: { now: () => epochMs(now) },
    exitWith: () => undefined,
  });
  for (let line = 0; line <= lines; line += 1) {
    progress.line(line === 0 ? header : '{}');
    now += everyMs;
  }
  progress.end();
  return written;
}

describe('the progress of an export', () => {
  it.each([true, false])('is silent in the first two seconds (terminal: %s)', (isTerminal) => {
    expect(reading(1_999, 1, isTerminal)).toEqual([]);
  });

  it('is a plain line every five seconds where lines stay', () => {
    expect(reading(4_000, 2, false)).toEqual([
      '1,000 of 4,000 entries checked (25%)…\n',
      '3,500 of 4,000 entries checked (87%)…\n',
    ]);
  });

  it('is one line in a terminal, ten times a second, and gone in the end', () => {
    const written = reading(2_200, 1, true);
    expect(written).toEqual([
      '\r\u001b[2K2,000 of 4,000 entries checked (50%)…',
      '\r\u001b[2K2,100 of 4,000 entries checked (52%)…',
      '\r\u001b[2K2,200 of 4,000 entries checked (55%)…',
      '\r\u001b[2K',
    ]);
  });

  it('goes by the entries alone where the header says no size, and in Japanese', () => {
    expect(reading(1, 2_000, false, '{', 'ja')).toEqual(['1 件を検証しました…\n']);
    expect(reading(1, 2_000, false, HEADER, 'ja')).toEqual(['4,000 件中 1 件を検証しました(0%)…\n']);
  });
});
