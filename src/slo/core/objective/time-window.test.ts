import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { epochMs, parseTime } from '#core-values';
import {
  boundsAt,
  type CalendarUnit,
  type CalendarWindow,
  calendarWindow,
  nominalMinutes,
  periodsWithin,
  rollingWindow,
  type TimeWindow,
} from './time-window.ts';

const at = (words: string) => {
  const time = parseTime(`${words}:00.000Z`);
  if (time === undefined) throw new Error(words);
  return time;
};
const minuteOf = (words: string) => at(words) / 60_000;

function calendar(given: Parameters<typeof calendarWindow>[0]): CalendarWindow {
  const window = calendarWindow(given);
  if (!window.ok) throw new Error(window.error.reasons[0].rule);
  return window.value;
}

const hoursAt = (window: TimeWindow, words: string) => {
  const { fromMinute, toMinute } = boundsAt(window, at(words));
  return (toMinute - fromMinute) / 60;
};

describe('a calendar day', () => {
  // Changes of clocks in 2026, IANA time zone database.
  it.each([
    ['Europe/Berlin', '2026-03-28T12:00', 24],
    ['Europe/Berlin', '2026-03-29T12:00', 23],
    ['Europe/Berlin', '2026-10-25T12:00', 25],
    ['America/New_York', '2026-03-08T17:00', 23],
    ['America/New_York', '2026-11-01T17:00', 25],
    ['Asia/Tokyo', '2026-03-29T12:00', 24],
    ['Asia/Tokyo', '2026-10-25T12:00', 24],
    ['Australia/Lord_Howe', '2026-04-05T02:00', 24.5],
    ['Australia/Lord_Howe', '2026-10-04T02:00', 23.5],
    // Clocks go forward at midnight: the day begins at one.
    ['Africa/Cairo', '2026-04-24T12:00', 23],
    ['Asia/Kathmandu', '2026-06-01T12:00', 24],
  ])('in %s around %sZ has %d hours', (timeZone, time, hours) => {
    expect(hoursAt(calendar({ unit: 'day', timeZone }), time)).toBe(hours);
  });

  it('begins at midnight of its own zone', () => {
    const tokyo = calendar({ unit: 'day', timeZone: 'Asia/Tokyo' });
    expect(boundsAt(tokyo, at('2026-11-23T14:59')).fromMinute).toBe(minuteOf('2026-11-22T15:00'));
    expect(boundsAt(tokyo, at('2026-11-23T15:00')).fromMinute).toBe(minuteOf('2026-11-23T15:00'));
  });
});

describe('longer calendar windows', () => {
  it('lose and gain the hour of their change of clocks', () => {
    const month = calendar({ unit: 'month', timeZone: 'Europe/Berlin' });
    expect(hoursAt(month, '2026-03-15T00:00')).toBe(31 * 24 - 1);
    expect(hoursAt(month, '2026-10-15T00:00')).toBe(31 * 24 + 1);
    expect(hoursAt(calendar({ unit: 'year', timeZone: 'Europe/Berlin' }), '2028-06-01T00:00')).toBe(366 * 24);
    expect(hoursAt(calendar({ unit: 'quarter', timeZone: 'UTC' }), '2026-02-01T00:00')).toBe(90 * 24);
  });

  it('of weeks begin on Monday', () => {
    const { fromMinute } = boundsAt(calendar({ unit: 'week', timeZone: 'UTC' }), at('2026-11-23T00:00'));
    expect(fromMinute).toBe(minuteOf('2026-11-23T00:00'));
  });

  it('counted from the 31st keep to month ends and come back to the 31st', () => {
    const window = calendar({ unit: 'month', timeZone: 'UTC', anchor: '2026-01-31T00:00' });
    const starts = periodsWithin(window, {
      fromMinute: minuteOf('2026-01-31T00:00'),
      toMinute: minuteOf('2026-06-01T00:00'),
    }).map(({ fromMinute }) => fromMinute);
    const days = ['01-31', '02-28', '03-31', '04-30', '05-31'];
    expect(starts).toEqual(days.map((day) => minuteOf(`2026-${day}T00:00`)));
  });

  it("begin where OpenSLO's startTime says, by the clocks of its zone", () => {
    const window = calendar({ unit: 'week', timeZone: 'America/New_York', anchor: '2020-01-21 12:30:00' });
    expect(boundsAt(window, at('2026-07-22T00:00')).fromMinute).toBe(minuteOf('2026-07-21T16:30'));
    expect(boundsAt(window, at('2026-01-21T00:00')).fromMinute).toBe(minuteOf('2026-01-20T17:30'));
  });
});

test('The day that Samoa skipped has no window', () => {
  const days = periodsWithin(calendar({ unit: 'day', timeZone: 'Pacific/Apia' }), {
    fromMinute: minuteOf('2011-12-29T12:00'),
    toMinute: minuteOf('2011-12-31T09:00'),
  });
  expect(days.map(({ fromMinute, toMinute }) => (toMinute - fromMinute) / 60)).toEqual([24, 24]);
});

const zones = fc.constantFrom(
  'Europe/Berlin',
  'America/New_York',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Africa/Cairo',
  'UTC',
);
const units = fc.constantFrom<CalendarUnit>('day', 'week', 'month', 'quarter', 'year');
const minutes = fc.integer({ min: minuteOf('2005-01-01T00:00'), max: minuteOf('2035-01-01T00:00') });
const anchors = fc.constantFrom(
  '1970-01-01T00:00',
  '2011-12-30T00:00',
  '2020-02-29T02:30',
  '2024-01-31T23:59',
);

describe('every calendar', () => {
  it('tiles time: each minute is in exactly one period, without gap or overlap', () => {
    fc.assert(
      fc.property(
        zones,
        units,
        fc.integer({ min: 1, max: 3 }),
        anchors,
        minutes,
        (timeZone, unit, count, anchor, minute) => {
          const window = calendar({ unit, count, timeZone, anchor });
          const bounds = boundsAt(window, epochMs(minute * 60_000 + 59_999));
          expect(bounds.fromMinute).toBeLessThanOrEqual(minute);
          expect(bounds.toMinute).toBeGreaterThan(minute);
          expect(boundsAt(window, epochMs(bounds.fromMinute * 60_000))).toEqual(bounds);
          expect(boundsAt(window, epochMs((bounds.toMinute - 1) * 60_000))).toEqual(bounds);
          expect(boundsAt(window, epochMs(bounds.toMinute * 60_000)).fromMinute).toBe(bounds.toMinute);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lists the same periods in a row', () => {
    fc.assert(
      fc.property(
        zones,
        units,
        minutes,
        fc.integer({ min: 1, max: 500_000 }),
        (timeZone, unit, fromMinute, length) => {
          const window = calendar({ unit, timeZone });
          const periods = periodsWithin(window, { fromMinute, toMinute: fromMinute + length });
          expect(periods[0]).toEqual(boundsAt(window, epochMs(fromMinute * 60_000)));
          expect(periods.at(-1)).toEqual(boundsAt(window, epochMs((fromMinute + length - 1) * 60_000)));
          periods.slice(1).forEach((period, index) => {
            expect(period.fromMinute).toBe(periods[index]?.toMinute);
          });
        },
      ),
      { numRuns: 50 },
    );
  });
});

test('A rolling window ends with the last finished minute', () => {
  const window = rollingWindow(28 * 1440);
  if (!window.ok) throw new Error('refused');
  const minute = minuteOf('2026-11-23T10:00');
  expect(boundsAt(window.value, epochMs(minute * 60_000 + 30_000))).toEqual({
    fromMinute: minute - 28 * 1440,
    toMinute: minute,
  });
  expect(nominalMinutes(window.value)).toBe(40_320);
});

test('What is no window is refused by its rule', () => {
  const rule = (window: ReturnType<typeof calendarWindow> | ReturnType<typeof rollingWindow>) =>
    window.ok ? 'accepted' : window.error.reasons[0].rule;
  expect(rule(rollingWindow(0))).toBe('time-window.length');
  expect(rule(rollingWindow(0.5))).toBe('time-window.length');
  expect(rule(calendarWindow({ unit: 'day', count: 0, timeZone: 'UTC' }))).toBe('time-window.length');
  expect(rule(calendarWindow({ unit: 'day', timeZone: 'Asia/Edo' }))).toBe('time-window.time-zone');
  expect(rule(calendarWindow({ unit: 'day', timeZone: 'UTC', anchor: '2026-02-30T00:00' }))).toBe(
    'time-window.anchor',
  );
  expect(rule(calendarWindow({ unit: 'day', timeZone: 'UTC', anchor: '2026-01-01T00:00:30' }))).toBe(
    'time-window.anchor',
  );
});
