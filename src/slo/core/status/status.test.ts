import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { alertsOfTable } from '../alerts/alert-tables.ts';
import { burnAlerts } from '../alerts/burn-alert.ts';
import { countSeries, countSeriesOfColumns, wholeOf } from '../budget/counts.ts';
import { downtimeSeries } from '../budget/downtime.ts';
import { anySeries } from '../budget/testing.ts';
import { fraction } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { calendarWindow, rollingWindow } from '../objective/time-window.ts';
import { type Objective, objectiveStatus } from './status.ts';

const MONTH = 43_200;

function objective(given: Partial<Objective> = {}): Objective {
  const window = rollingWindow(MONTH);
  const specs = alertsOfTable('google', MONTH);
  if (!window.ok || !specs.ok) throw new Error('refused');
  const targetPpm = ppm(999_000);
  const alerts = burnAlerts(specs.value, { targetPpm, periodMinutes: MONTH });
  if (!alerts.ok) throw new Error('refused');
  return { targetPpm, window: window.value, alerts: alerts.value, ...given };
}

describe('the status of an objective', () => {
  it('says budget, burn and alerts of one moment', () => {
    const now = 100_000;
    // A thousand a minute, and ten minutes ago an outage of 10 minutes.
    const minutes = Array.from({ length: MONTH }, (_, index) => {
      const minute = now - MONTH + index;
      return { minute, good: minute >= now - 20 && minute < now - 10 ? 0 : 1000, total: 1000 };
    });
    const series = countSeries({ fromMinute: now - MONTH, toMinute: now }, minutes);
    const status = objectiveStatus(objective(), series, epochMs(now * 60_000 + 1));
    expect(status.bounds).toEqual({ fromMinute: now - MONTH, toMinute: now });
    expect(status.budget).toMatchObject({ lost: 10_000, allowed: fraction(43_200), verdict: 'kept' });
    expect(status.burns.map(({ minutes: length }) => length)).toEqual([5, 30, 60, 360, 4320]);
    expect(status.burns[2]?.burn).toEqual({ kind: 'rate', rate: fraction(1000, 6) });
    expect(status.burns[2]?.corrected).toEqual(status.burns[2]?.burn);
    // The short window of the first says that it is over.
    expect(status.alerts.map(({ isFiring }) => isFiring)).toEqual([false, true, true]);
    expect(status.slices).toBeUndefined();
  });

  it('says of a bad hour at night that it burns little of what the day may lose', () => {
    // Sixty requests a minute for 23 hours, then one a minute, and half of those fail.
    const minutes = Array.from({ length: 1440 }, (_, minute) => {
      const isNight = minute >= 1380;
      return { minute, good: isNight ? minute % 2 : 60, total: isNight ? 1 : 60 };
    });
    const series = countSeries({ fromMinute: 0, toMinute: 1440 }, minutes);
    const hour = objectiveStatus(objective(), series, epochMs(1440 * 60_000)).burns.find(
      ({ minutes: length }) => length === 60,
    );
    expect(hour?.burn).toEqual({ kind: 'rate', rate: fraction(500) });
    // 30 of 82,860 in a day, a 24th of which would be 3,452.5.
    expect(hour?.corrected).toEqual({ kind: 'rate', rate: fraction(30 * 24 * 1000, 82_860) });
  });

  it('of time in a calendar month has the whole budget of the month', () => {
    const window = calendarWindow({ unit: 'month', timeZone: 'Europe/Berlin' });
    if (!window.ok) throw new Error('refused');
    const at = Date.UTC(2026, 2, 15, 12) / 60_000;
    const from = Date.UTC(2026, 1, 28, 23) / 60_000;
    const series = downtimeSeries({ fromMinute: from - 1000, toMinute: at }, [
      { openedMs: (from - 5) * 60_000, closedMs: (from + 5) * 60_000 },
      { openedMs: (at - 2) * 60_000 },
    ]);
    const slices = { minutes: 1, targetPpm: ppm(1_000_000), empty: 'good' } as const;
    const status = objectiveStatus(objective({ window: window.value, slices }), series, epochMs(at * 60_000));
    const minutes = (31 * 24 - 1) * 60;
    expect(status.budget).toMatchObject({
      unit: 'minutes',
      whole: minutes,
      lost: 7,
      allowed: fraction(minutes, 1000),
    });
    expect(status.slices).toEqual({ good: at - from - 7, bad: 7, empty: 0, leftOut: 0 });
  });
});

describe('counts in columns', () => {
  it('make the same series as counts in rows', () => {
    fc.assert(
      fc.property(anySeries(50), (series) => {
        const minute = Int32Array.from(
          { length: series.toMinute - series.fromMinute },
          (_, index) => series.fromMinute + index,
        );
        const single = (sums: Float64Array) =>
          Float64Array.from(minute, (_, index) => (sums[index + 1] ?? 0) - (sums[index] ?? 0));
        const columns = { minute, good: single(series.goodUpTo), total: single(series.totalUpTo) };
        const { fromMinute, toMinute } = series;
        expect(countSeriesOfColumns({ fromMinute, toMinute }, columns)).toEqual(series);
        expect(wholeOf(countSeriesOfColumns({ fromMinute: fromMinute + 1, toMinute }, columns)).total).toBe(
          wholeOf(series).total - (columns.total[0] ?? 0),
        );
      }),
    );
  });
});
