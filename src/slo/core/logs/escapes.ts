import type { RequestBatch } from './batch.ts';
import { BACKSLASH, byteAt } from './bytes.ts';

/*
 * Texts without the escapes of their format, written behind the bytes that were read. What is written is never longer than what was
 * read, so that half of the batch's memory is enough. Each answers with where the text starts; it ends at `batch.free`.
 */

const PERCENT = 0x25;
const LOWER_U = 0x75;
const LOWER_X = 0x78;
/** First bytes of UTF-8, by how many follow. */
const LEADING = [0, 0xc0, 0xe0, 0xf0];
const REPLACEMENT = 0xfffd;

/** What C and JSON write behind a backslash. Everything else stands for itself. */
const SHORT = new Map([
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x76, 0x0b],
]);

export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function hexByte(bytes: Uint8Array, index: number, end: number): number {
  const high = index + 1 < end ? hexDigit(byteAt(bytes, index)) : -1;
  const low = index + 1 < end ? hexDigit(byteAt(bytes, index + 1)) : -1;
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** As nginx (`\x22`) and Apache (`\"`, `\\`, `\n`, `\xhh`) write. */
export function withoutBackslashes(batch: RequestBatch, from: number, end: number): number {
  const { bytes } = batch;
  const start = batch.free;
  let free = start;
  for (let index = from; index < end; index += 1, free += 1) {
    const byte = byteAt(bytes, index);
    if (byte !== BACKSLASH || index + 1 >= end) {
      bytes[free] = byte;
      continue;
    }
    index += 1;
    const escaped = byteAt(bytes, index);
    const value = escaped === LOWER_X ? hexByte(bytes, index + 1, end) : -1;
    if (value >= 0) index += 2;
    bytes[free] = value >= 0 ? value : (SHORT.get(escaped) ?? escaped);
  }
  batch.free = free;
  return start;
}

/** As CloudFront writes spaces and controls in headers: `%20`. A percent sign without two digits stays. */
export function withoutPercents(batch: RequestBatch, from: number, end: number): number {
  const { bytes } = batch;
  const start = batch.free;
  let free = start;
  for (let index = from; index < end; index += 1, free += 1) {
    const byte = byteAt(bytes, index);
    const value = byte === PERCENT ? hexByte(bytes, index + 1, end) : -1;
    if (value >= 0) index += 2;
    bytes[free] = value >= 0 ? value : byte;
  }
  batch.free = free;
  return start;
}

const hexUnit = (bytes: Uint8Array, index: number, end: number): number => {
  const high = hexByte(bytes, index, end);
  const low = hexByte(bytes, index + 2, end);
  return high < 0 || low < 0 ? -1 : high * 256 + low;
};

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** A JSON string's inside; its escapes are known to be right. Half a surrogate pair becomes U+FFFD. */
export function withoutJsonEscapes(batch: RequestBatch, from: number, end: number): number {
  const { bytes } = batch;
  const start = batch.free;
  for (let index = from; index < end; index += 1) {
    const byte = byteAt(bytes, index);
    if (byte !== BACKSLASH) {
      bytes[batch.free] = byte;
      batch.free += 1;
      continue;
    }
    index += 1;
    const escaped = byteAt(bytes, index);
    if (escaped !== LOWER_U) {
      bytes[batch.free] = SHORT.get(escaped) ?? escaped;
      batch.free += 1;
      continue;
    }
    const unit = hexUnit(bytes, index + 1, end);
    index += 4;
    const second =
      isHighSurrogate(unit) && byteAt(bytes, index + 1) === BACKSLASH && byteAt(bytes, index + 2) === LOWER_U
        ? hexUnit(bytes, index + 3, end)
        : -1;
    if (isLowSurrogate(second)) index += 6;
    writePoint(
      batch,
      isLowSurrogate(second) ? 0x10000 + ((unit & 0x3ff) << 10) + (second & 0x3ff) : wholePoint(unit),
    );
  }
  return start;
}

const wholePoint = (unit: number): number =>
  isHighSurrogate(unit) || isLowSurrogate(unit) ? REPLACEMENT : unit;

/** UTF-8. */
function writePoint(batch: RequestBatch, point: number): void {
  const more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  batch.bytes[batch.free] = more === 0 ? point : (LEADING[more] ?? 0) | (point >> (6 * more));
  for (let index = 1; index <= more; index += 1)
    batch.bytes[batch.free + index] = 0x80 | ((point >> (6 * (more - index))) & 0x3f);
  batch.free += more + 1;
}
