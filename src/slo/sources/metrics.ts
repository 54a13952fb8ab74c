import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Metric } from '../core/definitions/indicator-schema.ts';
import type { Slo, SloObjective } from '../core/index.ts';

export interface AskedMetric {
  readonly metric: Metric;
  readonly compared: SloObjective['compared'];
}

/** What another system is asked for an SLO of kind `queries`. */
export function askedMetric({ metadata, indicator, objectives }: Slo): Result<AskedMetric, Problem> {
  if (indicator.kind !== 'queries') throw new TypeError(`${metadata.name} asks no other system`);
  const { metric } = indicator;
  // A ratio tells no events: it can be averaged over time, never over events.
  if (metric.kind === 'raw' && objectives.some(({ slices }) => slices === undefined))
    return err(needsSlices(metadata.name));
  return ok({ metric, compared: objectives[0]?.compared });
}

const needsSlices = (name: string): Problem =>
  problem('bad-config', {
    rule: 'slo.ratio-of-no-events',
    message: text(
      `${name} has a ratio that was made elsewhere: how many events it stands for is lost, and its budget of events cannot be known.`,
      `${name} は別の場所で計算された比率を使っています。元のイベント数が失われるため、イベントのエラーバジェットを計算できません。`,
    ),
    remedy: text(
      'Give `total` with `good` or `bad`, or write `budgetingMethod: Timeslices`.',
      '`total` と `good`(または `bad`)を指定するか、`budgetingMethod: Timeslices` にしてください。',
    ),
  });
