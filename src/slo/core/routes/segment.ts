import { byteAt, DOT, MINUS, ZERO } from '../logs/bytes.ts';

/*
 * What of a path's segment is an id. The rules look at one segment alone, so that a path has the same route in every log and on every
 * day, whatever else was seen; what they cannot know is told by patterns that people name.
 */

export type Placeholder = 'id' | 'uuid' | 'hash' | 'token' | 'email' | 'date';

const UUID_LENGTH = 36;
const DATE_LENGTH = 10;
/** Fewer digits in a word (`jquery-3`, `top-100`) are part of its name. */
const LEAST_ID_DIGITS = 4;
const LEAST_HASH = 8;
const LEAST_LONG_HASH = 16;
/** Hexadecimal without a digit: `deadbeef`, `facade` are words, SHA-1 and longer are not. */
const LEAST_CERTAIN_HASH = 32;
const LEAST_TOKEN = 8;
/** How often letters and digits alternate in what nobody wrote by hand; `windows11update` does it twice. */
const LEAST_CHANGES = 3;
const AT = 0x40;
const LOWER_X = 0x78;
const UNDERSCORE = 0x5f;

const OTHER = 0;
const DIGIT = 1;
const HEX_LETTER = 2;
const LETTER = 3;

const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= ZERO && byte <= ZERO + 9) return DIGIT;
  const lower = byte | 0x20;
  if (byte < 0x80 && lower >= 0x61 && lower <= 0x66) return HEX_LETTER;
  return byte < 0x80 && lower >= 0x67 && lower <= 0x7a ? LETTER : OTHER;
});

const kindAt = (bytes: Uint8Array, index: number): number => KINDS[byteAt(bytes, index)] ?? OTHER;

/** Whether no rule can find anything: there is no digit, no @, and it is too short for a hash without digits. Most segments are. */
export function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start >= LEAST_CERTAIN_HASH) return false;
  for (let index = start; index < end; index += 1) {
    const byte = byteAt(bytes, index);
    if (byte === AT || (byte >= ZERO && byte <= ZERO + 9)) return false;
  }
  return true;
}

/** What the whole segment is; undefined where it is none of these. */
export function segmentPlaceholder(bytes: Uint8Array, start: number, end: number): Placeholder | undefined {
  let digits = 0;
  let at = -1;
  let hex = 0;
  for (let index = start; index < end; index += 1) {
    const kind = kindAt(bytes, index);
    if (kind === DIGIT) digits += 1;
    if (kind === DIGIT || kind === HEX_LETTER) hex += 1;
    if (kind === OTHER && byteAt(bytes, index) === AT) at = index;
  }
  const length = end - start;
  if (digits === length) return 'id';
  if (at > start && hasDot(bytes, at + 1, end) && !isPixelRatio(bytes, at + 1)) return 'email';
  if (length === UUID_LENGTH && hex === 32 && isUuid(bytes, start)) return 'uuid';
  return length === DATE_LENGTH && digits === 8 && isDate(bytes, start) ? 'date' : undefined;
}

function hasDot(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start + 1; index < end - 1; index += 1) if (byteAt(bytes, index) === DOT) return true;
  return false;
}

/** `icon@2x.png`. */
const isPixelRatio = (bytes: Uint8Array, start: number): boolean =>
  kindAt(bytes, start) === DIGIT && byteAt(bytes, start + 1) === LOWER_X && byteAt(bytes, start + 2) === DOT;

const isUuid = (bytes: Uint8Array, start: number): boolean =>
  byteAt(bytes, start + 8) === MINUS &&
  byteAt(bytes, start + 13) === MINUS &&
  byteAt(bytes, start + 18) === MINUS &&
  byteAt(bytes, start + 23) === MINUS;

const isDate = (bytes: Uint8Array, start: number): boolean =>
  byteAt(bytes, start + 4) === MINUS && byteAt(bytes, start + 7) === MINUS;

/** Whether a byte parts a segment into words: `app.3f2a9c1b.js`, `order-12345`, `ord_1a2b3c4d`. */
export const partsWords = (byte: number): boolean => byte === DOT || byte === MINUS || byte === UNDERSCORE;

/** What a word of a segment is; undefined for what people write. */
export function wordPlaceholder(bytes: Uint8Array, start: number, end: number): Placeholder | undefined {
  const length = end - start;
  if (length < LEAST_ID_DIGITS) return undefined;
  let digits = 0;
  let hex = 0;
  let changes = 0;
  let last = OTHER;
  for (let index = start; index < end; index += 1) {
    const kind = kindAt(bytes, index);
    if (kind === OTHER) return undefined;
    if (kind === DIGIT) digits += 1;
    if (kind !== LETTER) hex += 1;
    if (index > start && (kind === DIGIT) !== (last === DIGIT)) changes += 1;
    last = kind;
  }
  if (digits === length) return 'id';
  if (hex === length) return isHash(length, digits, changes) ? 'hash' : undefined;
  return length >= LEAST_TOKEN && changes >= LEAST_CHANGES ? 'token' : undefined;
}

function isHash(length: number, digits: number, changes: number): boolean {
  if (length >= LEAST_CERTAIN_HASH) return true;
  return digits > 0 && (length >= LEAST_LONG_HASH || (length >= LEAST_HASH && changes >= 2));
}
