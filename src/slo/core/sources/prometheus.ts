import { z } from 'zod';
import { err, ok, type Result } from '#core-values';
import type { MetricSource } from '../definitions/indicator-schema.ts';
import type { Bounds } from '../objective/time-window.ts';
import type { ValueSeries } from './values.ts';

/** Sloth's placeholder stands for this: two samples lie within it where targets are scraped once a minute, Prometheus' default. */
const SLOTH_WINDOW = '2m';
const SLOTH_WINDOW_MINUTES = 2;
const MINUTE_SECONDS = 60;
/** A server refuses more than 11,000 points a series. */
const MOST_POINTS = 10_000;

export interface PrometheusQuery {
  readonly query: string;
  /** What it answers, times this, are events of a minute. */
  readonly scale: number;
}

/**
 * The query of a metric, whose value at the end of a minute is that minute's. With Sloth's `{{.window}}` it is what Sloth would ask: a
 * rate for each second, or the events of the window.
 */
export function prometheusQuery({ spec }: MetricSource, isRatio: boolean): PrometheusQuery {
  const words = typeof spec.query === 'string' ? spec.query : '';
  const query = words.replaceAll(/\{\{\s*\.window\s*\}\}/g, SLOTH_WINDOW);
  if (query === words || !isRatio) return { query, scale: 1 };
  const isRate = /\bi?rate\s*\(/.test(query);
  return { query, scale: isRate ? MINUTE_SECONDS : 1 / SLOTH_WINDOW_MINUTES };
}

/** `start` and `end` of range queries, in seconds, that together have a point at the end of every minute. */
export function rangesOf({ fromMinute, toMinute }: Bounds): readonly { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (let from = fromMinute; from < toMinute; from += MOST_POINTS) {
    const to = Math.min(from + MOST_POINTS, toMinute);
    ranges.push({ start: (from + 1) * MINUTE_SECONDS, end: to * MINUTE_SECONDS });
  }
  return ranges;
}

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])).default([]),
        histograms: z.array(z.unknown()).optional(),
      }),
    ),
  }),
});

/** What the server says of a query that it cannot answer. */
export const prometheusError = z.object({ status: z.literal('error'), error: z.string() });

const SPECIAL: Readonly<Record<string, number>> = {
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

/** Series of an answer to a range query, by their labels, so that those of several ranges can be put together. */
export function readMatrix(
  body: unknown,
  scale: number,
): Result<ReadonlyMap<string, ValueSeries>, 'not-understood' | 'histogram'> {
  const parsed = answer.safeParse(body);
  if (!parsed.success) return err('not-understood');
  const series = new Map<string, ValueSeries>();
  for (const { metric, values, histograms } of parsed.data.data.result) {
    if (histograms !== undefined && histograms.length > 0) return err('histogram');
    const labels = Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1));
    series.set(JSON.stringify(labels), {
      // Whatever sums or computes drops the name: with it, this is what one target told.
      isCounter: Object.hasOwn(metric, '__name__'),
      minutes: values.map(([seconds]) => Math.round(seconds / MINUTE_SECONDS) - 1),
      values: values.map(([, value]) => (SPECIAL[value] ?? Number(value)) * scale),
    });
  }
  return ok(series);
}

/** Ranges come one after the other. */
export function joinedSeries(parts: readonly ReadonlyMap<string, ValueSeries>[]): readonly ValueSeries[] {
  const all = new Map<string, ValueSeries>();
  for (const part of parts) {
    for (const [labels, series] of part) {
      const before = all.get(labels);
      all.set(
        labels,
        before === undefined
          ? series
          : {
              isCounter: series.isCounter,
              minutes: [...before.minutes, ...series.minutes],
              values: [...before.values, ...series.values],
            },
      );
    }
  }
  return [...all.values()];
}
