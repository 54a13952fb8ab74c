import { ExactNumberValue } from '../model.ts';

/** A whole number; exact text where a JavaScript number could not hold or print it. */
export function integerValue(value: bigint): number | ExactNumberValue {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : new ExactNumberValue(value.toString());
}

/** A finite number as it is, but large whole ones as text: JavaScript would print 2^63 with rounded digits. */
export function exactOrNumber(value: number): number | ExactNumberValue {
  return Number.isInteger(value) ? integerValue(BigInt(value)) : value;
}

/**
 * A number from its decimal text. It becomes a JavaScript number only where that prints as the same decimal
 * again; otherwise the text stays. `undefined` where the text is no decimal number.
 */
export function numberFromText(source: string): number | ExactNumberValue | undefined {
  if (!/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?$/.test(source)) return undefined;
  if (/^-?[0-9]+$/.test(source)) return integerValue(BigInt(source));
  const value = Number(source);
  if (/[eE]/.test(source))
    return Number.isFinite(value) ? exactOrNumber(value) : new ExactNumberValue(source);
  const trimmed = source.replace(/\.?0+$/, '');
  if (!trimmed.includes('.')) return integerValue(BigInt(trimmed));
  return String(value) === trimmed ? value : new ExactNumberValue(trimmed);
}
