import type { Json } from '../../../src/core-values/index.ts';

/**
 * Reads CBOR (RFC 8949) as the clients of `rpc-v2-cbor` write it; byte strings become base64, tags are passed over.
 * Undefined for what is cut off, goes on after its end or is of another kind.
 */
export function readCbor(bytes: Uint8Array): Json | undefined {
  const reader: Reader = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    bytes,
    at: 0,
  };
  try {
    const value = item(reader);
    return value === BREAK || reader.at !== bytes.length ? undefined : value;
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError)
      return undefined;
    throw error;
  }
}

interface Reader {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  at: number;
}

const BREAK = Symbol('break');
const INDEFINITE = 31;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function item(reader: Reader): Json | typeof BREAK {
  const head = reader.view.getUint8(reader.at);
  reader.at += 1;
  const major = head >> 5;
  const short = head & 31;
  if (major === 7) return simple(reader, short);
  if (short === INDEFINITE) return collect(reader, major, Number.POSITIVE_INFINITY);
  const count = argument(reader, short);
  switch (major) {
    case 0:
      return count;
    case 1:
      return -1 - count;
    case 6:
      return item(reader);
    default:
      return collect(reader, major, count);
  }
}

function argument(reader: Reader, short: number): number {
  if (short < 24) return short;
  const size = 2 ** (short - 24);
  if (short > 27) throw new SyntaxError('a reserved length');
  const at = reader.at;
  reader.at += size;
  if (size === 1) return reader.view.getUint8(at);
  if (size === 2) return reader.view.getUint16(at);
  return size === 4 ? reader.view.getUint32(at) : Number(reader.view.getBigUint64(at));
}

function simple(reader: Reader, short: number): Json | typeof BREAK {
  const at = reader.at;
  switch (short) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
    case 23:
      return null;
    case 26:
      reader.at += 4;
      return reader.view.getFloat32(at);
    case 27:
      reader.at += 8;
      return reader.view.getFloat64(at);
    case INDEFINITE:
      return BREAK;
    default:
      throw new SyntaxError('a value of another kind');
  }
}

/** Strings, lists and maps, of known or open length. */
function collect(reader: Reader, major: number, count: number): Json {
  if (major === 2 || major === 3) {
    const bytes =
      count === Number.POSITIVE_INFINITY ? undefined : reader.bytes.subarray(reader.at, reader.at + count);
    if (bytes === undefined || bytes.length !== count) throw new SyntaxError('a string without its length');
    reader.at += count;
    return major === 3 ? utf8.decode(bytes) : Buffer.from(bytes).toString('base64');
  }
  const values: Json[] = [];
  const entries: [string, Json][] = [];
  for (let index = 0; index < count; index += 1) {
    const value = item(reader);
    if (value === BREAK) {
      if (count === Number.POSITIVE_INFINITY) break;
      throw new SyntaxError('an end within');
    }
    if (major === 4) values.push(value);
    else {
      const member = item(reader);
      if (typeof value !== 'string' || member === BREAK) throw new SyntaxError('a map without names');
      entries.push([value, member]);
    }
  }
  return major === 4 ? values : Object.fromEntries(entries);
}
