/** Where reading stands. One object for a parser's life, so that nothing is allocated for a line. */
export interface Cursor {
  at: number;
}

export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const QUESTION_MARK = 0x3f;
export const OPENING_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSING_BRACKET = 0x5d;

/** As nanoseconds since 1970 have; beyond 15 the last ones may be rounded. */
const MOST_DIGITS = 19;

export const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytesOf = (words: string): Uint8Array => encoder.encode(words);

/** Bytes that are no UTF-8 become U+FFFD. */
export const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  decoder.decode(bytes.subarray(start, end));

/** Two digits as a number; NaN where they are none. */
export function twoDigits(bytes: Uint8Array, index: number): number {
  const tens = byteAt(bytes, index) - ZERO;
  const ones = byteAt(bytes, index + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Digits up to the first byte that is none; NaN where there are none or too many. The cursor ends behind them. */
export function readInteger(bytes: Uint8Array, cursor: Cursor, end: number): number {
  const start = cursor.at;
  let index = start;
  let value = 0;
  for (; index < end; index += 1) {
    const digit = byteAt(bytes, index) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  cursor.at = index;
  return index === start || index - start > MOST_DIGITS ? Number.NaN : value;
}

const POWERS = Float64Array.from({ length: MOST_DIGITS + 10 }, (_, power) => 10 ** power);

/**
 * `12`, `0.103`: as a number times ten to the `exponent`, rounded once, so that 0.3 s is the 300 ms that a threshold says. NaN where there is
 * none. The cursor ends behind it.
 */
export function readDecimal(bytes: Uint8Array, cursor: Cursor, end: number, exponent: number): number {
  let mantissa = readInteger(bytes, cursor, end);
  let shift = exponent;
  if (cursor.at < end && byteAt(bytes, cursor.at) === DOT) {
    cursor.at += 1;
    const start = cursor.at;
    const fraction = readInteger(bytes, cursor, end);
    mantissa = mantissa * (POWERS[cursor.at - start] ?? Number.NaN) + fraction;
    shift -= cursor.at - start;
  }
  return shift < 0 ? mantissa / (POWERS[-shift] ?? Number.NaN) : mantissa * (POWERS[shift] ?? Number.NaN);
}

export function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (end - start < prefix.length) return false;
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[start + index] !== prefix[index]) return false;
  }
  return true;
}
