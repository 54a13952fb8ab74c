import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Bounds } from '../objective/time-window.ts';
import { type CountSeries, type Counts, countsBetween, sumUp } from './counts.ts';

/**
 * Time that is left out of a budget, good and bad alike, such as an announced maintenance. So a correction never gives back more
 * than was lost in it, and takes budget where less than the allowance was lost.
 */
export interface Correction extends Bounds {
  readonly reason: string;
}

export interface CorrectedSeries {
  readonly series: CountSeries;
  /** What each correction took out, in the given order; where two overlap, the first has it. */
  readonly leftOut: readonly Counts[];
}

export function correction(given: Correction): Result<Correction, Problem> {
  const { fromMinute, toMinute, reason } = given;
  if (reason.trim() === '') return err(withoutReason);
  const whole = Number.isSafeInteger(fromMinute) && Number.isSafeInteger(toMinute);
  return whole && fromMinute < toMinute
    ? ok({ fromMinute, toMinute, reason: reason.trim() })
    : err(emptySpan);
}

export function withCorrections(series: CountSeries, corrections: readonly Correction[]): CorrectedSeries {
  const length = series.totalUpTo.length - 1;
  const owners = new Int32Array(length).fill(-1);
  corrections.forEach(({ fromMinute, toMinute }, owner) => {
    const to = Math.min(length, toMinute - series.fromMinute);
    for (let index = Math.max(0, fromMinute - series.fromMinute); index < to; index += 1) {
      if (owners[index] === -1) owners[index] = owner;
    }
  });
  const leftOut = corrections.map(() => ({ good: 0, total: 0 }));
  const kept = {
    goodUpTo: new Float64Array(length + 1),
    totalUpTo: new Float64Array(length + 1),
    leftOutUpTo: new Float64Array(length + 1),
  };
  owners.forEach((owner, index) => {
    const minute = series.fromMinute + index;
    const { good, total } = countsBetween(series, { fromMinute: minute, toMinute: minute + 1 });
    const taken = leftOut[owner];
    if (taken !== undefined) {
      taken.good += good;
      taken.total += total;
      kept.leftOutUpTo[index + 1] = 1;
    } else {
      kept.goodUpTo[index + 1] = good;
      kept.totalUpTo[index + 1] = total;
    }
  });
  for (const sums of Object.values(kept)) sumUp(sums);
  return { series: { fromMinute: series.fromMinute, toMinute: series.toMinute, ...kept }, leftOut };
}

const withoutReason: Problem = problem('bad-input', {
  rule: 'correction.no-reason',
  message: text('A correction of a budget has no reason.', 'エラーバジェットの補正に理由がありません。'),
  remedy: text('Say why this time should not count.', 'この時間を数えない理由を書いてください。'),
});

const emptySpan: Problem = problem('bad-input', {
  rule: 'correction.empty-span',
  message: text(
    'A correction of a budget covers no whole minutes.',
    'エラーバジェットの補正の期間が、分単位の範囲になっていません。',
  ),
  remedy: text(
    'Give a start before the end, both on whole minutes.',
    '開始と終了を分単位で、開始が終了より前になるように指定してください。',
  ),
});
