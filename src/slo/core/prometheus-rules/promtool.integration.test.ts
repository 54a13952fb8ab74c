import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPromtool, HOW_TO_GET_PROMTOOL } from '../../../../scripts/setup/promtool.ts';
import {
  incidents,
  rulesOf,
  shopAlerts,
  shopSlo,
  TARGET,
} from '../../../../test/slo/prometheus-rules/shop.ts';
import { asPrometheusSlo, slothExamples } from '../../../../test/slo/prometheus-rules/sloth-examples.ts';
import type { AlertTableName } from '../alerts/alert-tables.ts';
import type { BurnAlert } from '../alerts/burn-alert.ts';
import { firingSpans } from '../alerts/firing.ts';
import { type CountSeries, countSeries, countsBetween, type MinuteCounts } from '../budget/counts.ts';
import { burnRate } from '../burn/burn-rate.ts';
import { toNumber } from '../objective/fraction.ts';
import type { Bounds } from '../objective/time-window.ts';
import type { AlertingRule, Rule, RuleFile } from './prometheus-slo.ts';
import { promDuration } from './rules.ts';

const run = promisify(execFile);
const promtool = findPromtool(process.env) ?? '';
let folder = '';

beforeAll(async () => {
  if (promtool === '') throw new Error(`promtool is not there. ${HOW_TO_GET_PROMTOOL.en}`);
  folder = await mkdtemp(join(tmpdir(), 'sekisho-promtool-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** JSON is YAML. */
async function save(name: string, content: object): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

describe('promtool', () => {
  it('finds nothing wrong with the rules of every example of Sloth', async () => {
    for (const { example, slos } of slothExamples.examples) {
      const path = await save(`${example}.json`, rulesOf(slos.map(asPrometheusSlo)));
      const { stderr } = await run(promtool, ['check', 'rules', '--lint-fatal', path]);
      expect(stderr).toBe('');
    }
  });

  it.each<[AlertTableName, number]>([
    ['google', 30 * 1440],
    ['sloth', 28 * 1440],
    ['pyrra', 30 * 1440],
  ])('burns and fires the alerts of %s as we compute, to the minute', async (table, periodMinutes) => {
    const alerts = shopAlerts(table, periodMinutes);
    const rules = rulesOf([shopSlo(alerts, periodMinutes)]);
    const minutes = incidents();
    await save('rules.json', rules);
    const test = await save('test.json', testOf(rules, alerts, minutes));
    const { stdout } = await run(promtool, ['test', 'rules', test], { cwd: folder });
    expect(stdout).toContain('SUCCESS');
  });
});

/** Counters that a scrape at the end of every minute sees, and for every third minute which alerts have to fire. */
function testOf(rules: RuleFile, alerts: readonly BurnAlert[], minutes: readonly MinuteCounts[]): object {
  const series = countSeries({ fromMinute: 0, toMinute: minutes.length }, minutes);
  const running = (count: (minute: MinuteCounts) => number) => {
    let sum = 0;
    const sums = minutes.map((minute) => {
      sum += count(minute);
      return sum;
    });
    return [0, ...sums].join(' ');
  };
  const firing = alerts.map((alert) => ({
    alert,
    spans: firingSpans(alert, series, { fromMinute: 0, toMinute: minutes.length }),
  }));
  const shortest = Math.min(...alerts.map(({ shortMinutes }) => shortMinutes));
  const alerting = rules.groups.flatMap(({ rules: all }) => all).filter(isAlerting);
  const isExpected = (rule: AlertingRule, minute: number) =>
    firing.some(
      ({ alert, spans }) =>
        alert.severity === rule.labels.sloth_severity &&
        (rule.for ?? '0s') === promDuration(alert.forMinutes) &&
        spans.some(({ fromMinute, toMinute }) => fromMinute <= minute && minute < toMinute),
    );
  expect(firing.some(({ spans }) => spans.length > 1)).toBe(true);
  const times = minutes.map(({ minute }) => minute).filter((minute) => minute > 0 && minute % 3 === 0);
  return {
    rule_files: ['rules.json'],
    evaluation_interval: '1m',
    group_eval_order: rules.groups.map(({ name }) => name),
    tests: [
      {
        interval: '1m',
        input_series: [
          { series: 'requests_total{code="200"}', values: running(({ good }) => good) },
          { series: 'requests_total{code="500"}', values: running(({ good, total }) => total - good) },
        ],
        promql_expr_test: [75, 210, 390, 539].flatMap((minute) => [
          burnTest('slo:period_burn_rate:ratio', series, { fromMinute: 0, toMinute: minute }),
          burnTest('slo:current_burn_rate:ratio', series, {
            fromMinute: minute - shortest,
            toMinute: minute,
          }),
        ]),
        alert_rule_test: times.flatMap((minute) =>
          [...new Set(alerting.map(({ alert }) => alert))].map((alertname) => ({
            eval_time: `${minute}m`,
            alertname,
            exp_alerts: alerting
              .filter((rule) => rule.alert === alertname && isExpected(rule, minute))
              .map((rule) => ({
                exp_labels: { ...rule.labels, team: 'cart' },
                exp_annotations: {
                  summary: 'shop cart "quoted" SLO error budget burn rate is over expected.',
                  title: `(${rule.labels.sloth_severity}) shop cart "quoted" SLO error budget burn rate is too fast.`,
                },
              })),
          })),
        ),
      },
    ],
  };
}

/** Rates are floats that were extrapolated: a millionth is what they agree to. */
const burnTest = (record: string, series: CountSeries, bounds: Bounds) => {
  const burn = burnRate(countsBetween(series, bounds), TARGET);
  const value = burn.kind === 'rate' ? toNumber(burn.rate) : Number.NaN;
  return {
    expr: `round(sum(${record}), 0.000001)`,
    eval_time: `${bounds.toMinute}m`,
    exp_samples: [{ labels: '{}', value: Math.floor(value * 1_000_000 + 0.5) / 1_000_000 }],
  };
};

const isAlerting = (rule: Rule): rule is AlertingRule => 'alert' in rule;
