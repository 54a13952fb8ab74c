import { integerTable } from '../series/integer-table.ts';
import { type Subject, widthOf } from './observations.ts';

/** Patterns of a subject, each with a number from 0. */
export interface PatternTable {
  /** The number of the pattern that stands at `at` in some bytes. */
  readonly numberOf: (bytes: Uint8Array, at: number) => number;
  readonly size: () => number;
  readonly patterns: () => Uint8Array;
}

/** As many as keys of minute and pattern have room for. */
export const MOST_PATTERNS = 2 ** 26;
const MOST_KEY = 2 ** 52;

/** Several bytes as one key; `from` the key of those before. */
interface Digits {
  readonly from: number;
  readonly to: number;
  readonly keys: ReturnType<typeof integerTable>;
  readonly span: number;
}

/** Usual screens have one key for a pattern; those with many requests and cuts have several, each beginning with the one before. */
export function patternTable(subject: Subject): PatternTable {
  const width = widthOf(subject);
  const radices = subject.cutsUs.map((cuts) => cuts.length + 2);
  const parts = partsOf(radices);
  let patterns = new Uint8Array(64 * width);
  let size = 0;

  return {
    size: () => size,
    patterns: () => patterns.slice(0, size * width),
    numberOf: (bytes, at) => {
      let number = 0;
      for (const { from, to, keys, span } of parts) {
        let key = 0;
        for (let column = from; column < to; column += 1) {
          key = key * (radices[column] ?? 1) + (bytes[at + column] ?? 0);
        }
        number = keys.placeOf(number * span + key);
      }
      if (number === size) {
        if ((size + 1) * width > patterns.length) {
          const more = new Uint8Array(patterns.length * 2);
          more.set(patterns);
          patterns = more;
        }
        patterns.set(bytes.subarray(at, at + width), size * width);
        size += 1;
      }
      return number;
    },
  };
}

function partsOf(radices: readonly number[]): readonly Digits[] {
  const parts: Digits[] = [];
  let from = 0;
  let span = 1;
  radices.forEach((radix, column) => {
    // The first key stands alone; each other one has the number of the one before in front of it.
    const most = parts.length === 0 ? MOST_KEY : MOST_KEY / MOST_PATTERNS;
    if (span * radix > most) {
      parts.push({ from, to: column, keys: integerTable(), span });
      [from, span] = [column, 1];
    }
    span *= radix;
  });
  return [...parts, { from, to: radices.length, keys: integerTable(), span }];
}
