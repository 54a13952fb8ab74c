import { err, ok, type Reason, type Result, type SourcePlace, text } from '#core-values';
import { quoted } from '../quoted.ts';

/** JSON as it was written: with the place of every value, and members in their order. */
export type JsonNode = JsonScalar | JsonList | JsonMembers;

interface JsonScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The characters of a number, exactly. */
  readonly source: string;
  readonly place: SourcePlace;
}

export interface JsonList {
  readonly kind: 'list';
  readonly items: readonly JsonNode[];
  readonly place: SourcePlace;
}

export interface JsonMembers {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, JsonMember>;
  readonly place: SourcePlace;
}

interface JsonMember {
  readonly value: JsonNode;
  /** Where its name stands. */
  readonly place: SourcePlace;
}

const MAX_DEPTH = 64;

interface Cursor {
  readonly source: string;
  readonly file: string;
  /** Where each line begins. */
  readonly lines: readonly number[];
  position: number;
}

/** Leaves the reader; never leaves this file. */
class Refusal extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason.message.en);
    this.reason = reason;
  }
}

/**
 * Reads JSON strictly: one value, at most 64 deep, and no object with the same key twice. AWS refuses those, and other readers
 * keep the first or the last, so that a policy could mean one thing here and another there.
 */
export function readJson(source: string, file: string): Result<JsonNode, Reason> {
  const lines = [0, ...Array.from(source.matchAll(/\n/g), ({ index }) => index + 1)];
  const cursor: Cursor = { source, file, lines, position: 0 };
  try {
    const node = readValue(cursor, 0);
    skipSpace(cursor);
    if (cursor.position < cursor.source.length) {
      fail(cursor, 'there is more text after the value', '値の後に余分な文字があります');
    }
    return ok(node);
  } catch (error) {
    if (error instanceof Refusal) return err(error.reason);
    throw error;
  }
}

/** The value as `JSON.parse` would give it; objects have no prototype. */
export function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValue);
    case 'object': {
      const object: Record<string, unknown> = Object.create(null);
      for (const [name, { value }] of node.members) object[name] = plainValue(value);
      return object;
    }
  }
}

function readValue(cursor: Cursor, depth: number): JsonNode {
  if (depth > MAX_DEPTH) fail(cursor, 'values are nested too deeply', '入れ子が深すぎます');
  skipSpace(cursor);
  const place = placeOf(cursor);
  switch (cursor.source[cursor.position]) {
    case '{':
      return { kind: 'object', members: readMembers(cursor, depth), place };
    case '[':
      return { kind: 'list', items: readItems(cursor, depth), place };
    case '"': {
      const value = readString(cursor);
      return { kind: 'scalar', value, source: value, place };
    }
    default:
      return readWord(cursor, place);
  }
}

function readMembers(cursor: Cursor, depth: number): ReadonlyMap<string, JsonMember> {
  const members = new Map<string, JsonMember>();
  cursor.position += 1;
  skipSpace(cursor);
  if (take(cursor, '}')) return members;
  do {
    skipSpace(cursor);
    const place = placeOf(cursor);
    if (cursor.source[cursor.position] !== '"') {
      fail(cursor, 'a name in double quotes is expected', '二重引用符で囲んだ名前が必要です');
    }
    const name = readString(cursor);
    if (members.has(name)) throw new Refusal(duplicateKey(name, place));
    skipSpace(cursor);
    if (!take(cursor, ':')) fail(cursor, '":" is expected', '「:」が必要です');
    members.set(name, { value: readValue(cursor, depth + 1), place });
    skipSpace(cursor);
  } while (take(cursor, ','));
  if (!take(cursor, '}')) fail(cursor, '"," or "}" is expected', '「,」か「}」が必要です');
  return members;
}

function readItems(cursor: Cursor, depth: number): readonly JsonNode[] {
  const items: JsonNode[] = [];
  cursor.position += 1;
  skipSpace(cursor);
  if (take(cursor, ']')) return items;
  do {
    items.push(readValue(cursor, depth + 1));
    skipSpace(cursor);
  } while (take(cursor, ','));
  if (!take(cursor, ']')) fail(cursor, '"," or "]" is expected', '「,」か「]」が必要です');
  return items;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readString(cursor: Cursor): string {
  const found = matchAt(cursor, STRING);
  if (found === undefined) fail(cursor, 'this string does not end well', '文字列が正しく終わっていません');
  const value: unknown = JSON.parse(found);
  return String(value);
}

function readWord(cursor: Cursor, place: SourcePlace): JsonScalar {
  const source = matchAt(cursor, WORD);
  if (source === undefined) fail(cursor, 'a JSON value is expected', 'JSON の値が必要です');
  const value: unknown = JSON.parse(source);
  if (typeof value === 'number' || typeof value === 'boolean')
    return { kind: 'scalar', value, source, place };
  return { kind: 'scalar', value: null, source, place };
}

function matchAt(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.position;
  const found = pattern.exec(cursor.source)?.[0];
  if (found !== undefined) cursor.position += found.length;
  return found;
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.source[cursor.position] !== character) return false;
  cursor.position += 1;
  return true;
}

function skipSpace(cursor: Cursor): void {
  while (
    cursor.position < cursor.source.length &&
    ' \t\n\r'.includes(cursor.source[cursor.position] ?? 'x')
  ) {
    cursor.position += 1;
  }
}

function placeOf({ lines, file, position }: Cursor): SourcePlace {
  let line = 0;
  for (let end = lines.length; line < end - 1; ) {
    const middle = (line + end) >> 1;
    if ((lines[middle] ?? 0) <= position) line = middle;
    else end = middle;
  }
  return { file, line: line + 1, column: position - (lines[line] ?? 0) + 1 };
}

function fail(cursor: Cursor, en: string, ja: string): never {
  throw new Refusal({
    rule: 'iam.json',
    message: text(`This is not JSON: ${en}.`, `JSON として正しくありません(${ja})。`),
    remedy: text('Correct the JSON at this place.', 'この箇所の JSON を直してください。'),
    place: placeOf(cursor),
  });
}

const duplicateKey = (name: string, place: SourcePlace): Reason => ({
  rule: 'iam.duplicate-key',
  message: text(
    `"${quoted(name)}" stands twice in the same object.`,
    `同じオブジェクトに「${quoted(name)}」が 2 回あります。`,
  ),
  remedy: text(
    'Keep one of them; to name several values, use a list.',
    'どちらか 1 つにしてください。複数の値を書くにはリストを使います。',
  ),
  place,
});
