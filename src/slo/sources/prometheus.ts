import { err, ok, type Problem, type Result } from '#core-values';
import type { MetricSource } from '../core/definitions/indicator-schema.ts';
import type { Bounds, Slo } from '../core/index.ts';
import {
  joinedSeries,
  prometheusError,
  prometheusQuery,
  rangesOf,
  readMatrix,
} from '../core/sources/prometheus.ts';
import {
  COUNTER_MEMORY_MINUTES,
  type CountedValues,
  countedValues,
  type ValueSeries,
} from '../core/sources/values.ts';
import { type Asking, askJson, notAnswerable, notLetIn, notUnderstood } from './ask.ts';
import { askedMetric } from './metrics.ts';
import type { PolledSource } from './source.ts';

export interface PrometheusOptions {
  readonly name: string;
  /** Of the server, also with a path before `/api/v1`. */
  readonly url: string;
  /** The value of the header `Authorization`; a secret. */
  readonly authorization?: string;
}

/** Prometheus, and what speaks like it: Thanos, Mimir, VictoriaMetrics. */
export function prometheusSource(asking: Asking, options: PrometheusOptions): PolledSource {
  return {
    name: options.name,
    kind: 'prometheus',
    // Remote writes and rules come a little later; a target is seen as gone after five minutes.
    settleMinutes: 10,
    mostMinutes: 7 * 24 * 60,
    read: async (slos, bounds) => {
      const read = new Map<Slo, Result<CountedValues, Problem>>();
      for (const slo of slos) read.set(slo, await readSlo(asking, options, slo, bounds));
      return read;
    },
  };
}

async function readSlo(
  asking: Asking,
  options: PrometheusOptions,
  slo: Slo,
  bounds: Bounds,
): Promise<Result<CountedValues, Problem>> {
  const asked = askedMetric(slo);
  if (!asked.ok) return asked;
  const { metric, compared } = asked.value;
  const isCounter = metric.kind === 'ratio' && metric.counter;
  const reach = { ...bounds, fromMinute: bounds.fromMinute - (isCounter ? COUNTER_MEMORY_MINUTES : 0) };
  const isRatio = metric.kind === 'ratio';
  const ask = (source: MetricSource) => askSeries(asking, options, source, { reach, isRatio });
  const events = await ask(isRatio ? metric.events : metric.source);
  if (!events.ok) return events;
  const total = isRatio ? await ask(metric.total) : ok([]);
  if (!total.ok) return total;
  return ok(countedValues(metric, compared, { events: events.value, total: total.value }, bounds));
}

async function askSeries(
  asking: Asking,
  { name, url, authorization }: PrometheusOptions,
  source: MetricSource,
  { reach, isRatio }: { readonly reach: Bounds; readonly isRatio: boolean },
): Promise<Result<readonly ValueSeries[], Problem>> {
  const { query, scale } = prometheusQuery(source, isRatio);
  const whom = `Prometheus ${name}`;
  const parts: ReadonlyMap<string, ValueSeries>[] = [];
  for (const { start, end } of rangesOf(reach)) {
    const answer = await askJson(asking, {
      whom,
      url: `${url.replace(/\/+$/, '')}/api/v1/query_range`,
      method: 'POST',
      headers: authorization === undefined ? {} : { authorization },
      form: { query, start: String(start), end: String(end), step: '60' },
    });
    if (!answer.ok) return answer;
    const { status, body } = answer.value;
    if (status === 401 || status === 403) return err(notLetIn(whom, status));
    if (status >= 300) {
      const said = prometheusError.safeParse(body);
      return err(said.success ? notAnswerable(whom, query, said.data.error) : notUnderstood(whom));
    }
    const matrix = readMatrix(body, scale);
    if (!matrix.ok)
      return err(matrix.error === 'histogram' ? notAnswerable(whom, query, HISTOGRAM) : notUnderstood(whom));
    parts.push(matrix.value);
  }
  const series = joinedSeries(parts);
  return isRatio || series.length <= 1
    ? ok(series)
    : err(notAnswerable(whom, query, severalSeries(series.length)));
}

const HISTOGRAM = 'it answers with histograms. Use histogram_count() or histogram_fraction().';
const severalSeries = (count: number): string =>
  `it answers with ${count} series where one is compared. Sum them, or take their max().`;
