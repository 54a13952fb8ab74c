import type { Difference } from '../queries.ts';

/** The lines of one attribute, which may hold a whole document. */
export interface AttributeDifference {
  readonly name: string;
  /** JSON within a string, like a policy. */
  readonly isDocument: boolean;
  readonly forcesReplacement: boolean;
  readonly lines: readonly LineOfAttribute[];
}

export interface LineOfAttribute extends Difference {
  /** Below the attribute; empty for the attribute itself. */
  readonly rest: string;
}

/** Names of attributes are Terraform's identifiers; what follows is structure. */
const ATTRIBUTE = /^[\p{L}_][\p{L}\p{N}_-]*/u;
const DOCUMENT = ' »';

/** Lines of a change by attribute, in their order. */
export function byAttribute(differences: readonly Difference[]): readonly AttributeDifference[] {
  const attributes = Map.groupBy(differences, ({ path }) => ATTRIBUTE.exec(path)?.[0] ?? path);
  return [...attributes].map(([name, all]) => ({
    name,
    isDocument: all.some(({ path }) => path.startsWith(name + DOCUMENT)),
    forcesReplacement: all.some(({ forcesReplacement }) => forcesReplacement),
    lines: all.map((line) => ({ ...line, rest: restOf(line.path.slice(name.length)) })),
  }));
}

const restOf = (words: string): string =>
  (words.startsWith(DOCUMENT) ? words.slice(DOCUMENT.length) : words).replace(/^[ .]+/, '');

export type Part = { readonly kind: 'same' | 'other'; readonly words: string };

/** Long values mostly differ in a little: what both begin and end with, and what is between. */
export function partsOf(words: string, other: string | undefined): readonly Part[] {
  if (other === undefined) return [{ kind: 'same', words }];
  const shorter = Math.min(words.length, other.length);
  let start = 0;
  while (start < shorter && words[start] === other[start]) start += 1;
  if (isHigh(words.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  while (end < shorter - start && words.at(-1 - end) === other.at(-1 - end)) end += 1;
  if (isLow(words.charCodeAt(words.length - end))) end -= 1;
  // Otherwise they are two different things, and marks would only disturb.
  if (start + end < Math.max(words.length, other.length) / 2) return [{ kind: 'same', words }];
  const parts: Part[] = [
    { kind: 'same', words: words.slice(0, start) },
    { kind: 'other', words: words.slice(start, words.length - end) },
    { kind: 'same', words: words.slice(words.length - end) },
  ];
  return parts.filter((part) => part.words !== '');
}

// A character of two halves is not taken apart.
const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/** What stands for a value that is not there: the server writes real strings in quotes. */
export const STAND_INS = {
  '(sensitive value)': 'hidden',
  '(sensitive value, changed)': 'hiddenChanged',
  '(known after apply)': 'unknown',
} as const;

export const standInOf = (words: string): (typeof STAND_INS)[keyof typeof STAND_INS] | undefined =>
  Object.hasOwn(STAND_INS, words) ? STAND_INS[words as keyof typeof STAND_INS] : undefined;
