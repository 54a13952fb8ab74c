import {
  type AlertTableName,
  alertsOfTable,
  type BurnAlert,
  burnAlerts,
  type MinuteCounts,
  type PrometheusSlo,
  ppm,
  prometheusRules,
  type RuleFile,
} from '#slo/core';

/** An SLO whose alerts Prometheus evaluates, and nine hours of its traffic. */
export const TARGET = ppm(990_000);

export function rulesOf(slos: readonly PrometheusSlo[]): RuleFile {
  const file = prometheusRules(slos);
  if (!file.ok) throw new Error(file.error.reasons[0].message.en);
  return file.value;
}

export function shopAlerts(table: AlertTableName, periodMinutes: number): readonly BurnAlert[] {
  const specs = alertsOfTable(table, periodMinutes);
  if (!specs.ok) throw new Error('no table');
  const alerts = burnAlerts(specs.value, { targetPpm: TARGET, periodMinutes });
  if (!alerts.ok) throw new Error('refused');
  // Prometheus has no gate for few events.
  return alerts.value.map((alert) => ({ ...alert, gated: false }));
}

export const shopSlo = (alerts: readonly BurnAlert[], periodMinutes: number): PrometheusSlo => ({
  service: 'shop',
  name: 'cart "quoted"',
  targetPpm: TARGET,
  periodMinutes,
  sli: {
    kind: 'events',
    bad: 'sum(rate(requests_total{code="500"}[{{.window}}]))',
    total: 'sum(rate(requests_total[{{.window}}]))',
  },
  labels: { team: 'cart' },
  burnAlerts: alerts,
  notify: {
    page: { alertName: 'CartPage', labels: {}, annotations: {} },
    ticket: { alertName: 'CartTicket', labels: {}, annotations: {} },
  },
});

/** Nine hours: quiet, a sharp outage, a slow burn, no traffic at all, one more outage. */
export function incidents(): readonly MinuteCounts[] {
  return Array.from({ length: 540 }, (_, minute) => {
    const total = minute >= 400 && minute < 430 ? 0 : 100 + (minute % 7);
    const bad =
      minute >= 60 && minute < 75 ? total : minute >= 200 && minute < 380 ? Math.round(total / 9) : 0;
    return { minute, good: total - (minute >= 500 ? total : bad), total };
  });
}
