import { expect, test } from 'vitest';
import { lengthOf, momentOf } from './correction-times.ts';

test('A correction lasts from one local time to a later one', () => {
  expect(lengthOf('2026-11-23T01:00', '2026-11-23T02:30')).toBe(90);
  expect(lengthOf('2026-11-23T02:30', '2026-11-23T02:30')).toBeUndefined();
  expect(lengthOf('2026-11-23T02:30', '2026-11-23T01:00')).toBeUndefined();
  expect(lengthOf('', '2026-11-23T01:00')).toBeUndefined();
  expect(momentOf('nonsense')).toBeUndefined();
  expect(momentOf('2026-11-23T01:00')).toBe(new Date('2026-11-23T01:00').toISOString());
});
