import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { BurnAlert, Severity } from '../alerts/burn-alert.ts';
import { toNumber } from '../objective/fraction.ts';
import { WHOLE_PPM } from '../objective/ppm.ts';
import type { AlertingRule, Labels, PrometheusSlo, RecordingRule, RuleFile } from './prometheus-slo.ts';

const WINDOW = /\{\{\s*\.window\s*\}\}/g;

/**
 * Recording and alerting rules under the names and labels of Sloth, so that dashboards made for it work. Different are: the ratio of
 * the whole period is bad over total, not the average of five-minute ratios; and thresholds are exact decimals. What Prometheus
 * evaluates has no gate for few events.
 */
export function prometheusRules(slos: readonly PrometheusSlo[]): Result<RuleFile, Problem> {
  const [first, ...more] = slos.filter((slo) => !hasWindows(slo)).map(withoutWindow);
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  return ok({ groups: slos.flatMap(groupsOf) });
}

function groupsOf(slo: PrometheusSlo): RuleFile['groups'] {
  const id = idOf(slo);
  const alerts = (['page', 'ticket'] as const).flatMap((severity) => alertingRules(slo, severity));
  return [
    { name: `sloth-slo-sli-recordings-${id}`, rules: sliRecordings(slo) },
    { name: `sloth-slo-meta-recordings-${id}`, rules: metaRecordings(slo) },
    ...(alerts.length === 0 ? [] : [{ name: `sloth-slo-alerts-${id}`, rules: alerts }]),
  ];
}

function sliRecordings(slo: PrometheusSlo): readonly RecordingRule[] {
  const windows = new Set(
    slo.burnAlerts.flatMap(({ shortMinutes, longMinutes }) => [shortMinutes, longMinutes]),
  );
  windows.add(slo.periodMinutes);
  return [...windows]
    .toSorted((a, b) => a - b)
    .map((minutes) => ({
      record: ratioOver(minutes),
      expr: badRatio(slo, promDuration(minutes)),
      labels: { ...labelsOf(slo), sloth_window: promDuration(minutes) },
    }));
}

function badRatio({ sli }: PrometheusSlo, window: string): string {
  const over = (query: string) => `(${query.trim().replaceAll(WINDOW, window)})`;
  return sli.kind === 'ratio' ? over(sli.badRatio) : `${over(sli.bad)}\n/\n${over(sli.total)}`;
}

function metaRecordings(slo: PrometheusSlo): readonly RecordingRule[] {
  const { targetPpm, periodMinutes } = slo;
  const ofThis = selector(slo);
  const shortest = Math.min(periodMinutes, ...slo.burnAlerts.map(({ shortMinutes }) => shortMinutes));
  const burnOver = (minutes: number) =>
    `${ratioOver(minutes)}${ofThis}\n/ on(sloth_id, sloth_slo, sloth_service) group_left\nslo:error_budget:ratio${ofThis}`;
  const rules = {
    'slo:objective:ratio': `vector(${targetPpm / WHOLE_PPM})`,
    'slo:error_budget:ratio': `vector(${(WHOLE_PPM - targetPpm) / WHOLE_PPM})`,
    'slo:time_period:days': `vector(${periodMinutes / 1440})`,
    'slo:current_burn_rate:ratio': burnOver(shortest),
    'slo:period_burn_rate:ratio': burnOver(periodMinutes),
    'slo:period_error_budget_remaining:ratio': `1 - slo:period_burn_rate:ratio${ofThis}`,
  };
  const labels = labelsOf(slo);
  const info = {
    sloth_mode: 'sekisho',
    sloth_objective: String(targetPpm / 10_000),
    sloth_spec: 'sekisho/v1',
  };
  return [
    ...Object.entries(rules).map(([record, expr]) => ({ record, expr, labels })),
    { record: 'sloth_slo_info', expr: 'vector(1)', labels: { ...labels, ...info } },
  ];
}

/** One rule for all alerts that wait equally long; Pyrra's wait differently. */
function alertingRules(slo: PrometheusSlo, severity: Severity): readonly AlertingRule[] {
  const notification = slo.notify[severity];
  if (notification === undefined) return [];
  const alerts = slo.burnAlerts.filter((alert) => alert.severity === severity);
  const waits = [...new Set(alerts.map(({ forMinutes }) => forMinutes))];
  return waits.map((minutes) => ({
    alert: notification.alertName,
    expr: alerts
      .filter(({ forMinutes }) => forMinutes === minutes)
      .map((alert) => condition(slo, alert))
      .join('\nor\n'),
    ...(minutes === 0 ? {} : { for: promDuration(minutes) }),
    labels: {
      ...notification.labels,
      // The ratios carry them too; said here, promtool does not take alerts of two SLOs for one.
      ...identity(slo),
      sloth_severity: severity,
      // Prometheus refuses two firing alerts of one name with the same labels.
      ...(waits.length > 1 ? { sekisho_for: promDuration(minutes) } : {}),
    },
    annotations: {
      summary: '{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is over expected.',
      title: `(${severity}) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is too fast.`,
      ...notification.annotations,
    },
  }));
}

function condition(slo: PrometheusSlo, { shortMinutes, longMinutes, badShare }: BurnAlert): string {
  const burning = (minutes: number) =>
    `    max(${ratioOver(minutes)}${selector(slo)} > ${toNumber(badShare)}) without (sloth_window)`;
  return `(\n${burning(shortMinutes)}\n    and\n${burning(longMinutes)}\n)`;
}

const ratioOver = (minutes: number): string => `slo:sli_error:ratio_rate${promDuration(minutes)}`;

const idOf = ({ service, name }: PrometheusSlo): string => `${service}-${name}`;

const identity = (slo: PrometheusSlo): Labels => ({
  sloth_id: idOf(slo),
  sloth_service: slo.service,
  sloth_slo: slo.name,
});

const labelsOf = (slo: PrometheusSlo): Labels => ({ ...slo.labels, ...identity(slo) });

/** JSON's strings are strings of PromQL too. */
const selector = (slo: PrometheusSlo): string =>
  `{sloth_id=${JSON.stringify(idOf(slo))}, sloth_service=${JSON.stringify(slo.service)}, sloth_slo=${JSON.stringify(slo.name)}}`;

/** As Prometheus writes durations (`model.Duration.String`): years and weeks only when they leave no rest. */
export function promDuration(minutes: number): string {
  let [rest, words] = [minutes, ''];
  for (const [unit, length, isExact] of UNITS) {
    if (rest < length || (isExact && rest % length !== 0)) continue;
    words += `${Math.floor(rest / length)}${unit}`;
    rest %= length;
  }
  return words === '' ? '0s' : words;
}

const UNITS: readonly (readonly [unit: string, minutes: number, isExact: boolean])[] = [
  ['y', 365 * 1440, true],
  ['w', 7 * 1440, true],
  ['d', 1440, false],
  ['h', 60, false],
  ['m', 1, false],
];

const hasWindows = ({ sli }: PrometheusSlo): boolean =>
  (sli.kind === 'ratio' ? [sli.badRatio] : [sli.bad, sli.total]).every((query) => query.search(WINDOW) >= 0);

const withoutWindow = (slo: PrometheusSlo) => ({
  rule: 'prometheus.no-window',
  message: text(
    `A query of ${idOf(slo)} has no place for the window.`,
    `${idOf(slo)} のクエリに時間枠を入れる場所がありません。`,
  ),
  remedy: text(
    'Write [{{.window}}] where the range of the query belongs.',
    'クエリの範囲を書く場所に [{{.window}}] と書いてください。',
  ),
});
