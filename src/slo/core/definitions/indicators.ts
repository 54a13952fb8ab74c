import { z } from 'zod';
import { err, ok, type Reason, type Result, text } from '#core-values';
import { type NodePath, type PlaceOf, reasonsOf } from '#platform/core';
import type { StatusRange } from '../screens/screen.ts';
import * as duration from './durations.ts';
import * as field from './fields.ts';
import type { Metric, MetricSource } from './indicator-schema.ts';
import { route, status } from './requests.ts';

/** What an SLI counts, and who can count it. */
export type Indicator =
  | RequestIndicator
  /** Views of a screen that do not reach its bar are bad. */
  | { readonly kind: 'screen'; readonly screen: string }
  /** Every minute is good when the data set is no older than this at its end. */
  | { readonly kind: 'freshness'; readonly dataset: string; readonly mostAgeMinutes: number }
  /** Every minute is bad in which an alert of one of these monitors is open. */
  | { readonly kind: 'downtime'; readonly system: string; readonly monitors: readonly Monitor[] }
  /** Told by queries of another system, kept as they are for its adapter: Prometheus, CloudWatch and others. */
  | { readonly kind: 'queries'; readonly system: string; readonly metric: Metric };

/** Of the requests of an access log that have these routes, those that fail or take longer are bad. */
export interface RequestIndicator {
  readonly kind: 'requests';
  /** `GET /items/{id}`, or `/items/{id}` of any method; all requests when empty. */
  readonly routes: readonly string[];
  readonly badStatus: readonly StatusRange[];
  readonly slowerThanMs?: number;
}

/** All that is given must fit. */
export interface Monitor {
  readonly id?: string;
  readonly name?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly type?: string;
}

export interface ReadIndicator {
  readonly metric: Metric;
  /** The `spec` of the SLI. */
  readonly path: NodePath;
  readonly placeOf: PlaceOf;
  /** What a DataSource of this name is for; undefined where there is none. */
  readonly typeOf: (dataSource: string) => string | undefined;
}

const ACCESS_LOG = 'access-log';
const FRESHNESS = 'freshness';
const ALERTS = 'alerts';

const totalSpec = z.strictObject({
  routes: z.array(route()).exactOptional(),
  screen: field.name().exactOptional(),
});
const badSpec = z.strictObject({
  status: z.array(status()).min(1).exactOptional(),
  slowerThan: duration.latency().exactOptional(),
  views: z.literal('below-bar').exactOptional(),
});
const freshnessSpec = z.strictObject({ dataset: field.words(), mostAge: duration.minutes() });
const monitor = z.strictObject({
  id: field.words().exactOptional(),
  name: field.words().exactOptional(),
  namePrefix: field.words().exactOptional(),
  nameSuffix: field.words().exactOptional(),
  type: field.words().exactOptional(),
});
const alertsSpec = z.strictObject({ system: field.words(), monitors: z.array(monitor).min(1) });
const prometheusSpec = z.looseObject({ query: z.string().min(1) });

/** What the sources of an SLI mean; reasons where nobody could count it. */
export function indicatorOf(read: ReadIndicator): Result<Indicator, readonly Reason[]> {
  const types = sourcesOf(read.metric).map(({ source, path }) => ({
    source,
    path: [...path, 'metricSource'],
    type: source.type ?? (source.metricSourceRef && read.typeOf(source.metricSourceRef)),
  }));
  const unknown = types.filter(({ type }) => type === undefined);
  if (unknown.length > 0)
    return err(unknown.map(({ path }) => reasonAt(read, [...path, 'metricSourceRef'], NO_SOURCE)));
  const [first, ...others] = types;
  const system = first?.type ?? '';
  const odd = others.filter(({ type }) => type !== system);
  if (odd.length > 0) return err(odd.map(({ path }) => reasonAt(read, [...path, 'type'], TWO_SYSTEMS)));
  switch (system) {
    case ACCESS_LOG:
      return requestsOf(read);
    case FRESHNESS:
      return mapped(specOf(read, freshnessSpec), ({ dataset, mostAge }) => ({
        kind: FRESHNESS,
        dataset,
        mostAgeMinutes: mostAge,
      }));
    case ALERTS:
      return mapped(specOf(read, alertsSpec), (spec) => ({ kind: 'downtime', ...spec }));
    default:
      return queriesOf(read, system);
  }
}

interface PlacedSource {
  readonly source: MetricSource;
  readonly path: NodePath;
}

function sourcesOf(metric: Metric): readonly PlacedSource[] {
  switch (metric.kind) {
    case 'threshold':
      return [{ source: metric.source, path: ['thresholdMetric'] }];
    case 'raw':
      return [{ source: metric.source, path: ['ratioMetric', 'raw'] }];
    case 'ratio':
      return [
        { source: metric.events, path: ['ratioMetric', metric.part] },
        { source: metric.total, path: ['ratioMetric', 'total'] },
      ];
  }
}

function requestsOf(read: ReadIndicator): Result<Indicator, readonly Reason[]> {
  const { metric } = read;
  if (metric.kind !== 'ratio' || metric.part !== 'bad') return err([reasonAt(read, [], BAD_OF_TOTAL)]);
  const badPath = ['ratioMetric', 'bad', 'metricSource', 'spec'];
  const bad = checked(read, badSpec, metric.events.spec, badPath);
  const total = checked(read, totalSpec, metric.total.spec, ['ratioMetric', 'total', 'metricSource', 'spec']);
  if (!bad.ok || !total.ok) return err([bad, total].flatMap((result) => (result.ok ? [] : result.error)));
  const { status: badStatus = [], slowerThan, views } = bad.value;
  const { routes = [], screen } = total.value;
  if (screen !== undefined) {
    const isOfScreen = views !== undefined && badStatus.length === 0 && slowerThan === undefined;
    return isOfScreen && routes.length === 0
      ? ok({ kind: 'screen', screen })
      : err([reasonAt(read, badPath, BAD_VIEWS)]);
  }
  if (views !== undefined || (badStatus.length === 0 && slowerThan === undefined))
    return err([reasonAt(read, badPath, BAD_REQUESTS)]);
  return ok({
    kind: 'requests',
    routes,
    badStatus,
    ...(slowerThan === undefined ? {} : { slowerThanMs: slowerThan }),
  });
}

function queriesOf(read: ReadIndicator, system: string): Result<Indicator, readonly Reason[]> {
  const isPrometheus = system.toLowerCase() === 'prometheus';
  const faults = !isPrometheus
    ? []
    : sourcesOf(read.metric).flatMap(({ source, path }) => {
        const spec = checked(read, prometheusSpec, source.spec, [...path, 'metricSource', 'spec']);
        return spec.ok ? [] : spec.error;
      });
  return faults.length > 0 ? err(faults) : ok({ kind: 'queries', system, metric: read.metric });
}

/** The one spec of an indicator that is told by a threshold. */
function specOf<Schema extends z.ZodType>(
  read: ReadIndicator,
  schema: Schema,
): Result<z.output<Schema>, readonly Reason[]> {
  if (read.metric.kind !== 'threshold') return err([reasonAt(read, [], THRESHOLD_METRIC)]);
  return checked(read, schema, read.metric.source.spec, ['thresholdMetric', 'metricSource', 'spec']);
}

function checked<Schema extends z.ZodType>(
  { path, placeOf }: ReadIndicator,
  schema: Schema,
  input: unknown,
  within: NodePath,
): Result<z.output<Schema>, readonly Reason[]> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return ok(parsed.data);
  return err(
    reasonsOf(parsed.error.issues, {
      schema,
      input,
      ruleRoom: 'slo',
      placeOf: (inner, part) => placeOf([...path, ...within, ...inner], part),
    }),
  );
}

const mapped = <A, B>(
  result: Result<A, readonly Reason[]>,
  to: (value: A) => B,
): Result<B, readonly Reason[]> => (result.ok ? ok(to(result.value)) : result);

const reasonAt = ({ path, placeOf }: ReadIndicator, within: NodePath, no: field.Refusal): Reason => ({
  ...no,
  place: placeOf([...path, ...within]),
});

const NO_SOURCE = field.refusal(
  'slo.unknown-data-source',
  text('No DataSource has this name.', 'この名前の DataSource はありません。'),
  text('Define it, or add `type:` here.', '定義するか、ここに `type:` を追加してください。'),
);
const TWO_SYSTEMS = field.refusal(
  'slo.two-systems',
  text(
    'The two halves of a ratio come from different systems.',
    '比率の分子と分母が別のシステムから来ています。',
  ),
  text('Ask one system for both.', '両方を同じシステムに問い合わせてください。'),
);
const BAD_OF_TOTAL = field.refusal(
  'slo.access-log',
  text('Access logs are told by their bad requests.', 'アクセスログの指標は、悪いリクエストで書きます。'),
  text(
    'Write ratioMetric with `bad` (status, slowerThan) and `total` (routes).',
    'ratioMetric に `bad`(status、slowerThan)と `total`(routes)を書いてください。',
  ),
);
const BAD_REQUESTS = field.refusal(
  'slo.bad-requests',
  text('Nothing says which requests are bad.', 'どのリクエストが悪いのか書かれていません。'),
  text(
    'Add `status: [5xx]`, `slowerThan: 300ms`, or both.',
    '`status: [5xx]` か `slowerThan: 300ms`、またはその両方を書いてください。',
  ),
);
const BAD_VIEWS = field.refusal(
  'slo.bad-views',
  text(
    'Views of a screen are bad below its bar, and by nothing else.',
    '画面の表示が悪いかどうかは、その画面の合格線だけで決まります。',
  ),
  text(
    'Write `views: below-bar` alone here, and `screen:` alone under total.',
    'ここには `views: below-bar` だけを、total には `screen:` だけを書いてください。',
  ),
);
const THRESHOLD_METRIC = field.refusal(
  'slo.threshold-metric',
  text('This type is written as a thresholdMetric.', 'この種類は thresholdMetric で書きます。'),
  text('Replace ratioMetric by thresholdMetric.', 'ratioMetric を thresholdMetric に変えてください。'),
);
