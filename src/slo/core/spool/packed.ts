/** Writes small numbers into few bytes. */
export interface PackedWriter {
  readonly byte: (value: number) => void;
  /** A whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first. */
  readonly varint: (value: number) => void;
  /** A whole number of either sign, near 0 in few bytes. */
  readonly signed: (value: number) => void;
  readonly bytes: (bytes: Uint8Array) => void;
  readonly float: (value: number) => void;
  /** What was written; a copy. */
  readonly done: () => Uint8Array<ArrayBuffer>;
}

export function packedWriter(): PackedWriter {
  let to = new Uint8Array(1024);
  let length = 0;
  const float = new DataView(new ArrayBuffer(8));

  const room = (more: number): void => {
    if (length + more <= to.length) return;
    const grown = new Uint8Array(Math.max(2 * to.length, length + more));
    grown.set(to);
    to = grown;
  };
  const varint = (value: number): void => {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Not to be packed: ${value}`);
    room(8);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) {
      to[length] = (rest % 0x80) | 0x80;
      length += 1;
    }
    to[length] = rest;
    length += 1;
  };
  const bytes = (more: Uint8Array): void => {
    room(more.length);
    to.set(more, length);
    length += more.length;
  };
  return {
    varint,
    bytes,
    byte: (value) => {
      room(1);
      to[length] = value;
      length += 1;
    },
    signed: (value) => varint(value < 0 ? -2 * value - 1 : 2 * value),
    float: (value) => {
      float.setFloat64(0, value, true);
      bytes(new Uint8Array(float.buffer));
    },
    done: () => to.slice(0, length),
  };
}

/** Reads what a `PackedWriter` wrote; throws a RangeError where it ends too early. */
export interface PackedReader {
  readonly byte: () => number;
  readonly varint: () => number;
  readonly signed: () => number;
  /** Not copied. */
  readonly bytes: (length: number) => Uint8Array;
  readonly float: () => number;
  /** Where the next byte is read. */
  readonly at: () => number;
  readonly isAtEnd: () => boolean;
}

export function packedReader(from: Uint8Array): PackedReader {
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
  let at = 0;
  const byte = (): number => {
    const value = from[at];
    if (value === undefined) throw new RangeError('What was packed ends too early');
    at += 1;
    return value;
  };
  const varint = (): number => {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const next = byte();
      value += (next & 0x7f) * unit;
      if (next < 0x80) break;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError('What was packed is no number');
    return value;
  };
  return {
    byte,
    varint,
    signed: () => {
      const value = varint();
      return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    },
    bytes: (length) => {
      if (at + length > from.length) throw new RangeError('What was packed ends too early');
      at += length;
      return from.subarray(at - length, at);
    },
    float: () => {
      if (at + 8 > from.length) throw new RangeError('What was packed ends too early');
      at += 8;
      return view.getFloat64(at - 8, true);
    },
    at: () => at,
    isAtEnd: () => at >= from.length,
  };
}
