import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok } from '#core-values';
import { fraction } from './fraction.ts';
import { allowance, percent, ppm, ppmOfPercent, ppmOfRatio } from './ppm.ts';

describe('objectives in parts per million', () => {
  it('are read from percents and ratios without rounding', () => {
    expect(ppmOfPercent('99.95')).toEqual(ok(999_500));
    expect(ppmOfPercent('99.95 %')).toEqual(ok(999_500));
    expect(ppmOfPercent(99.9)).toEqual(ok(999_000));
    expect(ppmOfRatio(0.9995)).toEqual(ok(999_500));
    expect(ppmOfRatio('1')).toEqual(ok(1_000_000));
    expect(ppmOfRatio('0.29')).toEqual(ok(290_000));
  });

  it('are refused outside the range, finer than a ppm, or as other words', () => {
    for (const words of ['100.1', '-1', '99.99999', '0.00001', 'NaN', 'Infinity', '', '99,9', '0x63']) {
      const read = ppmOfPercent(words);
      expect(read.ok ? read.value : read.error.reasons[0].rule).toBe('objective.not-a-share');
    }
    expect(ppmOfRatio('99.9').ok).toBe(false);
    expect(() => ppm(0.5)).toThrow(RangeError);
  });

  it('come back from the percent that they are shown as', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (value) => {
        expect(ppmOfPercent(percent(ppm(value)))).toEqual(ok(value));
      }),
    );
    expect(percent(ppm(999_500))).toBe('99.95%');
    expect(percent(ppm(1_000_000))).toBe('100%');
  });

  it('leave the rest as the allowance', () => {
    expect(allowance(ppm(999_500))).toEqual(fraction(1, 2000));
    expect(allowance(ppm(1_000_000))).toEqual(fraction(0));
  });
});
