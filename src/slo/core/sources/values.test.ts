import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Metric } from '../definitions/indicator-schema.ts';
import { COUNTER_MEMORY_MINUTES, countedValues, type ValueSeries } from './values.ts';

const SOURCE = { type: 'Prometheus', spec: { query: 'x' } };
const ratio = (counter: boolean, part: 'good' | 'bad' = 'bad'): Metric => ({
  ...{ kind: 'ratio', counter, part },
  ...{ events: SOURCE, total: SOURCE },
});
const HOUR = 490_000 * 60;
const values = (given: readonly (number | undefined)[], from = HOUR, isCounter = true): ValueSeries => {
  const known = given.flatMap((value, index) =>
    value === undefined ? [] : [[from + index, value] as const],
  );
  return { isCounter, minutes: known.map(([minute]) => minute), values: known.map(([, value]) => value) };
};
const bounds = (minutes: number, from = HOUR) => ({ fromMinute: from, toMinute: from + minutes });
const counted = (
  counter: boolean,
  events: readonly ValueSeries[],
  total: readonly ValueSeries[],
  minutes: number,
) => countedValues(ratio(counter), undefined, { events, total }, bounds(minutes));
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('counters', () => {
  test('are counted by what they grew', () => {
    const { minutes, odd } = counted(true, [values([5, 5, 7])], [values([100, 110, 130])], 3);
    expect(minutes).toEqual([
      { minute: HOUR, good: 0, total: 0 },
      { minute: HOUR + 1, good: 10, total: 10 },
      { minute: HOUR + 2, good: 18, total: 20 },
    ]);
    expect(odd).toEqual({ notNumbers: 0, negative: 0, fallen: 0, beyondTotal: 0 });
  });

  test('of one process count from 0 after it began anew', () => {
    const { minutes } = counted(true, [], [values([100, 110, 4, 9])], 4);
    expect(minutes.map(({ total }) => total)).toEqual([0, 10, 4, 5]);
  });

  test('that were summed elsewhere and fell leave their minute uncounted, and say so', () => {
    const { minutes, odd } = counted(
      true,
      [values([1, 1, 1, 2])],
      [values([100, 110, 40, 50], HOUR, false)],
      4,
    );
    expect(minutes.map(({ minute, good, total }) => [minute - HOUR, good, total])).toEqual([
      [0, 0, 0],
      [1, 10, 10],
      [3, 9, 10],
    ]);
    expect(odd.fallen).toBe(1);
  });

  test('count what a gap hid once it is over, and begin anew after a long one', () => {
    const short = counted(true, [], [values([100, undefined, undefined, 130])], 4);
    expect(short.minutes).toEqual([
      { minute: HOUR, good: 0, total: 0 },
      { minute: HOUR + 3, good: 30, total: 30 },
    ]);
    const gap = Array.from({ length: COUNTER_MEMORY_MINUTES }, () => undefined);
    expect(
      sum(counted(true, [], [values([100, ...gap, 130, 131])], 20).minutes.map(({ total }) => total)),
    ).toBe(1);
  });

  test('lose and repeat nothing, wherever a reading begins', () => {
    const steps = fc.array(fc.option(fc.nat({ max: 1000 }), { nil: undefined }), {
      minLength: 80,
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 60 }), (grown, cut) => {
        let total = 0;
        const counter = values(
          grown.map((more) => {
            total += more ?? 0;
            return more === undefined ? undefined : total;
          }),
        );
        const read = (fromMinute: number, toMinute: number) => {
          const isSeen = (minute: number) =>
            minute >= fromMinute - COUNTER_MEMORY_MINUTES && minute < toMinute;
          const seen = counter.minutes
            .map((minute, index) => [minute, counter.values[index] ?? 0] as const)
            .filter(([minute]) => isSeen(minute));
          const answered = {
            isCounter: true,
            minutes: seen.map(([minute]) => minute),
            values: seen.map(([, value]) => value),
          };
          return countedValues(
            ratio(true),
            undefined,
            { events: [], total: [answered] },
            { fromMinute, toMinute },
          ).minutes;
        };
        const end = HOUR + grown.length;
        const at = HOUR + cut;
        expect([...read(HOUR, at), ...read(at, end)]).toEqual(read(HOUR, end));
      }),
    );
  });
});

describe('numbers of events by the minute', () => {
  const share = fc.double({ min: 0, max: 5000, noNaN: true });
  test('are whole, never more good than all, and right to the nearest event in every hour', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(share, share), { minLength: 60, maxLength: 60 }), (pairs) => {
        const bad = pairs.map(([a, b]) => Math.min(a, b));
        const total = pairs.map(([a, b]) => Math.max(a, b));
        const { minutes } = counted(false, [values(bad)], [values(total)], 60);
        for (const { good, total: all } of minutes) {
          expect(Number.isInteger(good) && Number.isInteger(all) && good >= 0 && good <= all).toBe(true);
        }
        const bads = sum(minutes.map((minute) => minute.total - minute.good));
        expect(Math.abs(bads - sum(bad))).toBeLessThanOrEqual(0.501);
        expect(Math.abs(sum(minutes.map(({ good }) => good)) - (sum(total) - sum(bad)))).toBeLessThanOrEqual(
          0.501,
        );
      }),
    );
  });

  test('that are whole stay as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 120 }), (total) => {
        expect(counted(false, [], [values(total)], total.length).minutes.map(({ good }) => good)).toEqual(
          total,
        );
      }),
    );
  });

  test('of several series add up; what is no number, below zero or more than all is told', () => {
    const { minutes, odd } = counted(
      false,
      [values([9, 1])],
      [values([2, Number.NaN, Number.POSITIVE_INFINITY]), values([3, 4, -1])],
      3,
    );
    expect(minutes).toEqual([
      { minute: HOUR, good: 0, total: 5 },
      { minute: HOUR + 1, good: 3, total: 4 },
    ]);
    expect(odd).toEqual({ notNumbers: 2, negative: 1, fallen: 0, beyondTotal: 1 });
  });

  test('without good events are all bad where the good are asked for', () => {
    const { minutes } = countedValues(
      ratio(false, 'good'),
      undefined,
      { events: [], total: [values([4])] },
      bounds(1),
    );
    expect(minutes).toEqual([{ minute: HOUR, good: 0, total: 4 }]);
  });
});

test('a threshold makes one event of every minute that has a value', () => {
  const metric: Metric = { kind: 'threshold', source: SOURCE };
  const events = [values([0.2, 0.3, Number.NaN, undefined, 0.31])];
  const { minutes, odd } = countedValues(metric, { op: 'lte', value: 0.3 }, { events, total: [] }, bounds(5));
  expect(minutes.map(({ minute, good, total }) => [minute - HOUR, good, total])).toEqual([
    [0, 1, 1],
    [1, 1, 1],
    [4, 0, 1],
  ]);
  expect(odd.notNumbers).toBe(1);
});

test('a ratio that was made elsewhere counts as parts of a million, the same in every minute', () => {
  const metric: Metric = { kind: 'raw', rawType: 'failure', source: SOURCE };
  const { minutes } = countedValues(
    metric,
    undefined,
    { events: [values([0.001, 2])], total: [] },
    bounds(2),
  );
  expect(minutes).toEqual([
    { minute: HOUR, good: 999_000, total: 1_000_000 },
    { minute: HOUR + 1, good: 0, total: 1_000_000 },
  ]);
});
