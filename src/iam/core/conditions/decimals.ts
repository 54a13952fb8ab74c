const DECIMAL = /^([+-]?)(\d{1,64})(?:\.(\d{1,64}))?$/;

/** An integer or decimal number without rounding; compare two with `compareDecimals`. */
export interface Decimal {
  readonly digits: bigint;
  /** How many of the digits stand after the point. */
  readonly scale: number;
}

export function parseDecimal(words: string): Decimal | undefined {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(words) ?? [];
  if (whole === undefined) return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length };
}

/** Below, at or above zero, as for sorting. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const left = one.digits * 10n ** BigInt(other.scale);
  const right = other.digits * 10n ** BigInt(one.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}
