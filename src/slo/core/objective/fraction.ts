/**
 * An exact rational number in lowest terms, its denominator positive. Shares, burn rates and allowances stay exact until somebody
 * looks at them: Sloth's own tests hold 5.6000000000000005 as a burn rate and 0.09999999999999432 as a budget.
 */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Throws on a denominator of 0 and on numbers that are no safe integers: those are bugs, not input. */
export function fraction(numerator: number | bigint, denominator: number | bigint = 1n): Fraction {
  const [above, below] = [exact(numerator), exact(denominator)];
  if (below === 0n) throw new RangeError('A fraction needs a denominator other than 0');
  const divisor = greatestDivisor(above, below);
  const sign = below < 0n ? -1n : 1n;
  return { numerator: (sign * above) / divisor, denominator: (sign * below) / divisor };
}

export const times = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.numerator, a.denominator * b.denominator);

export const minus = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator);

export const plus = (a: Fraction, b: Fraction): Fraction => minus(a, times(b, fraction(-1)));

/** Throws when `b` is 0. */
export const dividedBy = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.denominator, a.denominator * b.numerator);

/** Below 0 when a < b, 0 when equal, above 0 when a > b. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The nearest float, for people and charts only: never to decide by. */
export function toNumber({ numerator, denominator }: Fraction): number {
  const whole = numerator / denominator;
  const rest = numerator % denominator;
  // A bigint that no float can hold makes Infinity / Infinity; 60 bits of both are more than a float keeps.
  const excess = Math.max(0, bits(denominator) - 60);
  return Number(whole) + Number(rest >> BigInt(excess)) / Number(denominator >> BigInt(excess));
}

const DECIMAL = /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** `14.4`, `99.95`, `1e-3` without rounding; `undefined` for anything else. Numbers count as they are written: 0.1 is a tenth. */
export function decimal(words: string | number): Fraction | undefined {
  const [, sign, whole, part = '', exponent = '0'] = DECIMAL.exec(String(words)) ?? [];
  if (whole === undefined) return undefined;
  const shift = Number(exponent) - part.length;
  const digits = fraction(BigInt(`${whole}${part}`) * (sign === '-' ? -1n : 1n));
  const power = 10n ** BigInt(Math.abs(shift));
  return shift < 0 ? times(digits, fraction(1n, power)) : times(digits, fraction(power));
}

function exact(value: number | bigint): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`Not a safe integer: ${value}`);
  }
  return BigInt(value);
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [large, small] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (small > 0n) [large, small] = [small, large % small];
  return large;
}

const bits = (value: bigint): number => value.toString(16).length * 4;
