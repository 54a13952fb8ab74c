import { text } from '#core-values';
import type { ExactNumberValue } from '../model.ts';
import { numberFromText } from './numbers.ts';
import { refuse } from './refusal.ts';

/** Parsed JSON: objects are Maps in the order written, numbers are exact. */
export type JsonTree =
  | null
  | boolean
  | number
  | string
  | ExactNumberValue
  | readonly JsonTree[]
  | ReadonlyMap<string, JsonTree>;

const MAX_DEPTH = 512;

/**
 * Parses JSON strictly. Unlike `JSON.parse` it refuses an object with the same key twice (of which HashiCorp's
 * parser reads both, so that the first could hide a provisioner) and keeps every digit of a number.
 * Throws a refusal that names `file`, line and column.
 */
export function parseJsonText(source: string, file: string): JsonTree {
  const cursor: Cursor = { source, file, position: 0 };
  const value = readValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.position !== source.length)
    fail(cursor, 'more text after the JSON value', 'JSON 値の後に余分な文字列');
  return value;
}

interface Cursor {
  readonly source: string;
  readonly file: string;
  position: number;
}

function fail(cursor: Cursor, en: string, ja: string): never {
  const before = cursor.source.slice(0, cursor.position);
  const line = before.split('\n').length;
  const column = cursor.position - before.lastIndexOf('\n');
  return refuse(
    'bad-json',
    text(
      `${cursor.file} is not valid JSON at line ${line}, column ${column}: ${en}.`,
      `${cursor.file} の ${line} 行 ${column} 列目が JSON として正しくありません(${ja})。`,
    ),
    undefined,
    { file: cursor.file, line, column },
  );
}

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters in strings
const PLAIN_STRING = /"([^"\\\u0000-\u001f]*)"/y;
const WORD = /true|false|null|-?[0-9][0-9.eE+-]*/y;

function match(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.position;
  const found = pattern.exec(cursor.source);
  if (found) cursor.position = pattern.lastIndex;
  return found;
}

const skipSpace = (cursor: Cursor): void => void match(cursor, SPACE);

function readValue(cursor: Cursor, depth: number): JsonTree {
  if (depth > MAX_DEPTH) fail(cursor, 'nested too deeply', '入れ子が深すぎます');
  skipSpace(cursor);
  const first = cursor.source[cursor.position];
  if (first === '{') return readObject(cursor, depth);
  if (first === '[') return readArray(cursor, depth);
  if (first === '"') return readString(cursor);
  const word = match(cursor, WORD)?.[0];
  switch (word) {
    case undefined:
      return fail(cursor, 'a value is expected', '値が必要です');
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
    default:
      return numberFromText(word) ?? fail(cursor, 'not a number', '数値ではありません');
  }
}

function readString(cursor: Cursor): string {
  const plain = match(cursor, PLAIN_STRING)?.[1];
  if (plain !== undefined) return plain;
  return readEscapedString(cursor) ?? fail(cursor, 'a malformed string', '文字列が正しくありません');
}

/** Finds the end by the quotes alone (a regular expression would need a stack as deep as the string is long). */
function readEscapedString(cursor: Cursor): string | undefined {
  const { source, position } = cursor;
  for (let end = source.indexOf('"', position + 1); end !== -1; end = source.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (source[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 1) continue;
    cursor.position = end + 1;
    return unescapeString(source.slice(position, end + 1));
  }
  return undefined;
}

function unescapeString(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function readArray(cursor: Cursor, depth: number): JsonTree {
  const items: JsonTree[] = [];
  cursor.position += 1;
  skipSpace(cursor);
  if (skip(cursor, ']')) return items;
  for (;;) {
    items.push(readValue(cursor, depth + 1));
    skipSpace(cursor);
    if (skip(cursor, ']')) return items;
    if (!skip(cursor, ',')) fail(cursor, '"," or "]" is expected', '"," または "]" が必要です');
  }
}

function readObject(cursor: Cursor, depth: number): JsonTree {
  const members = new Map<string, JsonTree>();
  cursor.position += 1;
  skipSpace(cursor);
  if (skip(cursor, '}')) return members;
  for (;;) {
    skipSpace(cursor);
    if (cursor.source[cursor.position] !== '"') fail(cursor, 'a key is expected', 'キーが必要です');
    const key = readString(cursor);
    if (members.has(key))
      fail(cursor, 'a key occurs twice in one object', '一つのオブジェクトに同じキーが二つあります');
    skipSpace(cursor);
    if (!skip(cursor, ':')) fail(cursor, '":" is expected', '":" が必要です');
    members.set(key, readValue(cursor, depth + 1));
    skipSpace(cursor);
    if (skip(cursor, '}')) return members;
    if (!skip(cursor, ',')) fail(cursor, '"," or "}" is expected', '"," または "}" が必要です');
  }
}

function skip(cursor: Cursor, character: string): boolean {
  if (cursor.source[cursor.position] !== character) return false;
  cursor.position += 1;
  return true;
}

/** `Array.isArray` that keeps the type of the items. */
export const isJsonList = (tree: JsonTree | undefined): tree is readonly JsonTree[] => Array.isArray(tree);
