import { bytesOf } from './fit.ts';

/**
 * CODEOWNERS by GitHub's rules: the last matching line wins; patterns are those of .gitignore without `!`, `[ ]` and `\#`; a line that is
 * not valid is skipped, as GitHub does.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export interface CodeOwners {
  readonly lines: readonly OwnedPattern[];
  /** Lines that GitHub skips, from 1 on. */
  readonly skipped: readonly number[];
}

export interface OwnedPattern {
  readonly line: number;
  readonly pattern: string;
  /** Empty: whatever matches is nobody's. */
  readonly owners: readonly CodeOwner[];
}

export type CodeOwner =
  | { readonly kind: 'user'; readonly login: string }
  | { readonly kind: 'team'; readonly organization: string; readonly slug: string }
  | { readonly kind: 'email'; readonly address: string };

/** GitHub does not load a file that is larger. */
const MOST_BYTES = 3 * 1024 * 1024;

export function parseCodeowners(source: string): CodeOwners {
  const lines: OwnedPattern[] = [];
  const skipped: number[] = [];
  if (bytesOf(source) > MOST_BYTES) return { lines, skipped };
  source.split(/\r?\n/).forEach((words, index) => {
    const [pattern, ...names] = wordsOf(words);
    if (pattern === undefined) return;
    const owners = names.map(ownerOf);
    const known = owners.filter((owner) => owner !== undefined);
    if (known.length < owners.length || !isPattern(pattern)) skipped.push(index + 1);
    else lines.push({ line: index + 1, pattern, owners: known });
  });
  return { lines, skipped };
}

/** Split at spaces that are not escaped, up to a comment. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:\\.|[^\s\\]|\\$)+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment === -1 ? words : words.slice(0, comment);
}

/** What GitHub documents not to work is no pattern. */
const isPattern = (pattern: string): boolean =>
  !pattern.startsWith('!') && !pattern.startsWith('\\#') && !/[[\]]|\*\*\*/.test(pattern);

function ownerOf(word: string): CodeOwner | undefined {
  const [, organization, slug] = /^@([A-Za-z0-9-]+)\/([A-Za-z0-9_.-]+)$/.exec(word) ?? [];
  if (organization !== undefined && slug !== undefined) return { kind: 'team', organization, slug };
  const [, login] = /^@([A-Za-z0-9](?:[A-Za-z0-9-]*))$/.exec(word) ?? [];
  if (login !== undefined) return { kind: 'user', login };
  return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(word) ? { kind: 'email', address: word } : undefined;
}

/** The owners of a file, by its path from the repository's root; `undefined` where no line speaks of it. */
export const ownersOf = ({ lines }: CodeOwners, path: string): OwnedPattern | undefined =>
  lines.findLast(({ pattern }) => matches(pattern, path));

/** `path` without a leading slash. Case counts. */
export function matches(pattern: string, path: string): boolean {
  const segments = segmentsOf(pattern);
  return segments !== undefined && matchSegments(segments, path.split('/'));
}

/** `**` stands for any number of segments. A pattern without a slash but at its end holds in every folder. */
function segmentsOf(pattern: string): readonly string[] | undefined {
  if (pattern === '/' || pattern === '') return undefined;
  const anchored = pattern.startsWith('/');
  const parts = pattern.slice(anchored ? 1 : 0).split('/');
  const isFolder = parts.at(-1) === '';
  const named = isFolder ? parts.slice(0, -1) : parts;
  const floating = !anchored && named.length === 1;
  const start = floating && named[0] !== '**' ? ['**', ...named] : named;
  if (isFolder) return [...start, '**', ANY];
  // `docs/*` is what lies in docs itself; any other name is also everything below the folder of that name.
  return start.at(-1) === '*' && !floating
    ? start
    : start.at(-1) === '**'
      ? [...start, ANY]
      : [...start, BELOW];
}

const ANY = '*';
/** The end, or anything below. No file name holds a slash. */
const BELOW = '/';

/** In time proportional to pattern and path: which segments of the pattern may stand before each segment of the path. */
function matchSegments(pattern: readonly string[], path: readonly string[]): boolean {
  let reached = closure(pattern, new Set([0]));
  for (const segment of path) {
    const next = new Set<number>();
    for (const at of reached) {
      const part = pattern[at];
      if (part === undefined) continue;
      if (part === '**' || part === BELOW) next.add(at);
      else if (matchName(part, segment)) next.add(at + 1);
    }
    reached = closure(pattern, next);
    if (reached.size === 0) return false;
  }
  return [...reached].some(
    (at) => at === pattern.length || (pattern[at] === BELOW && at === pattern.length - 1),
  );
}

/** `**` may stand for nothing. */
function closure(pattern: readonly string[], places: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set<number>();
  for (const place of places) {
    let at = place;
    all.add(at);
    while (pattern[at] === '**') {
      at += 1;
      all.add(at);
    }
  }
  return all;
}

/** `*` and `?` within one segment; `\` makes the next character mean itself. Greedy with one place to return to. */
function matchName(pattern: string, name: string): boolean {
  const tokens = pattern.match(/\\.|./gsu) ?? [];
  const characters = [...name];
  let [at, from] = [0, 0];
  let star: { readonly at: number; readonly from: number } | undefined;
  while (from < characters.length) {
    const token = tokens[at];
    if (token === '*') {
      star = { at, from };
      at += 1;
    } else if (token !== undefined && (token === '?' || unescaped(token) === characters[from])) {
      at += 1;
      from += 1;
    } else if (star !== undefined) {
      star = { at: star.at, from: star.from + 1 };
      at = star.at + 1;
      from = star.from;
    } else return false;
  }
  return tokens.slice(at).every((token) => token === '*');
}

const unescaped = (token: string): string =>
  token.length > 1 && token.startsWith('\\') ? token.slice(1) : token;
