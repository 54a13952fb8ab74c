import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { integerTable } from '../series/integer-table.ts';
import { ABSENT, failedPlace, type Observed, placeAmong, type Subject, widthOf } from './observations.ts';
import { MOST_PATTERNS, patternTable } from './pattern-table.ts';

/** Gathers what is seen of a subject. Memory grows with the patterns that differ within a minute, not with requests. */
export interface Observer {
  readonly subject: Subject;
  /** Where the next observation's places are written. */
  readonly draft: Uint8Array;
  /** Counts the draft, so often. */
  readonly count: (minute: number, times: number) => void;
  readonly rows: () => number;
  readonly observed: () => Observed;
}

/** 40 bytes each: what more rows would need is better spent on a coarser grid. */
export const MOST_ROWS = 8_000_000;

export function observer(subject: Subject): Observer {
  const draft = new Uint8Array(widthOf(subject));
  const patterns = patternTable(subject);
  const table = integerTable();
  let counts = new Uint32Array(1024);

  return {
    subject,
    draft,
    rows: table.size,
    count: (minute, times) => {
      const row = table.placeOf(minute * MOST_PATTERNS + patterns.numberOf(draft, 0));
      if (row >= counts.length) {
        const more = new Uint32Array(counts.length * 2);
        more.set(counts);
        counts = more;
      }
      counts[row] = (counts[row] ?? 0) + times;
    },
    observed: () => {
      const keys = Float64Array.from({ length: table.size() }, (_, row) => table.keyAt(row)).sort();
      return {
        subject,
        patterns: patterns.patterns(),
        minute: Int32Array.from(keys, (key) => Math.floor(key / MOST_PATTERNS)),
        pattern: Int32Array.from(keys, (key) => key % MOST_PATTERNS),
        count: Uint32Array.from(keys, (key) => counts[table.placeOf(key)] ?? 0),
      };
    },
  };
}

/** Histories of the same subject, such as two threads saw: what both have of a minute adds up. */
export function mergedObserved(parts: readonly Observed[], subject: Subject): Observed {
  const whole = observer(subject);
  const width = widthOf(subject);
  for (const { count, minute, pattern, patterns } of parts) {
    for (let row = 0; row < count.length; row += 1) {
      const at = (pattern[row] ?? 0) * width;
      whole.draft.set(patterns.subarray(at, at + width));
      whole.count(minute[row] ?? 0, count[row] ?? 0);
    }
  }
  return whole.observed();
}

/** Where a request stands among its cuts. */
export const placeOf = (cutsUs: ArrayLike<number>, seen: boolean, failed: boolean, timeUs: number): number =>
  !seen ? ABSENT : failed ? failedPlace(cutsUs) : placeAmong(cutsUs, timeUs);

export function fewEnough(rows: number): Result<undefined, Problem> {
  if (rows <= MOST_ROWS) return ok(undefined);
  return err(
    problem('too-large', {
      rule: 'backtest.too-fine',
      message: text(
        `So many thresholds leave more than ${MOST_ROWS} different minutes and outcomes in these logs.`,
        `しきい値の候補が多すぎて、ログに含まれる結果の組み合わせが ${MOST_ROWS} 件を超えました。`,
      ),
      remedy: text(
        'Give fewer thresholds for each request, fewer SLOs (--slo), or a shorter time (--from, --to).',
        'リクエストごとのしきい値の候補、対象の SLO(--slo)、または期間(--from、--to)を減らしてください。',
      ),
    }),
  );
}
