import { text } from '#core-values';
import { ALERTS_ANNOTATION, LABEL_PREFIX, SEVERITY_ANNOTATION } from './annotations.ts';
import { type Draft, nameOf, serviceDraft } from './carried.ts';
import { isAnnotationKey, isLabel } from './fields.ts';
import { left, type SourceNode } from './source-node.ts';

/** Sloth's period, which is no part of its files but an option (`--default-slo-period`). */
const PERIOD = '30d';

/** `prometheus/v1` of Sloth. */
export function slothDrafts(root: SourceNode): readonly Draft[] {
  root.at('version').take();
  return serviceDrafts(root);
}

/** Its Kubernetes form. The resource's own name and labels say where it lives, not what it means. */
export function slothResourceDrafts(root: SourceNode): readonly Draft[] {
  for (const key of ['apiVersion', 'kind']) root.at(key).take();
  if (root.at('metadata').keys().length > 0) root.at('metadata').leave(KUBERNETES);
  return serviceDrafts(root.at('spec'));
}

function serviceDrafts(spec: SourceNode): readonly Draft[] {
  const service = spec.at('service').words();
  if (service === undefined) {
    spec.leave(NO_SERVICE);
    return [];
  }
  const name = nameOf(service, spec.at('service').leave);
  const drafts = spec
    .at('slos')
    .items()
    .flatMap((slo) => sloDraft(slo, name, spec) ?? []);
  return drafts.length === 0 ? [] : [serviceDraft(name, spec), ...drafts];
}

function sloDraft(slo: SourceNode, service: string, spec: SourceNode): Draft | undefined {
  const given = slo.at('name').words() ?? '';
  const ratioMetric = ratioOf(slo.at('sli'));
  if (ratioMetric === undefined) {
    slo.leave(NO_QUERIES);
    return undefined;
  }
  const { labels, annotations } = labelsOf([spec.at('labels'), slo.at('labels')]);
  const name = nameOf(`${service}-${given}`, slo.at('name').leave);
  const description = slo.at('description').words();
  const document = {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: {
      name,
      displayName: given === '' ? name : given,
      ...(Object.keys(labels).length > 0 && { labels }),
      annotations: { ...annotations, ...alertsOf(slo.at('alerting')) },
    },
    spec: {
      ...(description !== undefined && description !== '' && { description }),
      service,
      indicator: { metadata: { name }, spec: { ratioMetric } },
      timeWindow: [{ duration: PERIOD, isRolling: true }],
      budgetingMethod: 'Occurrences',
      objectives: [{ targetPercent: Number(slo.at('objective').words()) }],
    },
  };
  return { document, from: slo };
}

/** Both spellings occur in both forms: Sloth's own example of raw ratios writes errorRatioQuery. */
const either = (node: SourceNode, snake: string, camel: string): SourceNode =>
  node.at(snake).value() === undefined ? node.at(camel) : node.at(snake);

function ratioOf(sli: SourceNode): object | undefined {
  const raw = either(sli.at('raw'), 'error_ratio_query', 'errorRatioQuery').words();
  const bad = either(sli.at('events'), 'error_query', 'errorQuery').words();
  const total = either(sli.at('events'), 'total_query', 'totalQuery').words();
  if (raw !== undefined && bad === undefined) return { rawType: 'failure', raw: prometheus(raw) };
  if (raw !== undefined || bad === undefined || total === undefined) return undefined;
  return { counter: false, bad: prometheus(bad), total: prometheus(total) };
}

const prometheus = (query: string): object => ({ metricSource: { type: 'Prometheus', spec: { query } } });

interface Labels {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

/** What OpenSLO's labels cannot hold becomes an annotation; a later mapping wins, as in Sloth. */
function labelsOf(mappings: readonly SourceNode[]): Labels {
  const labels: Record<string, string> = {};
  const annotations: Record<string, string> = {};
  for (const mapping of mappings) {
    for (const key of mapping.keys()) {
      const value = mapping.at(key).words();
      if (value === undefined) continue;
      const annotation = `${LABEL_PREFIX}${key}`;
      delete labels[key];
      delete annotations[annotation];
      if (isLabel(key, value)) labels[key] = value;
      else if (isAnnotationKey(annotation)) annotations[annotation] = value;
      else mapping.at(key).leave(NO_LABEL);
    }
  }
  return { labels, annotations };
}

/** Sloth's table, unless both are disabled. How Prometheus' alerts are named and routed has no place in OpenSLO. */
function alertsOf(alerting: SourceNode): Record<string, string> {
  const wanted = (['page', 'ticket'] as const).filter((severity) => {
    const alert = either(alerting, `${severity}_alert`, `${severity}Alert`);
    const disable = alert.at('disable');
    if (typeof disable.value() === 'boolean') disable.take();
    for (const key of alert.keys()) if (key !== 'disable') alert.at(key).leave(ROUTING);
    if (alert.value() !== undefined && alert.keys().length === 0) alert.leave(ROUTING);
    return disable.value() !== true;
  });
  for (const key of alerting.keys())
    if (!/^(page|ticket)(_a|A)lert$/.test(key)) alerting.at(key).leave(ROUTING);
  const [only, ...others] = wanted;
  if (only === undefined) return {};
  return { [ALERTS_ANNOTATION]: 'sloth', ...(others.length === 0 && { [SEVERITY_ANNOTATION]: only }) };
}

const KUBERNETES = left(
  'kubernetes',
  text(
    'Name, namespace and labels of the Kubernetes resource are not carried over.',
    'Kubernetes リソースの名前、名前空間、ラベルは引き継がれません。',
  ),
  text(
    'Nothing, unless you deploy the new documents to Kubernetes.',
    '新しいドキュメントを Kubernetes に配置しない限り、対応は不要です。',
  ),
);
const NO_SERVICE = left(
  'no-service',
  text('There is no service here.', 'サービスがありません。'),
  text('Add `service:` and import again.', '`service:` を追加して、もう一度取り込んでください。'),
);
const NO_QUERIES = left(
  'no-queries',
  text(
    'This SLO is not carried over: its SLI is code of a plugin, or its queries are not complete.',
    'この SLO は引き継がれません。SLI がプラグインのコードか、クエリが揃っていません。',
  ),
  text(
    'Write the queries that the plugin makes under `sli.events`, and import again.',
    'プラグインが生成するクエリを `sli.events` に書いて、もう一度取り込んでください。',
  ),
);
const NO_LABEL = left(
  'label',
  text('OpenSLO can hold no such label.', 'OpenSLO では使えないラベルです。'),
  text('Rename it.', '名前を変えてください。'),
);
const ROUTING = left(
  'alert-routing',
  text(
    'Names, labels and annotations of Prometheus’ alerts are not carried over.',
    'Prometheus のアラートの名前、ラベル、アノテーションは引き継がれません。',
  ),
  text(
    'Say who is told by an AlertPolicy with notification targets.',
    '通知先は、AlertPolicy の notificationTargets で指定してください。',
  ),
);
