import { expect, test } from 'vitest';
import { areaPath, linePath, roundTicks, timeTicks } from './scale.ts';

const DAY_MS = 86_400_000;
const TOKYO_MS = 9 * 3_600_000;

test('Axes of values have few and round ticks, within what is shown', () => {
  expect(roundTicks(0, 1_000_000, 5)).toEqual([0, 500_000, 1_000_000]);
  expect(roundTicks(-1_000_000, 1_000_000, 5)).toEqual([-1_000_000, -500_000, 0, 500_000, 1_000_000]);
  expect(roundTicks(0, 37, 4)).toEqual([0, 20]);
  expect(roundTicks(0, 0, 4)).toEqual([0]);
});

test('Axes of time begin their days where the reader does', () => {
  const from = Date.parse('2026-10-26T07:13:00Z');
  const ticks = timeTicks(from, from + 28 * DAY_MS, 6, TOKYO_MS);
  expect(ticks.length).toBeLessThanOrEqual(6);
  for (const tick of ticks) expect((tick + TOKYO_MS) % DAY_MS).toBe(0);
  const hours = timeTicks(from, from + DAY_MS, 6, TOKYO_MS);
  expect(new Date(hours[0] ?? 0).toISOString()).toBe('2026-10-26T09:00:00.000Z');
});

test('What is not known is a gap in a line, and no zero', () => {
  const points = [[0, 1], [1, 2], undefined, [3, 4]] as const;
  expect(linePath(points)).toBe('M0 1L1 2M3 4');
  expect(areaPath(points, 9)).toBe('M0 9L0 1L1 2L1 9ZM3 9L3 4L3 9Z');
});
