import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { countSeries } from '../budget/counts.ts';
import { anySeries } from '../budget/testing.ts';
import { judgeSlices } from '../budget/time-slices.ts';
import { badEventsToPage } from '../confidence/proof.ts';
import { fraction, times } from '../objective/fraction.ts';
import { allowance, type Ppm, ppm } from '../objective/ppm.ts';
import { type AlertSpec, type BurnAlert, burnAlert } from './burn-alert.ts';
import { alertCondition, firingSpans, isFiring, pageProbability } from './firing.ts';

const PERIOD = 43_200;
const targets = fc.integer({ min: 0, max: 1_000_000 }).map(ppm);
const specs: fc.Arbitrary<AlertSpec> = fc
  .record({
    severity: fc.constantFrom('page' as const, 'ticket' as const),
    factor: fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 100 })),
    shortMinutes: fc.integer({ min: 1, max: 15 }),
    longMinutes: fc.integer({ min: 1, max: 60 }),
    forMinutes: fc.nat(10),
  })
  .map(({ factor: [above, below], ...spec }) => ({
    ...spec,
    factor: fraction(above, below),
    longMinutes: Math.max(spec.shortMinutes, spec.longMinutes),
  }));

/** What `burnAlert` makes, without its refusals. */
const unchecked = (spec: AlertSpec, targetPpm: Ppm): BurnAlert => ({
  ...spec,
  badShare: times(spec.factor, allowance(targetPpm)),
  gated: false,
});

const outage = (minutes: number, eventsAMinute: number) =>
  countSeries(
    { fromMinute: 0, toMinute: minutes },
    Array.from({ length: minutes }, (_, minute) => ({ minute, good: 0, total: eventsAMinute })),
  );

describe('the spans in which an alert fires', () => {
  it('are the minutes that each by itself says, gated or not', () => {
    const likely = fc.integer({ min: 700_000, max: 999_000 }).map(ppm);
    fc.assert(
      fc.property(specs, likely, anySeries(120), fc.boolean(), (spec, targetPpm, series, gated) => {
        const alert = { ...unchecked({ ...spec, forMinutes: 0 }, targetPpm), gated };
        const bounds = { fromMinute: series.fromMinute, toMinute: series.toMinute + 1 };
        const minutes = firingSpans(alert, series, bounds).flatMap(({ fromMinute, toMinute }) =>
          Array.from({ length: toMinute - fromMinute }, (_, at) => fromMinute + at),
        );
        const all = Array.from(
          { length: bounds.toMinute - bounds.fromMinute },
          (_, at) => bounds.fromMinute + at,
        );
        expect(minutes).toEqual(all.filter((minute) => alertCondition(alert, series, minute) === 'burning'));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['end', 'begin'])(
    '%s in the very minute in which it is (no longer) probable, whatever was before',
    (which) => {
      // From 15 % of 100 events down to 8 %, or up again, where a page waits for 10 %.
      const goodAt = (step: number): number => (which === 'end' ? 85 + step : 91 - step);
      const length = 700;
      const series = countSeries(
        { fromMinute: 0, toMinute: length },
        Array.from({ length }, (_, minute) => ({
          minute,
          good: goodAt(Math.floor(minute / 100)),
          total: 100,
        })),
      );
      const spec = {
        severity: 'page',
        factor: fraction(10),
        longMinutes: 60,
        shortMinutes: 60,
        forMinutes: 0,
      } as const;
      const alert = { ...unchecked(spec, ppm(990_000)), gated: true };
      const burning = Array.from({ length }, (_, minute) => minute).filter(
        (minute) => alertCondition(alert, series, minute) === 'burning',
      );
      expect(firingSpans(alert, series, series)).toEqual([
        { fromMinute: burning[0], toMinute: (burning.at(-1) ?? 0) + 1 },
      ]);
      expect(burning).toHaveLength((burning.at(-1) ?? 0) - (burning[0] ?? 0) + 1);
    },
  );
});

describe('an alert that is refused because it can never fire', () => {
  it('really fires over no series, and one that is accepted fires in an outage', () => {
    fc.assert(
      fc.property(specs, targets, anySeries(120), (spec, targetPpm, series) => {
        const alert = burnAlert(spec, { targetPpm, periodMinutes: PERIOD });
        if (!alert.ok) {
          expect(alert.error.reasons[0].rule).toBe('alert.cannot-fire');
          expect(firingSpans(unchecked(spec, targetPpm), series, series)).toEqual([]);
          const bad = outage(100, 1_000_000);
          expect(firingSpans(unchecked(spec, targetPpm), bad, bad)).toEqual([]);
          return;
        }
        const enough = badEventsToPage(alert.value.badShare) ?? 0;
        const minutes = spec.longMinutes + spec.forMinutes;
        expect(isFiring(alert.value, outage(minutes, enough), minutes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is one that only more than a total outage would exceed', () => {
    const spec: AlertSpec = {
      severity: 'ticket',
      factor: fraction(10),
      longMinutes: 9,
      shortMinutes: 3,
      forMinutes: 0,
    };
    expect(burnAlert(spec, { targetPpm: ppm(900_000), periodMinutes: PERIOD }).ok).toBe(false);
    expect(isFiring(unchecked(spec, ppm(900_000)), outage(9, 10), 9)).toBe(false);
  });

  it('is told at which objective and below which factor it could', () => {
    const spec: AlertSpec = {
      severity: 'page',
      factor: fraction(72, 5),
      longMinutes: 60,
      shortMinutes: 5,
      forMinutes: 0,
    };
    const refused = burnAlert(spec, { targetPpm: ppm(900_000), periodMinutes: PERIOD });
    expect(refused.ok ? undefined : refused.error.reasons[0]).toMatchObject({
      message: {
        en: 'This page can never fire: at 90% a total outage burns 10 times as fast as allowed, and it waits for more than 14.4.',
      },
      remedy: { en: 'Use a factor below 10, or an objective above 93.0555%.' },
    });
    const at = (target: number) => burnAlert(spec, { targetPpm: ppm(target), periodMinutes: PERIOD }).ok;
    expect([at(930_555), at(930_556)]).toEqual([false, true]);
  });
});

describe('alerts on slices of time', () => {
  it('that are accepted fire when every slice is bad', () => {
    fc.assert(
      fc.property(
        specs,
        targets,
        fc.integer({ min: 1, max: 15 }),
        fc.nat(20),
        (spec, targetPpm, sliceMinutes, offset) => {
          const alert = burnAlert(spec, { targetPpm, periodMinutes: PERIOD, sliceMinutes });
          fc.pre(alert.ok);
          if (!alert.ok) return;
          const minutes = sliceMinutes + spec.longMinutes + spec.forMinutes + offset;
          const slices = judgeSlices(outage(minutes, 1), {
            minutes: sliceMinutes,
            targetPpm: ppm(500_000),
            empty: 'bad',
          });
          expect(alert.value.gated).toBe(false);
          expect(isFiring(alert.value, slices, minutes)).toBe(true);
        },
      ),
    );
  });
});

describe('an alert', () => {
  const alert = (severity: 'page' | 'ticket', forMinutes = 0) => {
    const spec = { severity, factor: fraction(72, 5), longMinutes: 60, shortMinutes: 5, forMinutes };
    const made = burnAlert(spec, { targetPpm: ppm(999_000), periodMinutes: PERIOD });
    if (!made.ok) throw new Error('refused');
    return made.value;
  };
  /** 1,000 events a minute for three hours, with an outage of these minutes. */
  const day = (from: number, to: number, bad = 1000) =>
    countSeries(
      { fromMinute: 0, toMinute: 180 },
      Array.from({ length: 180 }, (_, minute) => ({
        minute,
        good: minute >= from && minute < to ? 1000 - bad : 1000,
        total: 1000,
      })),
    );

  it('of 14.4 over 1 h and 5 min fires within a minute of a full outage and ends 5 min after it', () => {
    const series = day(100, 110);
    expect(firingSpans(alert('page'), series, series)).toEqual([{ fromMinute: 101, toMinute: 115 }]);
  });

  it('waits for as long as it says, without a break', () => {
    const series = day(100, 110);
    expect(firingSpans(alert('page', 2), series, series)).toEqual([{ fromMinute: 103, toMinute: 115 }]);
    expect(firingSpans(alert('page', 14), series, series)).toEqual([]);
  });

  it('does not fire at exactly its burn rate, as in Prometheus, where it is above and not at least', () => {
    // 864 bad of 60,000 in the hour are 1.44 %.
    const counts = (bad: number) =>
      countSeries({ fromMinute: 0, toMinute: 60 }, [{ minute: 58, good: 60_000 - bad, total: 60_000 }]);
    expect(alertCondition(alert('ticket'), counts(864), 60)).toBe('quiet');
    expect(alertCondition(alert('ticket'), counts(865), 60)).toBe('burning');
  });

  it('that pages waits until so few events are no chance, and a ticket does not', () => {
    const few = countSeries({ fromMinute: 0, toMinute: 60 }, [{ minute: 58, good: 19, total: 20 }]);
    expect(alertCondition(alert('ticket'), few, 60)).toBe('burning');
    expect(alertCondition(alert('page'), few, 60)).toBe('unproven');
    expect(pageProbability(alert('page'), few, 60)).toBeLessThan(0.95);
    const many = countSeries({ fromMinute: 0, toMinute: 60 }, [{ minute: 58, good: 190, total: 200 }]);
    expect(alertCondition(alert('page'), many, 60)).toBe('burning');
  });

  it('that fires in parts of a time fires the same in the whole', () => {
    fc.assert(
      fc.property(anySeries(150), fc.nat(150), fc.nat(5), (series, cut, forMinutes) => {
        const at = Math.min(series.toMinute, series.fromMinute + cut);
        const minutesOf = (from: number, to: number) =>
          firingSpans(alert('ticket', forMinutes), series, { fromMinute: from, toMinute: to }).flatMap(
            (span) =>
              Array.from({ length: span.toMinute - span.fromMinute }, (_, index) => span.fromMinute + index),
          );
        const { fromMinute, toMinute } = series;
        expect([...minutesOf(fromMinute, at), ...minutesOf(at, toMinute)]).toEqual(
          minutesOf(fromMinute, toMinute),
        );
      }),
    );
  });
});

test.each([
  ['alert.windows', { shortMinutes: 10, longMinutes: 5 }],
  ['alert.windows', { shortMinutes: 0 }],
  ['alert.windows', { shortMinutes: 0.5 }],
  ['alert.windows', { longMinutes: PERIOD + 1 }],
  ['alert.windows', { forMinutes: -1 }],
  ['alert.factor', { factor: fraction(0) }],
  ['alert.window-below-slice', { shortMinutes: 4 }],
])('%s refuses %o', (rule, wrong) => {
  const spec: AlertSpec = {
    severity: 'page',
    factor: fraction(2),
    longMinutes: 60,
    shortMinutes: 5,
    forMinutes: 0,
    ...wrong,
  };
  const made = burnAlert(spec, { targetPpm: ppm(990_000), periodMinutes: PERIOD, sliceMinutes: 5 });
  expect(made.ok ? 'accepted' : made.error.reasons[0].rule).toBe(rule);
});
