import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochMs } from '#core-values';
import { plannedAt } from './planned-at.ts';

const uploadedAt = epochMs(Date.parse('2026-11-22T09:30:00.500Z'));
const mostMs = 7 * 86_400_000;
const at = (timestamp: string | undefined) => plannedAt(timestamp, { uploadedAt, mostMs });

test('a plan is as old as its file says, to the second', () => {
  expect(at('2026-11-22T09:00:00Z')).toBe(Date.parse('2026-11-22T09:00:00Z'));
  expect(at('2026-11-22T09:00:00.123456789Z')).toBe(Date.parse('2026-11-22T09:00:00Z'));
});

test('a plan that says a later time, none, or one that cannot be read is as old as its upload', () => {
  for (const words of [
    ...['2026-11-22T09:30:01Z', '2099-01-01T00:00:00Z', '', 'yesterday', '2026-02-30T00:00:00Z'],
    ...['2026-11-22T09:00:00+09:00', undefined],
  ]) {
    expect(at(words)).toBe(uploadedAt);
  }
});

test('a clock that stands still makes a plan older than its upload by a bound at most', () => {
  expect(at('1970-01-01T00:00:00Z')).toBe(uploadedAt - mostMs);
});

test('whatever a runner says, a plan is never newer than its upload', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.date({ noInvalidDate: true }).map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      ),
      (words) => {
        const time = at(words);
        expect(time).toBeLessThanOrEqual(uploadedAt);
        expect(time).toBeGreaterThanOrEqual(uploadedAt - mostMs);
      },
    ),
  );
});
