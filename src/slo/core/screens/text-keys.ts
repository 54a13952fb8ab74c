/**
 * Texts as numbers of 52 bits, so that millions of clients, traces and views need no memory once their views are closed. Of a million
 * that are open at once, one in four thousand million times a new one is taken for another.
 */
export interface KeyDraft {
  low: number;
  high: number;
}

export const NO_KEY = 0;

const FNV_PRIME = 0x01000193;
const OTHER_PRIME = 0xcc9e2d51 | 0;
const TWO_TO_32 = 2 ** 32;

/** `kind`: texts of different kinds have different keys. */
export function beginKey(draft: KeyDraft, kind: number): void {
  draft.low = 0x811c9dc5 | 0;
  draft.high = Math.imul(kind + 1, 0x9e3779b1);
}

/** Adds a text and its length to the key, four bytes at a time. */
export function addText(draft: KeyDraft, bytes: DataView, start: number, end: number): void {
  let { low, high } = draft;
  let index = start;
  for (; index + 4 <= end; index += 4) {
    low = Math.imul(low ^ bytes.getInt32(index, true), FNV_PRIME);
    low ^= low >>> 15;
    high = Math.imul(high ^ low, OTHER_PRIME) + index - start;
  }
  for (; index < end; index += 1) {
    low = Math.imul(low ^ bytes.getUint8(index), FNV_PRIME);
    high = Math.imul(high ^ low, OTHER_PRIME);
  }
  draft.low = Math.imul(low ^ (end - start), FNV_PRIME);
  draft.high = Math.imul(high ^ draft.low, OTHER_PRIME);
}

export function addKey(draft: KeyDraft, key: number): void {
  draft.low = Math.imul(draft.low ^ ((key % TWO_TO_32) | 0), OTHER_PRIME);
  draft.high = Math.imul(draft.high ^ Math.floor(key / TWO_TO_32) ^ draft.low, FNV_PRIME);
}

/** Never `NO_KEY`. */
export function keyOf({ low, high }: KeyDraft): number {
  const mixed = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
  const other = Math.imul(high ^ (high >>> 15), 0xc2b2ae35) ^ mixed;
  const key = (other >>> 12) * TWO_TO_32 + ((mixed ^ (mixed >>> 13)) >>> 0);
  return key === NO_KEY ? 1 : key;
}
