import { describe, expect, it, test } from 'vitest';
import {
  asPrometheusSlo,
  slothBurnAlerts,
  slothExamples,
} from '../../../../test/slo/prometheus-rules/sloth-examples.ts';
import type { RecordingRule, Rule, RuleFile } from './prometheus-slo.ts';
import { promDuration, prometheusRules } from './rules.ts';

const rulesOf = (slos: Parameters<typeof prometheusRules>[0]): RuleFile => {
  const file = prometheusRules(slos);
  if (!file.ok) throw new Error(file.error.reasons[0].message.en);
  return file.value;
};

const isRecording = (rule: Rule): rule is RecordingRule => 'record' in rule;
const packed = (words: string) => words.replaceAll(/\s+/g, '');

/** [short, long, threshold] of each pair of windows. */
const conditionsOf = (expr: string) =>
  [
    ...expr.matchAll(
      /ratio_rate(\w+)\{[^}]*\} > ([\d.e-]+)\) without \(sloth_window\)\s+and\s+max\(slo:sli_error:ratio_rate(\w+)\{[^}]*\} > ([\d.e-]+)\)/g,
    ),
  ].map(([, short, threshold, long, again]) => {
    expect(again).toBe(threshold);
    return { short, long, threshold: Number(threshold) };
  });

const cases = slothExamples.examples.flatMap(({ example, slos }) =>
  slos.map((slo) => ({ example, id: slo.generated.id, slo })),
);

describe('the rules for Prometheus', () => {
  it.each(cases)('record what Sloth records for its $example, $id', ({ slo }) => {
    const { id, labels, sli5m } = slo.generated;
    const groups = rulesOf([asPrometheusSlo(slo)]).groups;
    const [sli, meta] = groups.map(({ rules }) => rules.filter(isRecording));
    expect(sli?.map(({ record }) => record)).toEqual(
      ['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'].map((window) => `slo:sli_error:ratio_rate${window}`),
    );
    for (const { expr, labels: own } of sli ?? []) {
      expect(packed(expr).replaceAll(`[${own.sloth_window}`, '[5m')).toBe(packed(sli5m));
      const [service, name] = [slo.definition.service, slo.definition.name];
      expect(own).toEqual({
        ...labels,
        sloth_id: id,
        sloth_service: service,
        sloth_slo: name,
        sloth_window: own.sloth_window,
      });
    }
    expect(meta?.map(({ record }) => record)).toEqual([
      'slo:objective:ratio',
      'slo:error_budget:ratio',
      'slo:time_period:days',
      'slo:current_burn_rate:ratio',
      'slo:period_burn_rate:ratio',
      'slo:period_error_budget_remaining:ratio',
      'sloth_slo_info',
    ]);
    expect(groups.map(({ name }) => name).slice(0, 2)).toEqual([
      `sloth-slo-sli-recordings-${id}`,
      `sloth-slo-meta-recordings-${id}`,
    ]);
  });

  it.each(cases)('alert as Sloth does for its $example, $id, without its rounding', ({ slo }) => {
    const alerting = rulesOf([asPrometheusSlo(slo)]).groups[2]?.rules ?? [];
    const expected = slo.generated.alerts;
    expect(alerting.length).toBe(expected.length);
    alerting.forEach((rule, index) => {
      if (isRecording(rule)) throw new Error('a recording among the alerts');
      const { alert, labels, annotations, conditions } = expected[index] ?? {};
      expect(rule).toMatchObject({ alert, labels, annotations });
      expect(rule.for).toBeUndefined();
      expect(conditionsOf(rule.expr)).toEqual(
        conditions?.map(([short, long, factor, budget]) => ({
          short,
          long,
          threshold: expect.closeTo(factor * budget, 12),
        })),
      );
      expect(rule.expr).not.toMatch(/00000000|99999999/);
    });
  });

  it('are refused where a query has no place for the window', () => {
    const [first] = cases;
    if (first === undefined) throw new Error('no example');
    const slo = asPrometheusSlo(first.slo);
    const file = prometheusRules([
      slo,
      { ...slo, sli: { kind: 'events', bad: 'up[{{ .window }}]', total: 'up[5m]' } },
    ]);
    expect(file.ok ? [] : file.error.reasons.map(({ rule }) => rule)).toEqual(['prometheus.no-window']);
  });
});

test("Sloth's example for 90 % has a page that can never fire; here it is refused", () => {
  const alerts = slothBurnAlerts(slothExamples.cannotFire.objective);
  expect(alerts.ok ? [] : alerts.error.reasons.map(({ rule }) => rule)).toEqual(['alert.cannot-fire']);
});

// prometheus/common model/time_test.go, TestParseDuration and Duration.String.
test.each([
  [5, '5m'],
  [90, '1h30m'],
  [1440, '1d'],
  [10_080, '1w'],
  [40_320, '4w'],
  [43_200, '30d'],
  [525_600, '1y'],
  [0, '0s'],
])('%d minutes are %s to Prometheus', (minutes, words) => {
  expect(promDuration(minutes)).toBe(words);
});
