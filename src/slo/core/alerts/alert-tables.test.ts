import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import published from '../../../../test/slo/arithmetic/alerts.json' with { type: 'json' };
import { decimal, dividedBy, fraction, toNumber } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { ALERT_TABLE_NAMES, type AlertTableName, alertsOfTable } from './alert-tables.ts';
import { burnAlerts, factorThatSpends } from './burn-alert.ts';

const DAY = 1440;
const UNITS: Readonly<Record<string, number>> = { m: 1, h: 60, d: DAY };
const minutesOf = (words: string) => Number(words.slice(0, -1)) * (UNITS[words.slice(-1)] ?? Number.NaN);

function table(name: AlertTableName, periodMinutes: number) {
  const alerts = alertsOfTable(name, periodMinutes);
  if (!alerts.ok) throw new Error(alerts.error.reasons[0].message.en);
  return alerts.value;
}

interface SlothWindow {
  readonly errorBudgetPercent: number;
  readonly shortWindow: string;
  readonly longWindow: string;
}

function slothFile(file: string) {
  const { spec } = parse(
    readFileSync(`${import.meta.dirname}/../../../../test/slo/arithmetic/sloth/${file}`, 'utf8'),
  );
  const windows: readonly SlothWindow[] = [
    spec.page.quick,
    spec.page.slow,
    spec.ticket.quick,
    spec.ticket.slow,
  ];
  const periodMinutes = minutesOf(spec.sloPeriod);
  return { periodMinutes, alerts: windows.map((window) => alertOf(window, periodMinutes)) };
}

const alertOf = (window: SlothWindow, periodMinutes: number) => {
  const longMinutes = minutesOf(window.longWindow);
  const share = dividedBy(decimal(window.errorBudgetPercent) ?? fraction(0), fraction(100));
  const factor = factorThatSpends(share, periodMinutes, longMinutes);
  return { factor, longMinutes, shortMinutes: minutesOf(window.shortWindow), forMinutes: 0 };
};

describe('the tables of alerts', () => {
  it("are the SRE workbook's, and its burn rates follow from the budget spent", () => {
    const expected = published.google.map(({ severity, longMinutes, shortMinutes, burnRate }) => ({
      severity,
      factor: decimal(burnRate),
      longMinutes,
      shortMinutes,
      forMinutes: 0,
    }));
    expect(table('google', 30 * DAY)).toEqual(expected);
  });

  it.each(published.sloth)("have the factors of Sloth's $file, without its rounding", ({ file, factors }) => {
    const { periodMinutes, alerts } = slothFile(file);
    alerts.forEach(({ factor }, index) => {
      expect(toNumber(factor)).toBeCloseTo(factors[index] ?? 0, 14);
    });
    expect(
      alerts.every(({ factor }) => 10_000n % factor.denominator === 0n || factor.denominator === 15n),
    ).toBe(true);
    // A catalogue of one's own is for other periods.
    if (file === '7d.yaml') return;
    const expected = ['page', 'page', 'ticket', 'ticket'].map((severity, index) => ({
      severity,
      ...alerts[index],
    }));
    expect(table('sloth', periodMinutes)).toEqual(expected);
  });

  it.each(published.pyrra)("have Pyrra's windows for $periodMinutes minutes", (expected) => {
    const alerts = table('pyrra', expected.periodMinutes);
    expect(alerts.map(({ forMinutes }) => forMinutes)).toEqual(expected.for);
    expect(alerts.map(({ longMinutes }) => longMinutes)).toEqual(expected.long);
    expect(alerts.map(({ shortMinutes }) => shortMinutes)).toEqual(expected.short);
    expect(alerts.map(({ factor }) => toNumber(factor))).toEqual(expected.factors);
    expect(alerts.map(({ severity }) => severity)).toEqual(expected.severities);
  });

  it('are refused for periods that they were not published for', () => {
    for (const name of ['google', 'sloth'] as const) {
      const alerts = alertsOfTable(name, 7 * DAY);
      expect(alerts.ok ? 'accepted' : alerts.error.reasons[0].rule).toBe('alert.no-table');
    }
  });

  it('can all fire at 99.9 %, and at 90 % name every alert that cannot', () => {
    for (const name of ALERT_TABLE_NAMES) {
      const periodMinutes = 30 * DAY;
      const at = (target: number) =>
        burnAlerts(table(name, periodMinutes), { targetPpm: ppm(target), periodMinutes });
      expect(at(999_000).ok).toBe(true);
      const refused = at(900_000);
      expect(refused.ok ? [] : refused.error.reasons.map(({ rule }) => rule)).toEqual(['alert.cannot-fire']);
    }
  });
});
