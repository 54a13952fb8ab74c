import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import type { Reason } from '#core-values';
import { reasonsOf } from '#platform/core';
import type { MetricSource } from '../definitions/indicator-schema.ts';
import type { ValueSeries } from './values.ts';

/** Queries that one request may have. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export const MOST_QUERIES = 500;
const PERIOD_SECONDS = 60;

const metric = z.strictObject({
  namespace: z.string().min(1),
  metricName: z.string().min(1),
  dimensions: z.record(z.string(), z.string()).default({}),
  stat: z.string().min(1).default('Sum'),
});
const calculation = z.strictObject({
  /** Of metric math, over the names below, or a query of Metrics Insights. */
  expression: z.string().min(1),
  metrics: z.record(z.string().regex(/^[a-z]\w{0,100}$/), metric).default({}),
});

type Asked = z.output<typeof metric> | z.output<typeof calculation>;

/** What a metric source of type CloudWatch asks for; or what is wrong with it. */
export function cloudwatchQuery({ spec }: MetricSource): Asked | readonly Reason[] {
  const schema = 'expression' in spec ? calculation : metric;
  const parsed = schema.safeParse(spec);
  return parsed.success
    ? parsed.data
    : reasonsOf(parsed.error.issues, { input: spec, schema, ruleRoom: 'slo' });
}

/** Queries that together give one series, whose id is this one. */
export function metricQueries(id: string, asked: Asked): readonly MetricDataQuery[] {
  if ('metricName' in asked) return [{ Id: id, MetricStat: statOf(asked), ReturnData: true }];
  // Names are of this expression alone: those of others in the same request may be the same.
  const renamed = (name: string): string => `${id}_${name}`;
  const names = Object.keys(asked.metrics);
  const expression = asked.expression.replaceAll(/'[^']*'|"[^"]*"|[A-Za-z_]\w*/g, (word) =>
    names.includes(word) ? renamed(word) : word,
  );
  return [
    { Id: id, Expression: expression, Period: PERIOD_SECONDS, ReturnData: true },
    ...Object.entries(asked.metrics).map(([name, one]) => ({
      Id: renamed(name),
      MetricStat: statOf(one),
      ReturnData: false,
    })),
  ];
}

const statOf = ({ namespace, metricName, dimensions, stat }: z.output<typeof metric>) => ({
  Metric: {
    Namespace: namespace,
    MetricName: metricName,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  },
  Period: PERIOD_SECONDS,
  Stat: stat,
});

/** The series of some ids, out of all pages of an answer. */
export function seriesOf(results: readonly MetricDataResult[]): ReadonlyMap<string, ValueSeries> {
  const series = new Map<string, ValueSeries>();
  for (const [id, parts] of Map.groupBy(results, ({ Id = '' }) => Id)) {
    const points = parts.flatMap(({ Timestamps = [], Values = [] }) =>
      Timestamps.map(
        (at, index) => [Math.floor(at.getTime() / 60_000), Values[index] ?? Number.NaN] as const,
      ),
    );
    const sorted = points.toSorted(([a], [b]) => a - b);
    series.set(id, {
      isCounter: false,
      minutes: sorted.map(([minute]) => minute),
      values: sorted.map(([, value]) => value),
    });
  }
  return series;
}
