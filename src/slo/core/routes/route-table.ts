import { byteTable } from '../logs/byte-table.ts';
import { byteAt, bytesOf, SLASH } from '../logs/bytes.ts';
import { hexDigit } from '../logs/escapes.ts';
import { type NamedPatterns, namedPatterns } from './named-patterns.ts';
import { isPlain, type Placeholder, partsWords, segmentPlaceholder, wordPlaceholder } from './segment.ts';

/** Requests that are told apart: `GET /items/{id}`. */
export interface Route {
  readonly method: string;
  readonly pattern: string;
}

/** Routes have ids from 1. 0 is what was no request line, `OTHERS` what came after the table was full. */
export const NO_ROUTE = 0;
export const OTHERS = 1;

export interface RouteTable {
  /** The id of a request's route, by the bytes of its method and path. */
  readonly idOf: (
    bytes: Uint8Array,
    methodStart: number,
    methodEnd: number,
    start: number,
    end: number,
  ) => number;
  readonly route: (id: number) => Route;
  /** One more than the highest id. */
  readonly size: () => number;
}

export interface RouteRules {
  /** Patterns that people named, `/users/{name}` or `GET /files/{rest...}`: they come before what is found. */
  readonly patterns?: readonly string[];
  /** More routes than this that nobody named are counted as others: a scanner must not fill the memory. */
  readonly most?: number;
}

const MOST_ROUTES = 10_000;
/** Counts keep minute and route in one double. */
const MOST_EVER = 1_000_000;
/** Named patterns have places of their own, so that a scanner cannot crowd them out. */
const MOST_NAMED = 10_000;
/** Longer paths are cut: their end is under `{rest...}`. */
const LONGEST_PATTERN = 1024;
const PERCENT = 0x25;
const SPACE = 0x20;
const ENCODED_SPACE = bytesOf('%20');
const REST = bytesOf('{rest...}');
const BRACES: Readonly<Record<Placeholder, Uint8Array>> = {
  id: bytesOf('{id}'),
  uuid: bytesOf('{uuid}'),
  hash: bytesOf('{hash}'),
  token: bytesOf('{token}'),
  email: bytesOf('{email}'),
  date: bytesOf('{date}'),
};

/** Where a pattern is put together, without allocating for a line. */
interface Draft {
  readonly bytes: Uint8Array;
  length: number;
}

/** Paths as routes: ids, UUIDs, hashes, tokens, e-mail addresses and dates become placeholders. */
export function routeTable({ patterns = [], most = MOST_ROUTES }: RouteRules = {}): RouteTable {
  const named: NamedPatterns = namedPatterns(patterns);
  const table = byteTable(Math.min(most, MOST_EVER) + MOST_NAMED);
  const decoded: Draft = { bytes: new Uint8Array(LONGEST_PATTERN), length: 0 };
  const draft: Draft = { bytes: new Uint8Array(2 * LONGEST_PATTERN), length: 0 };
  const routes: Route[] = [];

  return {
    idOf: (bytes, methodStart, methodEnd, start, end) => {
      if (end <= start) return NO_ROUTE;
      decode(bytes, start, end, decoded);
      draft.length = 0;
      append(draft, bytes, methodStart, methodEnd);
      draft.bytes[draft.length] = SPACE;
      draft.length += 1;
      const name = named.find(bytes, methodStart, methodEnd, decoded.bytes, decoded.length);
      if (name === undefined) normalise(decoded, draft);
      else append(draft, name, 0, name.length);
      const known = table.find(draft.bytes, 0, draft.length);
      if (known >= 0) return known + OTHERS + 1;
      if (name === undefined && table.size() >= most) return OTHERS;
      return table.intern(draft.bytes, 0, draft.length) + OTHERS + 1;
    },
    route: (id) => {
      if (id <= OTHERS) return { method: '', pattern: id === OTHERS ? '(others)' : '(none)' };
      const known = routes[id];
      if (known !== undefined) return known;
      const [method = '', pattern = ''] = table.text(id - OTHERS - 1).split(' ');
      const route = { method, pattern };
      routes[id] = route;
      return route;
    },
    size: () => table.size() + OTHERS + 1,
  };
}

function append(draft: Draft, bytes: Uint8Array, start: number, end: number): void {
  for (let index = start; index < end && draft.length < draft.bytes.length; index += 1) {
    draft.bytes[draft.length] = byteAt(bytes, index);
    draft.length += 1;
  }
}

/**
 * Percent-encodings of what needs none are resolved (RFC 3986, 6.2.2), so that `%41` and `A` are one path; others get capital letters, and
 * a space becomes one, for it parts method and pattern.
 */
function decode(bytes: Uint8Array, start: number, end: number, into: Draft): void {
  into.length = 0;
  let index = start;
  for (; index < end && into.length < LONGEST_PATTERN; index += 1) {
    const byte = byteAt(bytes, index);
    if (byte === PERCENT || byte === SPACE) break;
    into.bytes[into.length] = byte;
    into.length += 1;
  }
  for (; index < end && into.length < LONGEST_PATTERN; index += 1) {
    const byte = byteAt(bytes, index);
    if (byte === SPACE) append(into, ENCODED_SPACE, 0, ENCODED_SPACE.length);
    else if (byte !== PERCENT || index + 2 >= end) put(into, byte);
    else {
      const value = encodedByte(bytes, index + 1);
      if (value < 0) put(into, byte);
      else {
        if (needsNone(value)) put(into, value);
        else {
          put(into, PERCENT);
          put(into, capital(byteAt(bytes, index + 1)));
          put(into, capital(byteAt(bytes, index + 2)));
        }
        index += 2;
      }
    }
  }
}

function put(draft: Draft, byte: number): void {
  if (draft.length >= draft.bytes.length) return;
  draft.bytes[draft.length] = byte;
  draft.length += 1;
}

const capital = (byte: number): number => (byte >= 0x61 ? byte - 0x20 : byte);

function encodedByte(bytes: Uint8Array, index: number): number {
  const high = hexDigit(byteAt(bytes, index));
  const low = hexDigit(byteAt(bytes, index + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** Letters, digits, - . _ ~ and @, which is read in e-mail addresses. */
const needsNone = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x40 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  partsWords(byte) ||
  byte === 0x7e;

function normalise(path: Draft, into: Draft): void {
  const { bytes, length } = path;
  let start = 0;
  while (start < length) {
    let end = start;
    while (end < length && byteAt(bytes, end) !== SLASH) end += 1;
    if (isPlain(bytes, start, end)) append(into, bytes, start, end);
    else {
      const placeholder = segmentPlaceholder(bytes, start, end);
      if (placeholder === undefined) normaliseWords(bytes, start, end, into);
      else append(into, BRACES[placeholder], 0, BRACES[placeholder].length);
    }
    if (end < length) append(into, bytes, end, end + 1);
    start = end + 1;
  }
  if (length === LONGEST_PATTERN) append(into, REST, 0, REST.length);
}

function normaliseWords(bytes: Uint8Array, from: number, end: number, into: Draft): void {
  let start = from;
  while (start < end) {
    let stop = start;
    while (stop < end && !partsWords(byteAt(bytes, stop))) stop += 1;
    const placeholder = wordPlaceholder(bytes, start, stop);
    if (placeholder === undefined) append(into, bytes, start, stop);
    else append(into, BRACES[placeholder], 0, BRACES[placeholder].length);
    if (stop < end) append(into, bytes, stop, stop + 1);
    start = stop + 1;
  }
}
