import { type Problem, problem, text } from '#core-values';
import { byteTable } from '../logs/byte-table.ts';
import { byteAt, bytesOf, SLASH } from '../logs/bytes.ts';

const PATTERN = /^(?:[A-Za-z-]+ )?(?:\/[^/{}\s]*|\/\{\w+\})*(?:\/\{\w+\.\.\.\})?$/;

/** What is wrong with a pattern that somebody named; undefined for a right one. */
export const patternProblem = (pattern: string): Problem | undefined =>
  PATTERN.test(pattern) && pattern.includes('/')
    ? undefined
    : problem('bad-input', {
        rule: 'slo.route-pattern',
        message: text(`"${pattern}" is no route pattern.`, `「${pattern}」はルートパターンではありません。`),
        remedy: text(
          'Write it as /items/{id} or GET /items/{id}; a placeholder is a whole segment, and {rest...} may only come last.',
          '/items/{id} または GET /items/{id} のように書いてください。プレースホルダーはセグメント全体に使い、{rest...} は末尾にだけ置けます。',
        ),
      });

/** Patterns that people named, found by a path's bytes. */
export interface NamedPatterns {
  /** The pattern as it was named; undefined where none fits. */
  readonly find: (
    methods: Uint8Array,
    methodStart: number,
    methodEnd: number,
    path: Uint8Array,
    length: number,
  ) => Uint8Array | undefined;
}

interface Node {
  readonly literals: Map<number, Node>;
  placeholder?: Node;
  /** By method; -1 for any. */
  readonly patterns: Map<number, Uint8Array>;
  readonly rests: Map<number, Uint8Array>;
}

const ANY_METHOD = -1;
const UNKNOWN = -2;

const newNode = (): Node => ({ literals: new Map(), patterns: new Map(), rests: new Map() });

/** `{name}` is a segment, `{rest...}` at the end what follows. Literals win over placeholders, placeholders over the rest, whatever the order. */
export function namedPatterns(patterns: readonly string[]): NamedPatterns {
  const words = byteTable(100_000);
  const root = newNode();
  const idOf = (word: string): number => {
    const bytes = bytesOf(word);
    return words.intern(bytes, 0, bytes.length);
  };
  for (const named of patterns) {
    const space = named.indexOf(' ');
    const method = space < 0 ? ANY_METHOD : idOf(named.slice(0, space));
    add(root, named.slice(space + 1).trim(), method, idOf);
  }

  const search = (
    node: Node,
    method: number,
    path: Uint8Array,
    from: number,
    length: number,
  ): Uint8Array | undefined => {
    if (from > length) return node.patterns.get(method) ?? node.patterns.get(ANY_METHOD);
    let end = from;
    while (end < length && byteAt(path, end) !== SLASH) end += 1;
    const literal = node.literals.get(words.find(path, from, end));
    const found = literal === undefined ? undefined : search(literal, method, path, end + 1, length);
    if (found !== undefined) return found;
    const held =
      node.placeholder === undefined || end === from
        ? undefined
        : search(node.placeholder, method, path, end + 1, length);
    return held ?? node.rests.get(method) ?? node.rests.get(ANY_METHOD);
  };

  return {
    find: (methods, methodStart, methodEnd, path, length) => {
      if (patterns.length === 0) return undefined;
      const method = words.find(methods, methodStart, methodEnd);
      // Behind the slash that every path begins with.
      return search(root, method < 0 ? UNKNOWN : method, path, 1, length);
    },
  };
}

function add(root: Node, pattern: string, method: number, idOf: (word: string) => number): void {
  const segments = pattern.replace(/^\//, '').split('/');
  const isRest = /^\{\w+\.\.\.\}$/.test(segments.at(-1) ?? '');
  let node = root;
  for (const segment of isRest ? segments.slice(0, -1) : segments) {
    if (/^\{\w+\}$/.test(segment)) {
      node.placeholder ??= newNode();
      node = node.placeholder;
    } else {
      const id = idOf(segment);
      const next = node.literals.get(id) ?? newNode();
      node.literals.set(id, next);
      node = next;
    }
  }
  (isRest ? node.rests : node.patterns).set(method, bytesOf(pattern));
}
