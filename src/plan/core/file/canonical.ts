import { ExactNumberValue, type PlanValue, UNKNOWN } from '../model.ts';

/** What can be written canonically: values, bytes, and lists and records of them. */
export type CanonicalInput =
  | PlanValue
  | Uint8Array
  | undefined
  | readonly CanonicalInput[]
  | ReadonlyMap<string, CanonicalInput>
  | { readonly [key: string]: CanonicalInput };

/**
 * One text for one meaning: keys sorted by code unit, no spaces, and kinds that could be taken for each other told
 * apart by a letter (`u` unknown, `n` exact number, `b` bytes, `_` absent).
 */
export const canonicalText = (value: CanonicalInput): string => textOf(value, new Map());

/** A set: the same whatever order its members come in. */
export function canonicalSet(items: readonly CanonicalInput[]): readonly string[] {
  if (items.length === 0) return [];
  const names: Names = new Map();
  return items.map((item) => textOf(item, names)).sort();
}

/** Keys as they stand in the text behind another member: thousands of resources of one type have the same dozen. */
type Names = Map<string, string>;

function textOf(value: CanonicalInput, names: Names): string {
  // Joined once and at once: a string grown by `+` is a tree of small strings, and those of a whole plan filled the heap.
  const pieces: string[] = [];
  write(value, pieces, names);
  return pieces.join('');
}

function write(value: CanonicalInput, pieces: string[], names: Names): void {
  if (typeof value === 'string') pieces.push(quoted(value));
  else if (value === null) pieces.push('null');
  else if (value === undefined) pieces.push('_');
  else if (value === UNKNOWN) pieces.push('u');
  else if (typeof value !== 'object') pieces.push(JSON.stringify(value));
  else if (value instanceof Map) writeRecord(value, pieces, names);
  else if (isCanonicalList(value)) writeList(value, pieces, names);
  else if (value instanceof ExactNumberValue) pieces.push('n', value.exactNumber);
  else if (value instanceof Uint8Array) pieces.push('b', hex(value));
  else writeRecord(Object.entries(value), pieces, names);
}

function writeList(items: readonly CanonicalInput[], pieces: string[], names: Names): void {
  let separator = '[';
  for (const item of items) {
    pieces.push(separator);
    write(item, pieces, names);
    separator = ',';
  }
  pieces.push(separator === '[' ? '[]' : ']');
}

function writeRecord(
  entries: Iterable<readonly [string, CanonicalInput]>,
  pieces: string[],
  names: Names,
): void {
  const start = pieces.length;
  let last: string | undefined;
  for (const [key, item] of entries) {
    // Terraform writes keys in order nearly always, which is faster seen than sorted again.
    if (last !== undefined && key < last) {
      pieces.length = start;
      writeRecord(sortedByKey(entries), pieces, names);
      return;
    }
    const name = nameOf(key, names);
    pieces.push(last === undefined ? `{${name.slice(1)}` : name);
    write(item, pieces, names);
    last = key;
  }
  pieces.push(last === undefined ? '{}' : '}');
}

function nameOf(key: string, names: Names): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = `,${quoted(key)}:`;
  names.set(key, name);
  return name;
}

const sortedByKey = <T>(entries: Iterable<readonly [string, T]>): (readonly [string, T])[] =>
  [...entries].sort(([left], [right]) => (left < right ? -1 : Number(left > right)));

/** By what was decoded: what a provider keeps to itself is mostly the same for all resources of a type. */
const DIGITS = new WeakMap<Uint8Array, string>();

function hex(bytes: Uint8Array): string {
  const known = DIGITS.get(bytes);
  if (known !== undefined) return known;
  let digits = '';
  for (const byte of bytes) digits += HEX[byte];
  DIGITS.set(bytes, digits);
  return digits;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** What JSON escapes; most strings of a plan hold nothing of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes control characters
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

const quoted = (words: string): string => (ESCAPED.test(words) ? JSON.stringify(words) : `"${words}"`);

const isCanonicalList = (value: object): value is readonly CanonicalInput[] => Array.isArray(value);
