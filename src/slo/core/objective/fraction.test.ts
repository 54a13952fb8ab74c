import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compare, decimal, dividedBy, fraction, minus, plus, times, toNumber } from './fraction.ts';

const integers = fc.maxSafeInteger();
const fractions = fc
  .tuple(integers, integers)
  .filter(([, below]) => below !== 0)
  .map(([above, below]) => fraction(above, below));

describe('fractions', () => {
  it('obey the laws of arithmetic without rounding', () => {
    fc.assert(
      fc.property(fractions, fractions, fractions, (a, b, c) => {
        expect(minus(plus(a, b), b)).toEqual(a);
        expect(times(a, plus(b, c))).toEqual(plus(times(a, b), times(a, c)));
        if (b.numerator !== 0n) expect(times(dividedBy(a, b), b)).toEqual(a);
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
      }),
    );
  });

  it('read decimals as they are written', () => {
    expect(decimal('14.4')).toEqual(fraction(72, 5));
    expect(decimal(0.1)).toEqual(fraction(1, 10));
    expect(decimal(1e-7)).toEqual(fraction(1, 10_000_000));
    expect(decimal('-2.50')).toEqual(fraction(-5, 2));
    for (const words of ['', '.', '1.', '.5', '0x10', '1e999', 'NaN', '1 2', '１']) {
      expect(decimal(words)).toBeUndefined();
    }
  });

  it('of any size become the nearest number within two units of the last place', () => {
    fc.assert(
      fc.property(
        integers,
        fc.integer({ min: 1 }),
        fc.bigInt({ min: 1n, max: 10n ** 400n }),
        (a, b, scale) => {
          const shown = toNumber(fraction(BigInt(a) * scale, BigInt(b) * scale));
          expect(Math.abs(shown - a / b)).toBeLessThanOrEqual(Math.abs(a / b) * 2 ** -51);
        },
      ),
    );
    expect(toNumber(fraction(10n ** 400n, 3n * 10n ** 400n + 1n))).toBeCloseTo(1 / 3, 15);
  });
});

test('A fraction of what is no safe integer is a bug and thrown', () => {
  expect(() => fraction(0.5)).toThrow(RangeError);
  expect(() => fraction(2 ** 53)).toThrow(RangeError);
  expect(() => fraction(1, 0)).toThrow(RangeError);
});
