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
  if (value === undefined) return '_';
  if (value === UNKNOWN) return 'u';
  if (value instanceof ExactNumberValue) return `n${value.exactNumber}`;
  if (value instanceof Uint8Array)
    return `b${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isCanonicalList(value)) return `[${value.map(canonicalText).join(',')}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return `{${entries
    .toSorted(([left], [right]) => (left < right ? -1 : Number(left > right)))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item)}`)
    .join(',')}}`;
}

/** A set: the same whatever order its members come in. */
export const canonicalSet = (items: readonly CanonicalInput[]): readonly string[] =>
  items.map(canonicalText).toSorted();

const isCanonicalList = (value: object): value is readonly CanonicalInput[] => Array.isArray(value);
