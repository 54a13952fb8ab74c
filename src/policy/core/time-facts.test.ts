import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { hoursLater, timeFacts } from './time-facts.ts';

const at = (iso: string, timeZone: string) => {
  const facts = timeFacts(epochMs(Date.parse(iso)), timeZone);
  return facts.ok ? facts.value : facts.error;
};

describe('facts about time', () => {
  it('are those of the organization’s wall clock, not of UTC', () => {
    expect(at('2026-01-04T15:30:00Z', 'Asia/Tokyo')).toEqual({
      epochSeconds: 1_767_540_600,
      hourOfWeek: 0,
      dayOfWeek: 1,
      hourOfDay: 0,
      minuteOfHour: 30,
    });
    expect(at('2026-01-04T15:30:00Z', 'UTC')).toMatchObject({ dayOfWeek: 7, hourOfDay: 15, hourOfWeek: 159 });
  });

  it('follow daylight saving', () => {
    expect(at('2026-07-01T12:00:00Z', 'America/New_York')).toMatchObject({ hourOfDay: 8 });
    expect(at('2026-01-01T12:00:00Z', 'America/New_York')).toMatchObject({ hourOfDay: 7 });
  });

  it('are refused for a time zone that does not exist', () => {
    expect(at('2026-01-01T12:00:00Z', 'Asia/Toyko')).toMatchObject({ code: 'bad-config' });
  });

  it('advance by whole hours as the clock does where there is no daylight saving', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.integer({ min: 1, max: 168 }),
        (seconds, hours) => {
          const now = timeFacts(epochMs(seconds * 1000), 'UTC');
          const hour = Math.floor(seconds / 3600) + hours;
          const later = timeFacts(epochMs(hour * 3_600_000), 'UTC');
          expect(now.ok && hoursLater(now.value, hours)).toEqual(later.ok && later.value);
        },
      ),
    );
  });
});
