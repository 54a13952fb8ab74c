import { type Reason, type Text, text } from '#core-values';
import type { MetricSource } from '../definitions/indicator-schema.ts';
import type { Indicator } from '../definitions/indicators.ts';
import type { Definitions, Slo, SloObjective } from '../definitions/resolve.ts';
import { nominalMinutes } from '../objective/time-window.ts';
import type { Notification, PrometheusSli, PrometheusSlo } from './prometheus-slo.ts';

/** SLOs that Prometheus can count, and why it cannot count the others. */
export interface PrometheusSlos {
  readonly slos: readonly PrometheusSlo[];
  readonly left: readonly Reason[];
}

/** An objective each; SLOs of several get their number behind the name. */
export function prometheusSlos({ slos }: Pick<Definitions, 'slos'>): PrometheusSlos {
  const found: PrometheusSlo[] = [];
  const left: Reason[] = [];
  for (const slo of slos) {
    const sli = sliOf(slo.indicator);
    if ('why' in sli) left.push(leftOut(slo, sli.why));
    else if (slo.objectives.some(({ slices }) => slices !== undefined)) left.push(leftOut(slo, SLICES));
    else if (slo.objectives.some(({ window }) => window.kind === 'calendar'))
      left.push(leftOut(slo, CALENDAR));
    else if (!hasWindow(sli)) left.push(leftOut(slo, NO_WINDOW));
    else found.push(...slo.objectives.map((objective, index) => ofObjective(slo, sli, objective, index)));
  }
  return { slos: found, left };
}

function ofObjective(slo: Slo, sli: PrometheusSli, objective: SloObjective, index: number): PrometheusSlo {
  const { metadata, service } = slo;
  const name = slo.objectives.length === 1 ? metadata.name : `${metadata.name}-${index + 1}`;
  const notification: Notification = { alertName: name, labels: {}, annotations: {} };
  const labels = Object.entries(metadata.labels ?? {}).flatMap(([label, value]) =>
    typeof value === 'string' && LABEL.test(label) ? [[label, value] as const] : [],
  );
  return {
    ...{ service, name, sli },
    targetPpm: objective.targetPpm,
    periodMinutes: nominalMinutes(objective.window),
    labels: Object.fromEntries(labels),
    burnAlerts: objective.alerts,
    notify: { page: notification, ticket: notification },
  };
}

/** What Prometheus takes as the name of a label. */
const LABEL = /^[a-zA-Z_]\w*$/;
const WINDOW = /\{\{\s*\.window\s*\}\}/;

const hasWindow = (sli: PrometheusSli): boolean =>
  (sli.kind === 'ratio' ? [sli.badRatio] : [sli.bad, sli.total]).every((query) => WINDOW.test(query));

function sliOf(indicator: Indicator): PrometheusSli | { readonly why: Text } {
  if (indicator.kind !== 'queries') return { why: COUNTED_HERE };
  if (indicator.system.toLowerCase() !== 'prometheus') return { why: OTHER_SYSTEM };
  const { metric } = indicator;
  switch (metric.kind) {
    case 'threshold':
      return { why: THRESHOLD };
    case 'raw': {
      const ratio = queryOf(metric.source);
      return { kind: 'ratio', badRatio: metric.rawType === 'failure' ? ratio : `1 - (${ratio})` };
    }
    case 'ratio': {
      const [events, total] = [queryOf(metric.events), queryOf(metric.total)];
      const bad = metric.part === 'bad' ? events : `(${total}) - (${events})`;
      return { kind: 'events', bad, total };
    }
  }
}

const queryOf = ({ spec }: MetricSource): string => (typeof spec.query === 'string' ? spec.query : '');

const leftOut = ({ metadata: { name } }: Slo, why: Text): Reason => ({
  rule: 'slo.not-for-prometheus',
  message: text(`${name}: ${why.en}`, `${name}: ${why.ja}`),
  remedy: text('Let Sekisho alert on it.', 'アラートは Sekisho に任せてください。'),
});

const COUNTED_HERE = text(
  'Sekisho counts it; Prometheus has no query for it.',
  'Sekisho が数える指標で、Prometheus のクエリがありません。',
);
const OTHER_SYSTEM = text('its queries are not for Prometheus.', 'クエリが Prometheus 用ではありません。');
const THRESHOLD = text(
  'a threshold of a metric is judged by slices of time, which these rules do not know.',
  'しきい値の指標はタイムスライスで評価するため、このルールでは表せません。',
);
const SLICES = text(
  'it has time slices, which these rules do not know.',
  'タイムスライスはこのルールでは表せません。',
);
const CALENDAR = text(
  'its window is a calendar’s, and Prometheus only looks back.',
  'カレンダーの期間です。Prometheus は直近の一定期間しか見られません。',
);
const NO_WINDOW = text(
  'a query has no [{{.window}}], so it holds for one window only.',
  'クエリに [{{.window}}] がないため、1 つの期間にしか使えません。',
);
