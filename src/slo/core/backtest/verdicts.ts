import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type CountSeries, countSeriesOfColumns } from '../budget/counts.ts';
import type { Bounds } from '../objective/time-window.ts';
import type { Screen } from '../screens/screen.ts';
import type { Judgement } from './candidate.ts';
import { ABSENT, type Observed, patternCount, placeAmong, widthOf } from './observations.ts';

/** For each pattern 1 where it is good, else 0; a problem where the history cannot tell. */
export function verdictsOf(observed: Observed, judgement: Judgement): Result<Uint8Array, Problem> {
  return judgement.kind === 'screen'
    ? viewVerdicts(observed, judgement.screen)
    : requestVerdicts(observed, judgement.indicator.slowerThanMs);
}

/** Events of each minute that this judgement calls good. */
export function seriesOf(
  bounds: Bounds,
  observed: Observed,
  judgement: Judgement,
): Result<CountSeries, Problem> {
  const verdicts = verdictsOf(observed, judgement);
  if (!verdicts.ok) return verdicts;
  const length = bounds.toMinute - bounds.fromMinute;
  const good = new Float64Array(length);
  const total = new Float64Array(length);
  const { count, minute, pattern } = observed;
  for (let row = 0; row < count.length; row += 1) {
    const at = (minute[row] ?? 0) - bounds.fromMinute;
    if (at < 0 || at >= length) continue;
    const times = count[row] ?? 0;
    total[at] = (total[at] ?? 0) + times;
    if (verdicts.value[pattern[row] ?? 0] === 1) good[at] = (good[at] ?? 0) + times;
  }
  const minutes = Int32Array.from({ length }, (_, index) => bounds.fromMinute + index);
  return ok(countSeriesOfColumns(bounds, { minute: minutes, good, total }));
}

/** Of one column: twice how well each place does against a threshold; undefined where the history has no such cut. */
function halvesOf(cutsUs: readonly number[], thresholdMs: number): Uint8Array | undefined {
  const [own, fourfold] = [thresholdMs * 1000, thresholdMs * 4000];
  if (!cutsUs.includes(own) || !cutsUs.includes(fourfold)) return undefined;
  const [lastWhole, lastHalf] = [placeAmong(cutsUs, own), placeAmong(cutsUs, fourfold)];
  return Uint8Array.from({ length: cutsUs.length + 2 }, (_, place) =>
    place <= lastWhole ? 2 : place <= lastHalf ? 1 : 0,
  );
}

function viewVerdicts(observed: Observed, screen: Screen): Result<Uint8Array, Problem> {
  const { patterns, subject } = observed;
  const width = widthOf(subject);
  const thresholds = [...screen.requests.map((request) => request.thresholdMs), screen.thresholdMs];
  const halves = thresholds.map((ms, column) => halvesOf(subject.cutsUs[column] ?? [], ms));
  const unseen = thresholds[halves.indexOf(undefined)];
  if (unseen !== undefined) return err(notObserved(subject.name, unseen));
  const weights = screen.requests.map(({ weight }) => weight);
  const verdicts = new Uint8Array(patternCount(observed));
  for (let number = 0; number < verdicts.length; number += 1) {
    const at = number * width;
    let [above, weight] = [0, 0];
    for (let column = 0; column < width - 1; column += 1) {
      const place = patterns[at + column] ?? ABSENT;
      if (place === ABSENT) continue;
      weight += weights[column] ?? 0;
      above += (weights[column] ?? 0) * (halves[column]?.[place] ?? 0);
    }
    const atMost = weight * (halves[width - 1]?.[patterns[at + width - 1] ?? ABSENT] ?? 0);
    // Exact, as the score is: all products are safe integers. Without any request it failed.
    const good = weight > 0 && Math.min(above, atMost) * 1_000_000 >= screen.barPpm * 2 * weight;
    verdicts[number] = good ? 1 : 0;
  }
  return ok(verdicts);
}

function requestVerdicts(
  { patterns, subject }: Observed,
  slowerThanMs: number | undefined,
): Result<Uint8Array, Problem> {
  const cutsUs = subject.cutsUs[0] ?? [];
  // Only what failed stands behind the last cut.
  if (slowerThanMs === undefined)
    return ok(Uint8Array.from(patterns, (place) => (place <= cutsUs.length ? 1 : 0)));
  if (!cutsUs.includes(slowerThanMs * 1000)) return err(notObserved(subject.name, slowerThanMs));
  const last = placeAmong(cutsUs, slowerThanMs * 1000);
  return ok(Uint8Array.from(patterns, (place) => (place <= last ? 1 : 0)));
}

const notObserved = (name: string, ms: number): Problem =>
  problem('bad-input', {
    rule: 'backtest.not-observed',
    message: text(
      `The history of ${name} does not tell which requests took more than ${ms} ms.`,
      `${name} の履歴からは、${ms} ms を超えたリクエストが分かりません。`,
    ),
    remedy: text(
      'Use one of the thresholds that it was made for, or read the logs again with this one.',
      '履歴を作成したときのしきい値を使うか、このしきい値でログを読み直してください。',
    ),
  });
