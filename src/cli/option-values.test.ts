import { describe, expect, it } from 'vitest';
import { planDigest, pointInTime } from './option-values.ts';

describe('a point in time', () => {
  it.each([
    ['2026-11-22T09:30:00Z', '2026-11-22T09:30:00.000Z'],
    ['2026-11-22T18:30+09:00', '2026-11-22T09:30:00.000Z'],
    ['2026-11-22T09:30:00.125Z', '2026-11-22T09:30:00.125Z'],
  ])('%s is taken, in UTC', (words, iso) => {
    expect(pointInTime('en')(words)).toBe(iso);
  });

  it.each(['yesterday', '2026-11-22', '2026-11-22T09:30:00', '2026-13-22T09:30:00Z', ''])(
    '“%s” is refused with an example, for it leaves open which moment is meant',
    (words) => {
      expect(() => pointInTime('en')(words)).toThrow('such as 2026-11-22T09:30:00Z');
      expect(() => pointInTime('ja')(words)).toThrow('タイムゾーン付き');
    },
  );
});

it('a plan’s id is not its digest', () => {
  expect(planDigest('en')('a'.repeat(64))).toBe('a'.repeat(64));
  expect(() => planDigest('en')('pln_00000000-0000-7000-8000-000000000001')).toThrow('sekisho show');
});
