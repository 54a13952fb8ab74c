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
export function canonicalText(value: CanonicalInput): string {
  if (typeof value === 'string') return quoted(value);
  if (value === undefined) return '_';
  if (value === UNKNOWN) return 'u';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isCanonicalList(value)) return listText(value);
  if (value instanceof Map) return recordText(value);
  if (value instanceof ExactNumberValue) return `n${value.exactNumber}`;
  if (value instanceof Uint8Array)
    return `b${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  return recordText(Object.entries(value));
}

// One growing string each: a joined list at every level would copy a plan's text again and again.
function listText(items: readonly CanonicalInput[]): string {
  let words = '';
  for (const item of items) words += `${words === '' ? '[' : ','}${canonicalText(item)}`;
  return words === '' ? '[]' : `${words}]`;
}

function recordText(entries: Iterable<readonly [string, CanonicalInput]>): string {
  let words = '';
  let last = '';
  for (const [key, item] of entries) {
    // Terraform writes keys in order nearly always, which is faster seen than sorted again.
    if (words !== '' && key < last) return recordText(sortedByKey(entries));
    words += `${words === '' ? '{' : ','}${quoted(key)}:${canonicalText(item)}`;
    last = key;
  }
  return words === '' ? '{}' : `${words}}`;
}

const sortedByKey = <T>(entries: Iterable<readonly [string, T]>): (readonly [string, T])[] =>
  [...entries].sort(([left], [right]) => (left < right ? -1 : Number(left > right)));

/** What JSON escapes; most strings of a plan hold nothing of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes control characters
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

const quoted = (words: string): string => (ESCAPED.test(words) ? JSON.stringify(words) : `"${words}"`);

/** A set: the same whatever order its members come in. */
export const canonicalSet = (items: readonly CanonicalInput[]): readonly string[] =>
  items.map(canonicalText).sort();

const isCanonicalList = (value: object): value is readonly CanonicalInput[] => Array.isArray(value);
