import { describe, expect, it, test } from 'vitest';
import { epochMs, parseTime } from '#core-values';
import {
  boundsAt,
  burnRate,
  type CountSeries,
  countsBetween,
  dividedBy,
  downtimeOfReason,
  downtimeSeries,
  eventBudget,
  type Fraction,
  fraction,
  judgeSlices,
  ppm,
  ppmOfPercent,
  rollingWindow,
  slicesEnding,
  timeBudget,
  times,
  toNumber,
  wholeOf,
} from '#slo/core';
import openslo from '../../../test/slo/arithmetic/openslo.json' with { type: 'json' };
import shimesaba from '../../../test/slo/arithmetic/shimesaba.json' with { type: 'json' };
import generator from '../../../test/slo/arithmetic/slo-generator.json' with { type: 'json' };

const msOf = (words: string) => {
  const time = parseTime(`${words}:00.000Z`);
  if (time === undefined) throw new Error(words);
  return time;
};
const minuteOf = (words: string) => msOf(words) / 60_000;
const targetOf = (words: string) => {
  const target = ppmOfPercent(words);
  if (!target.ok) throw new Error(words);
  return target.value;
};

describe('OpenSLO says', () => {
  it.each(openslo.timeslices)('$words', ({ minutes, targetPercent, allowedMs }) => {
    const { allowed } = timeBudget({
      slices: { good: 0, total: 0 },
      sliceMinutes: 1,
      slicesToCome: slicesEnding({ fromMinute: 0, toMinute: minutes }, 1),
      allowance: { kind: 'target', targetPpm: targetOf(targetPercent) },
    });
    expect(times(allowed, fraction(60_000))).toEqual(fraction(allowedMs));
  });

  it('that a minute of fewer than 100 requests is bad when 6 of 100 fail, at 95 %', () => {
    const minute = (bad: number, total: number) =>
      wholeOf(
        judgeSlices(
          {
            fromMinute: 0,
            toMinute: 1,
            goodUpTo: Float64Array.of(0, total - bad),
            totalUpTo: Float64Array.of(0, total),
            leftOutUpTo: Float64Array.of(0, 0),
          },
          { minutes: 1, targetPpm: targetOf('95'), empty: 'not-judged' },
        ),
      ).good;
    expect([minute(5, 100), minute(5, 99), minute(6, 100)]).toEqual([1, 0, 0]);
  });

  it('how many requests an attack has to fail until the budget of 2 weeks is spent', () => {
    const { requests, targetPercent, failedInAttack, attackFailsPercent } = openslo.occurrences;
    const { allowed } = eventBudget({ good: requests, total: requests }, targetOf(targetPercent));
    const share = dividedBy(fraction(targetOf(attackFailsPercent)), fraction(1_000_000));
    expect(times(allowed, share)).toEqual(fraction(failedInAttack));
  });
});

describe('slo-generator reports', () => {
  it('burn, and budgets of events as minutes of the window', () => {
    const { report } = generator;
    const counts = { good: report.good_events_count, total: report.events_count };
    const target = ppm(report.goal * 1_000_000);
    const { whole, lost, allowed, remaining, verdict } = eventBudget(counts, target);
    const asMinutes = (events: Fraction) =>
      toNumber(times(dividedBy(events, fraction(whole)), fraction(report.window / 60)));
    expect(asMinutes(allowed)).toBeCloseTo(report.error_budget_minutes, 10);
    expect(asMinutes(fraction(lost))).toBe(report.error_minutes);
    expect(asMinutes(remaining)).toBe(report.error_budget_remaining_minutes);
    expect(verdict).toBe('spent');
    const burn = burnRate(counts, target);
    expect(burn).toEqual({ kind: 'rate', rate: fraction(Math.round(report.error_budget_burn_rate)) });
    const fires = burn.kind === 'rate' && toNumber(burn.rate) > report.error_budget_burn_rate_threshold;
    expect(fires).toBe(report.alert);
  });

  it.each(generator.counts)('the SLI of $case', ({ good, bad, sli_measurement }) => {
    const { whole, lost, verdict } = eventBudget({ good, total: good + bad }, ppm(900_000));
    expect(verdict === 'no-data' ? null : (whole - lost) / whole).toBe(sli_measurement);
  });
});

type Alerts = readonly { readonly opened: string; readonly closed?: string; readonly reason?: string }[];

const alertsOf = (alerts: Alerts) =>
  alerts.map(({ opened, closed, reason = '' }) => {
    const downtimeMinutes = downtimeOfReason(reason);
    return {
      openedMs: msOf(opened),
      ...(closed === undefined ? {} : { closedMs: msOf(closed) }),
      ...(downtimeMinutes === undefined ? {} : { downtimeMinutes }),
    };
  });

const badMinutes = (series: CountSeries) =>
  Array.from({ length: series.toMinute - series.fromMinute }, (_, index) => index).filter((index) => {
    const minute = series.fromMinute + index;
    return countsBetween(series, { fromMinute: minute, toMinute: minute + 1 }).good === 0;
  });

describe('shimesaba reports', () => {
  it.each(shimesaba.reports)(
    '$case',
    ({ alerts = [], badMinutes, rollingMinutes, intervalMinutes, errorBudgetSize, reports, now }) => {
      const minutes: Alerts = badMinutes.map((opened) => ({ opened, reason: 'downtime:1m' }));
      const last = minuteOf(
        now ??
          reports
            .map(({ at }) => at)
            .toSorted()
            .at(-1) ??
          '',
      );
      const all = downtimeSeries(
        { fromMinute: last - 1000, toMinute: last },
        alertsOf([...alerts, ...minutes]),
      );
      const window = rollingWindow(rollingMinutes);
      if (!window.ok) throw new Error('refused');
      const actual = reports.map(({ at }) => {
        const bounds = boundsAt(window.value, msOf(at));
        const { lost, whole, allowed, remaining } = timeBudget({
          slices: countsBetween(all, bounds),
          sliceMinutes: 1,
          slicesToCome: 0,
          allowance: { kind: 'target', targetPpm: ppm(1_000_000 - errorBudgetSize * 1_000_000) },
        });
        const interval = countsBetween(all, {
          fromMinute: bounds.toMinute - intervalMinutes,
          toMinute: bounds.toMinute,
        });
        return {
          at,
          upTime: whole - lost,
          failureTime: lost,
          errorBudgetSize: toNumber(allowed),
          errorBudget: toNumber(remaining),
          consumption: interval.total - interval.good,
        };
      });
      expect(actual).toEqual(reports);
    },
  );

  it.each(shimesaba.alerts)('which minutes alerts make bad: $case', ({ from, to, alerts, bad }) => {
    const bounds = { fromMinute: minuteOf(from), toMinute: minuteOf(to) };
    expect(badMinutes(downtimeSeries(bounds, alertsOf(alerts)))).toEqual(bad);
  });

  it.each(shimesaba.reasons)('the downtime in the reason "$words"', ({ words, minutes }) => {
    expect(downtimeOfReason(words) ?? null).toBe(minutes);
  });

  it.each(shimesaba.rates)('how much of a fixed budget is used: $case', ({ size, failureTime, usage }) => {
    const slices = { good: 1000 - failureTime, total: 1000 };
    const budget = timeBudget({
      slices,
      sliceMinutes: 1,
      slicesToCome: 0,
      allowance: { kind: 'minutes', minutes: size },
    });
    expect(toNumber(budget.spent ?? fraction(0))).toBe(usage);
  });
});

test('An alert cut to its minutes: seconds of opening and closing do not count', () => {
  const openedMs = epochMs(10 * 60_000 + 50_000);
  const within = { fromMinute: 0, toMinute: 20 };
  expect(badMinutes(downtimeSeries(within, [{ openedMs, closedMs: 12 * 60_000 + 10_000 }]))).toEqual([
    10, 11,
  ]);
  expect(badMinutes(downtimeSeries(within, [{ openedMs, closedMs: openedMs + 9_000 }]))).toEqual([]);
  expect(badMinutes(downtimeSeries(within, [{ openedMs: -600_000, closedMs: 120_000 }]))).toEqual([0, 1]);
});
