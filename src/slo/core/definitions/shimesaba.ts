import { text } from '#core-values';
import {
  compare,
  decimal,
  dividedBy,
  type Fraction,
  fraction,
  times,
  toNumber,
} from '../objective/fraction.ts';
import { EMPTY_ANNOTATION } from './annotations.ts';
import { type Draft, nameOf, serviceDraft } from './carried.ts';
import { minutesWords } from './durations.ts';
import { left, type SourceNode } from './source-node.ts';

/** Versions of shimesaba renamed its keys: `definitions` and `time_frame` became `slo` and `rolling_period` with 1.0.0. */
export function shimesabaDrafts(root: SourceNode): readonly Draft[] {
  for (const key of root.keys()) {
    // Anchors to merge from: what was merged is seen where it was.
    if (key.startsWith('x-')) root.at(key).take();
  }
  if (root.at('metrics').value() !== undefined) root.at('metrics').leave(METRICS);
  if (root.at('required_version').value() !== undefined) root.at('required_version').leave(VERSION);
  const slos = ['slo', 'definitions'].flatMap((key) => root.at(key).items());
  const drafts = slos.flatMap((slo) => sloDrafts(slo, root));
  for (const node of [root, root.at('destination'), ...slos, ...slos.map((slo) => slo.at('destination'))]) {
    tell(node.at('calculate_interval'), INTERVAL);
    for (const key of ['metric_prefix', 'metric_suffix', 'dashboard']) tell(node.at(key), METRIC_NAMES);
  }
  for (const key of ['rolling_period', 'time_frame', 'error_budget_size', 'service_name'])
    root.at(key).take();
  root.at('destination', 'service_name').take();
  return drafts;
}

const tell = (node: SourceNode, why: ReturnType<typeof left>): void => {
  if (node.value() !== undefined) node.leave(why);
};

/** The SLO's own setting, else the common one. */
function settingOf(slo: SourceNode, root: SourceNode, ...paths: readonly (readonly string[])[]): SourceNode {
  const nodes = [slo, root].flatMap((node) => paths.map((path) => node.at(...path)));
  return nodes.find((node) => node.value() !== undefined) ?? slo;
}

function sloDrafts(slo: SourceNode, root: SourceNode): readonly Draft[] {
  const id = slo.at('id').words();
  const given = settingOf(slo, root, ['destination', 'service_name'], ['service_name']).words();
  const period = minutesOf(settingOf(slo, root, ['rolling_period'], ['time_frame']).words());
  const size = settingOf(slo, root, ['error_budget_size']);
  const allowance = period === undefined ? undefined : allowanceOf(size.words(), period);
  const sli =
    slo.at('alert_based_sli').value() === undefined ? slo.at('objectives') : slo.at('alert_based_sli');
  const monitors = sli.items().map(monitorOf);
  if (id === undefined || given === undefined || period === undefined || allowance === undefined) {
    slo.leave(INCOMPLETE);
    return [];
  }
  // Any alert of any of them is downtime: without one of them it would be another SLO.
  if (monitors.length === 0 || monitors.includes(undefined)) {
    slo.leave(NOT_ALERTS);
    return [];
  }
  const allowedPpm = floor(times(allowance, fraction(1_000_000)));
  if (compare(fraction(allowedPpm), times(allowance, fraction(1_000_000))) !== 0)
    slo.at('id').leave(rounded(allowance, allowedPpm, period));
  const service = nameOf(given, slo.at('service_name').leave);
  const name = nameOf(id, slo.at('id').leave);
  return [serviceDraft(service, slo), sloDraft({ name, id, service, period, allowedPpm, monitors, slo })];
}

interface Parts {
  readonly name: string;
  readonly id: string;
  readonly service: string;
  readonly period: number;
  readonly allowedPpm: bigint;
  readonly monitors: readonly unknown[];
  readonly slo: SourceNode;
}

const sloDraft = ({ name, id, service, period, allowedPpm, monitors, slo }: Parts): Draft => ({
  document: {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    // A minute without an alert is good there.
    metadata: { name, displayName: id, annotations: { [EMPTY_ANNOTATION]: 'good' } },
    spec: {
      service,
      indicator: {
        metadata: { name },
        spec: {
          thresholdMetric: {
            metricSource: { type: 'alerts', spec: { system: 'mackerel', monitors } },
          },
        },
      },
      timeWindow: [{ duration: minutesWords(period), isRolling: true }],
      budgetingMethod: 'Timeslices',
      objectives: [
        { target: Number(1_000_000n - allowedPpm) / 1_000_000, timeSliceTarget: 1, timeSliceWindow: 1 },
      ],
    },
  },
  from: slo,
});

const MONITOR_KEYS: Readonly<Record<string, string>> = {
  monitor_id: 'id',
  monitor_name: 'name',
  monitor_name_prefix: 'namePrefix',
  monitor_name_suffix: 'nameSuffix',
  monitor_type: 'type',
};

/** Undefined for an expression of metrics, which shimesaba itself dropped. Older files wrap a monitor in `alert`. */
function monitorOf(entry: SourceNode): object | undefined {
  if (entry.at('expr').value() !== undefined) return undefined;
  const node = entry.at('alert').value() === undefined ? entry : entry.at('alert');
  if (node.at('try_reassessment').value() === true) node.at('try_reassessment').leave(REASSESSMENT);
  else node.at('try_reassessment').take();
  const found = Object.entries(MONITOR_KEYS).flatMap(([theirs, ours]) => {
    const words = node.at(theirs).words();
    return words === undefined || words === '' ? [] : [[ours, words]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

const GO_UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** `28d`, `1h30m`, or minutes without a unit; undefined where it is no whole number of minutes. */
function minutesOf(words: string | undefined): number | undefined {
  if (words === undefined || words.length > 40) return undefined;
  if (/^\d{1,9}$/.test(words)) return Number(words) || undefined;
  if (!/^(?:\d{1,9}[dhms])+$/.test(words)) return undefined;
  const seconds = [...words.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, digits, unit = '']) => sum + Number(digits) * (GO_UNITS[unit] ?? 0),
    0,
  );
  return seconds > 0 && seconds % 60 === 0 ? seconds / 60 : undefined;
}

/** `0.1%`, `40m` of the period, or a share; between nothing and all, as shimesaba wants it. */
function allowanceOf(words: string | undefined, periodMinutes: number): Fraction | undefined {
  const [, percent] = /^(.*?)\s*%$/.exec(words ?? '') ?? [];
  const minutes = minutesOf(/^\d+$/.test(words ?? '') ? undefined : words);
  const share = decimal(percent ?? words ?? '');
  const allowance =
    minutes === undefined
      ? share && (percent === undefined ? share : dividedBy(share, fraction(100)))
      : fraction(minutes, periodMinutes);
  const isShare = allowance && allowance.numerator > 0n && compare(allowance, fraction(1)) < 0;
  return isShare ? allowance : undefined;
}

const floor = ({ numerator, denominator }: Fraction): bigint => numerator / denominator;

function rounded(allowance: Fraction, allowedPpm: bigint, period: number) {
  const wanted = Number((toNumber(allowance) * period).toFixed(3));
  const got = Number(((Number(allowedPpm) / 1_000_000) * period).toFixed(3));
  return left(
    'rounded',
    text(
      `A budget of ${wanted} minutes became ${got}: objectives are parts per million.`,
      `目標は 100 万分率のため、${wanted} 分のバジェットは ${got} 分になりました。`,
    ),
    text('Set the objective that you want to promise.', '約束したい目標に直してください。'),
  );
}

const METRICS = left(
  'metrics',
  text('Metrics for expressions are not carried over.', '式のためのメトリックは引き継がれません。'),
  text('Make a monitor in Mackerel of each expression.', '式ごとに Mackerel の監視ルールを作ってください。'),
);
const VERSION = left(
  'version',
  text('Versions of shimesaba do not matter here.', 'shimesaba のバージョンはここでは関係ありません。'),
  text('Nothing to do.', '対応は不要です。'),
);
const INTERVAL = left(
  'interval',
  text('Budgets are counted by the minute, at any time.', 'バジェットは常に分単位で計算されます。'),
  text('Nothing to do.', '対応は不要です。'),
);
const METRIC_NAMES = left(
  'metric-names',
  text(
    'Budgets are not posted to Mackerel as metrics, nor to its dashboards.',
    'バジェットは Mackerel のメトリックやダッシュボードには投稿されません。',
  ),
  text('Look at them in Sekisho.', 'Sekisho で確認してください。'),
);
const REASSESSMENT = left(
  'reassessment',
  text('Alerts are not judged again by their metric.', 'アラートをメトリックで再評価することはありません。'),
  text(
    'Close false alerts with `downtime:0m` in the reason.',
    '誤検知のアラートは、理由に `downtime:0m` と書いて閉じてください。',
  ),
);
const INCOMPLETE = left(
  'incomplete',
  text(
    'This SLO is not carried over: id, service, period or error budget is missing or cannot be read.',
    'この SLO は引き継がれません。id、サービス、期間、エラーバジェットのいずれかがないか、読めません。',
  ),
  text('Complete it and import again.', '補って、もう一度取り込んでください。'),
);
const NOT_ALERTS = left(
  'not-alerts',
  text(
    'This SLO is not carried over: it rests on an expression of metrics, or on nothing.',
    'この SLO は引き継がれません。メトリックの式に基づくか、条件がありません。',
  ),
  text(
    'Make a monitor in Mackerel of each expression, and name it under `alert_based_sli`.',
    '式ごとに Mackerel の監視ルールを作り、`alert_based_sli` に指定してください。',
  ),
);
