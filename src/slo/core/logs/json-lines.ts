import type { RequestBatch } from './batch.ts';
import { type ByteTable, byteTable } from './byte-table.ts';
import {
  BACKSLASH,
  byteAt,
  bytesOf,
  CARRIAGE_RETURN,
  CLOSING_BRACKET,
  COLON,
  DOT,
  MINUS,
  OPENING_BRACKET,
  QUOTE,
  SPACE,
  startsWith,
  TAB,
  textOf,
  ZERO,
} from './bytes.ts';
import { hexDigit, withoutJsonEscapes } from './escapes.ts';
import { type FieldKind, type FieldNames, type FieldReader, fieldReader, type TimeIs } from './fields.ts';
import type { LineParser, LineVerdict } from './parser.ts';

/** Deeper than any log; a line of brackets must not exhaust the stack. */
const DEEPEST = 64;

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const COMMA = 0x2c;
const LOWER_E = 0x65;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const LOWER_U = 0x75;
const PLUS = 0x2b;
const WORDS = [bytesOf('true'), bytesOf('false'), bytesOf('null')] as const;
/** What may stand behind a backslash besides `u`: " \ / b f n r t. */
const ESCAPABLE = new Set([0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74]);

/** The names of an object that somebody reads, and those of the objects in it. */
interface Names {
  readonly table: ByteTable;
  readonly kinds: readonly (FieldKind | undefined)[];
  readonly inner: readonly (Names | undefined)[];
}

/** One JSON object a line. Names with dots are also found in objects: `request.uri`. Values that nobody named are checked and stepped over. */
export function jsonLinesParser(keys: FieldNames, timeIs: TimeIs): LineParser {
  const names = namesOf(Object.entries(keys));
  const fields = fieldReader(timeIs);
  return {
    parse: (batch, start, end) => {
      if (start === end) return 'skipped';
      fields.begin(batch);
      const verdict = scanLine({ batch, bytes: batch.bytes, fields, at: start, end, special: false }, names);
      return verdict === 'request' ? fields.settle(batch) : verdict;
    },
  };
}

function namesOf(entries: readonly (readonly [string, FieldKind])[]): Names {
  const table = byteTable(2 * entries.length + 1);
  const kinds: (FieldKind | undefined)[] = [];
  const inner: (Names | undefined)[] = [];
  const idOf = (name: string): number => {
    const bytes = bytesOf(name);
    return table.intern(bytes, 0, bytes.length);
  };
  for (const [name, kind] of entries) kinds[idOf(name)] = kind;
  const nested = Map.groupBy(
    entries.filter(([name]) => name.includes('.')),
    ([name]) => name.slice(0, name.indexOf('.')),
  );
  for (const [outer, within] of nested) {
    inner[idOf(outer)] = namesOf(
      within.map(([name, kind]) => [name.slice(name.indexOf('.') + 1), kind] as const),
    );
  }
  // Without holes, which would be looked up in the prototype.
  const dense = <T>(values: readonly (T | undefined)[]) =>
    Array.from({ length: table.size() }, (_, id) => values[id]);
  return { table, kinds: dense(kinds), inner: dense(inner) };
}

/** Where the scanner stands in its line, and whether the last string had escapes or the last number an exponent. */
interface Scan {
  readonly batch: RequestBatch;
  readonly bytes: Uint8Array;
  readonly fields: FieldReader;
  at: number;
  end: number;
  special: boolean;
}

/** Accepts what JSON.parse accepts as an object (RFC 8259), and nothing else; a property holds the two against each other. */
function scanLine(scan: Scan, names: Names): LineVerdict {
  space(scan);
  if (!step(scan, OPENING_BRACE)) return 'json';
  const verdict = scanObject(scan, names, 1);
  if (verdict !== 'request') return verdict;
  space(scan);
  return scan.at === scan.end ? 'request' : 'json';
}

/** The byte there is; -1 behind the line's end. */
const here = (scan: Scan): number => (scan.at < scan.end ? byteAt(scan.bytes, scan.at) : -1);

function space(scan: Scan): void {
  for (; ; scan.at += 1) {
    const byte = here(scan);
    // Most JSON of logs has none.
    if (byte > SPACE || (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN)) return;
  }
}

/** Steps over a byte; false where it is another. */
function step(scan: Scan, byte: number): boolean {
  if (here(scan) !== byte) return false;
  scan.at += 1;
  return true;
}

/** From behind the opening quote to behind the closing one. */
function string(scan: Scan): boolean {
  const { bytes } = scan;
  scan.special = false;
  let index = scan.at;
  for (; index < scan.end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) break;
    if (byte < SPACE) return false;
    if (byte !== BACKSLASH) continue;
    scan.special = true;
    const length = escapeLength(bytes, index, scan.end);
    if (length === 0) return false;
    index += length - 1;
  }
  scan.at = index + 1;
  return index < scan.end;
}

/** Of `\n`, `\u00e9`; 0 where it is none. */
function escapeLength(bytes: Uint8Array, start: number, end: number): number {
  if (start + 1 >= end) return 0;
  if (byteAt(bytes, start + 1) !== LOWER_U) return ESCAPABLE.has(byteAt(bytes, start + 1)) ? 2 : 0;
  for (let index = start + 2; index < start + 6; index += 1) {
    if (index >= end || hexDigit(byteAt(bytes, index)) < 0) return 0;
  }
  return 6;
}

function digits(scan: Scan): boolean {
  const start = scan.at;
  while (here(scan) >= ZERO && here(scan) <= ZERO + 9) scan.at += 1;
  return scan.at > start;
}

function number(scan: Scan): boolean {
  scan.special = false;
  step(scan, MINUS);
  if (!step(scan, ZERO) && !digits(scan)) return false;
  if (step(scan, DOT) && !digits(scan)) return false;
  if ((here(scan) | 0x20) !== LOWER_E) return true;
  scan.special = true;
  scan.at += 1;
  if (!step(scan, PLUS)) step(scan, MINUS);
  return digits(scan);
}

function word(scan: Scan): boolean {
  const found = WORDS.find((letters) => startsWith(scan.bytes, scan.at, scan.end, letters));
  scan.at += found?.length ?? 0;
  return found !== undefined;
}

function scanValue(scan: Scan, names: Names | undefined, id: number, depth: number): LineVerdict {
  const { batch, fields } = scan;
  space(scan);
  const start = scan.at;
  // A negative index would be looked up as a name, slowly.
  const kind = id < 0 ? undefined : names?.kinds[id];
  switch (here(scan)) {
    case OPENING_BRACE:
      scan.at += 1;
      return scanObject(scan, id < 0 ? undefined : names?.inner[id], depth + 1);
    case OPENING_BRACKET:
      scan.at += 1;
      return scanArray(scan, depth + 1);
    case QUOTE: {
      scan.at += 1;
      if (!string(scan)) return 'json';
      if (kind === undefined) return 'request';
      const from = scan.special ? withoutJsonEscapes(batch, start + 1, scan.at - 1) : start + 1;
      return fields.put(batch, kind, from, scan.special ? batch.free : scan.at - 1);
    }
    case LOWER_T:
    case LOWER_F:
    case LOWER_N:
      return word(scan) ? 'request' : 'json';
    default:
      if (!number(scan)) return 'json';
      if (kind === undefined) return 'request';
      return scan.special
        ? fields.putNumber(batch, kind, Number(textOf(batch.bytes, start, scan.at)))
        : fields.put(batch, kind, start, scan.at);
  }
}

function scanArray(scan: Scan, depth: number): LineVerdict {
  if (depth > DEEPEST) return 'json';
  space(scan);
  if (step(scan, CLOSING_BRACKET)) return 'request';
  for (;;) {
    const verdict = scanValue(scan, undefined, -1, depth);
    if (verdict !== 'request') return verdict;
    space(scan);
    if (step(scan, CLOSING_BRACKET)) return 'request';
    if (!step(scan, COMMA)) return 'json';
  }
}

function scanObject(scan: Scan, names: Names | undefined, depth: number): LineVerdict {
  if (depth > DEEPEST) return 'json';
  space(scan);
  if (step(scan, CLOSING_BRACE)) return 'request';
  for (;;) {
    space(scan);
    const start = scan.at;
    if (!step(scan, QUOTE) || !string(scan)) return 'json';
    const id = names === undefined ? -1 : names.table.find(scan.bytes, start + 1, scan.at - 1);
    space(scan);
    if (!step(scan, COLON)) return 'json';
    const verdict = scanValue(scan, names, id, depth);
    if (verdict !== 'request') return verdict;
    space(scan);
    if (step(scan, CLOSING_BRACE)) return 'request';
    if (!step(scan, COMMA)) return 'json';
  }
}
