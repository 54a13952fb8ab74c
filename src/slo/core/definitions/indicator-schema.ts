import { z } from 'zod';
import { text } from '#core-values';
import * as field from './fields.ts';
import { eitherOf, refusal, refuse } from './fields.ts';

/** What is asked of a metric source is for its adapter: kept as it is. */
const metricSource = z
  .strictObject({
    metricSourceRef: field.name().exactOptional(),
    type: field.words().exactOptional(),
    spec: z.record(z.string(), z.json()),
  })
  .superRefine((source, context) => {
    if (source.metricSourceRef === undefined && source.type === undefined)
      refuse(
        context,
        refusal(
          'slo.metric-source',
          text('Nobody knows where to ask for this metric.', 'どこに問い合わせる指標か分かりません。'),
          text(
            'Add `type:`, or name a DataSource by `metricSourceRef:`.',
            '`type:` を追加するか、`metricSourceRef:` で DataSource を指定してください。',
          ),
        ),
        source,
      );
  });

export type MetricSource = z.output<typeof metricSource>;

const metric = z.strictObject({ metricSource }).transform((value) => value.metricSource);

/** How a share of good events is told, in OpenSLO's three ways. */
export type Metric =
  | { readonly kind: 'threshold'; readonly source: MetricSource }
  | {
      readonly kind: 'ratio';
      readonly counter: boolean;
      /** Whether `events` are the good or the bad ones of `total`. */
      readonly part: 'good' | 'bad';
      readonly events: MetricSource;
      readonly total: MetricSource;
    }
  | { readonly kind: 'raw'; readonly rawType: 'success' | 'failure'; readonly source: MetricSource };

const ratioMetric = z
  .strictObject({
    counter: z.boolean().default(false),
    good: metric.exactOptional(),
    bad: metric.exactOptional(),
    total: metric.exactOptional(),
    raw: metric.exactOptional(),
    rawType: z.enum(['success', 'failure']).exactOptional(),
  })
  .transform((given, context): Metric => {
    const { counter, good, bad, total, raw, rawType } = given;
    if (raw !== undefined && rawType !== undefined && !good && !bad && !total)
      return { kind: 'raw', rawType, source: raw };
    if (raw === undefined && rawType === undefined && total !== undefined && !(good && bad)) {
      const [part, events] = good === undefined ? (['bad', bad] as const) : (['good', good] as const);
      if (events !== undefined) return { kind: 'ratio', counter, part, events, total };
    }
    refuse(context, NO_RATIO, given);
    return z.NEVER;
  });

const NO_RATIO = refusal(
  'slo.ratio',
  text('This is no ratio.', '比率になっていません。'),
  text(
    'Give `total` with one of `good` and `bad`, or `raw` with `rawType`.',
    '`total` と、`good` か `bad` のどちらか一方を指定してください。または `raw` と `rawType` を指定してください。',
  ),
);

export const sliSpec = z
  .strictObject({
    description: field.description().exactOptional(),
    thresholdMetric: metric.exactOptional(),
    ratioMetric: ratioMetric.exactOptional(),
  })
  .transform(({ thresholdMetric, ratioMetric: ratio, ...rest }, context) => {
    const given: Metric | undefined =
      ratio ?? (thresholdMetric && { kind: 'threshold', source: thresholdMetric });
    if (given === undefined || (ratio !== undefined && thresholdMetric !== undefined)) {
      refuse(context, eitherOf('ratioMetric', 'thresholdMetric'), rest);
      return z.NEVER;
    }
    return { ...rest, metric: given };
  });
