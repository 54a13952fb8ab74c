import { text } from '#core-values';
import { type ExactNumberValue, type PlanValue, UNKNOWN } from '../model.ts';
import { exactOrNumber, integerValue } from './numbers.ts';
import { refuse } from './refusal.ts';
import { utf8Text } from './utf8.ts';
import { readTypeConstraint, retype } from './value-types.ts';

/** Terraform's own limit on nesting is far lower; deeper data is made to exhaust a stack. */
export const MAX_DEPTH = 128;

/** cty's extension types of unknown values: 0 plain, 12 with refinements (go-cty `cty/msgpack/unknown.go`). */
const UNKNOWN_TYPES: ReadonlySet<number> = new Set([0, 12]);

const damaged = (): never =>
  refuse(
    'damaged-value',
    text('A value in the plan file is damaged.', 'プランファイル内の値が壊れています。'),
  );

/**
 * Decodes one value as go-cty writes it in MessagePack. Objects become Maps, so that no key can touch a
 * prototype; unknown values become `UNKNOWN`; a value of dynamic type, `[type as bytes, value]`, becomes the value.
 *
 * Written by hand and not by `@msgpack/msgpack` because that one keeps the last of two equal keys, mangles
 * invalid UTF-8 and refuses the key `__proto__`: the value shown must be the value applied.
 */
export function decodeMsgpack(bytes: Uint8Array, names = recentNames()): PlanValue {
  return readToEnd({ bytes, view: viewOf(bytes), names, position: 0, end: bytes.length });
}

/** Where we are in bytes that hold more than this value, which fills them up to `end`. */
export interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly names: RecentNames;
  position: number;
  end: number;
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Decodes the value between the cursor and its end, in place: a plan holds one or two for every resource. */
export function readToEnd(cursor: Cursor): PlanValue {
  const value = readValue(cursor, 0);
  if (cursor.position !== cursor.end) damaged();
  return value;
}

function take(cursor: Cursor, length: number): number {
  const start = cursor.position;
  if (start + length > cursor.end) damaged();
  cursor.position = start + length;
  return start;
}

const uint8 = (cursor: Cursor): number => cursor.bytes[take(cursor, 1)] ?? damaged();
const uint16 = (cursor: Cursor): number => cursor.view.getUint16(take(cursor, 2));
const uint32 = (cursor: Cursor): number => cursor.view.getUint32(take(cursor, 4));

function readValue(cursor: Cursor, depth: number): PlanValue {
  if (depth > MAX_DEPTH) damaged();
  const head = uint8(cursor);
  if (head < 0x80) return head;
  if (head < 0x90) return readMap(cursor, head - 0x80, depth);
  if (head < 0xa0) return readArray(cursor, head - 0x90, depth);
  if (head < 0xc0) return readString(cursor, head - 0xa0);
  if (head >= 0xe0) return head - 0x100;
  switch (head) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xd9:
      return readString(cursor, uint8(cursor));
    case 0xda:
      return readString(cursor, uint16(cursor));
    case 0xdb:
      return readString(cursor, uint32(cursor));
    case 0xdc:
      return readArray(cursor, uint16(cursor), depth);
    case 0xdd:
      return readArray(cursor, uint32(cursor), depth);
    case 0xde:
      return readMap(cursor, uint16(cursor), depth);
    case 0xdf:
      return readMap(cursor, uint32(cursor), depth);
    default:
      return head >= 0xca && head <= 0xd3 ? readNumber(cursor, head) : readExtension(cursor, head);
  }
}

function readNumber(cursor: Cursor, head: number): PlanValue {
  const { view } = cursor;
  switch (head) {
    case 0xca:
      return floatValue(view.getFloat32(take(cursor, 4)));
    case 0xcb:
      return floatValue(view.getFloat64(take(cursor, 8)));
    case 0xcc:
      return uint8(cursor);
    case 0xcd:
      return uint16(cursor);
    case 0xce:
      return uint32(cursor);
    case 0xcf:
      return integerValue(view.getBigUint64(take(cursor, 8)));
    case 0xd0:
      return view.getInt8(take(cursor, 1));
    case 0xd1:
      return view.getInt16(take(cursor, 2));
    case 0xd2:
      return view.getInt32(take(cursor, 4));
    default:
      return integerValue(view.getBigInt64(take(cursor, 8)));
  }
}

function floatValue(value: number): number | ExactNumberValue {
  if (!Number.isFinite(value)) damaged();
  return exactOrNumber(value);
}

function readExtension(cursor: Cursor, head: number): PlanValue {
  let length: number;
  if (head >= 0xd4 && head <= 0xd8) length = 2 ** (head - 0xd4);
  else if (head === 0xc7) length = uint8(cursor);
  else if (head === 0xc8) length = uint16(cursor);
  else if (head === 0xc9) length = uint32(cursor);
  else return damaged();
  const type = uint8(cursor);
  take(cursor, length);
  return UNKNOWN_TYPES.has(type) ? UNKNOWN : damaged();
}

function readString(cursor: Cursor, length: number): string {
  const start = take(cursor, length);
  return utf8Text(cursor.bytes, start, start + length) ?? damaged();
}

function readArray(cursor: Cursor, length: number, depth: number): PlanValue {
  const head = cursor.bytes[cursor.position];
  // cty writes bytes nowhere but as the type of a dynamic value.
  if (length === 2 && (head === 0xc4 || head === 0xc5 || head === 0xc6)) return readDynamic(cursor, depth);
  const items: PlanValue[] = [];
  for (let index = 0; index < length; index += 1) items.push(readValue(cursor, depth + 1));
  return items;
}

function readDynamic(cursor: Cursor, depth: number): PlanValue {
  const head = uint8(cursor);
  const length = head === 0xc4 ? uint8(cursor) : head === 0xc5 ? uint16(cursor) : uint32(cursor);
  const start = take(cursor, length);
  const type = readTypeConstraint(cursor.bytes.subarray(start, start + length));
  return retype(readValue(cursor, depth + 1), type);
}

function readMap(cursor: Cursor, size: number, depth: number): PlanValue {
  const map = new Map<string, PlanValue>();
  for (let index = 0; index < size; index += 1) {
    const key = readKey(cursor, depth + 1);
    map.set(key, readValue(cursor, depth + 1));
  }
  // Of two equal keys, one reader shows the first and another applies the last.
  return map.size === size ? map : damaged();
}

function readKey(cursor: Cursor, depth: number): string {
  const head = cursor.bytes[cursor.position] ?? 0;
  const length = head - 0xa0;
  const start = cursor.position + 1;
  if (length > 0 && length < 0x20 && start + length <= cursor.end) {
    const { bytes, names } = cursor;
    const slot = ((bytes[start] ?? 0) * 31 + (bytes[start + length - 1] ?? 0) * 7 + length) % names.length;
    const recent = names[slot];
    if (recent !== undefined && isTextOf(recent, bytes, start, length)) {
      cursor.position = start + length;
      return recent;
    }
    const key = readValue(cursor, depth);
    if (typeof key !== 'string') return damaged();
    names[slot] = key;
    return key;
  }
  const key = readValue(cursor, depth);
  return typeof key === 'string' ? key : damaged();
}

/**
 * Names of attributes met lately, for one plan: thousands of resources of one type repeat the same dozen, and one string
 * for all saves making, hashing and keeping them. Only names; no value is ever remembered.
 */
export type RecentNames = (string | undefined)[];

export const recentNames = (): RecentNames => new Array<string | undefined>(1024).fill(undefined);

function isTextOf(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[start + index] ?? 0;
    if (byte >= 0x80 || byte !== text.charCodeAt(index)) return false;
  }
  return true;
}
