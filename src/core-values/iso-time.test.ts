import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTime, parseTime } from './iso-time.ts';
import { epochMs } from './time.ts';

const times = fc.integer({ min: 0, max: 253_402_300_799_999 });

test('times are written as Date writes them, and read back', () => {
  fc.assert(
    fc.property(times, (ms) => {
      expect(formatTime(epochMs(ms))).toBe(new Date(ms).toISOString());
      expect(parseTime(new Date(ms).toISOString())).toBe(ms);
    }),
  );
});

test('times that do not exist, and other spellings, are refused', () => {
  for (const words of [
    '2026-02-29T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01T00:60:00.000Z',
    '2026-01-01T00:00:60.000Z',
    '1969-12-31T23:59:59.999Z',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000+00:00',
    ' 2026-01-01T00:00:00.000Z',
    '',
  ]) {
    expect(parseTime(words), words).toBeUndefined();
  }
});

test('a time outside its range is a bug', () => {
  expect(() => formatTime(epochMs(-1))).toThrow(RangeError);
  expect(() => formatTime(epochMs(0.5))).toThrow(RangeError);
  expect(() => formatTime(epochMs(253_402_300_800_000))).toThrow(RangeError);
});
