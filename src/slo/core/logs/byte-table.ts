import { textOf } from './bytes.ts';

/** Beyond so many places that are taken, somebody chose the texts so that they collide. */
const MOST_PROBES = 64;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Texts by their bytes, each with an id from 0 in the order they came. Decoded only when somebody asks. */
export interface ByteTable {
  readonly size: () => number;
  /** -1 where it is not in the table. */
  readonly find: (bytes: Uint8Array, start: number, end: number) => number;
  /** Adds it where it is missing; -1 where the table is full, or where somebody chose texts so that they collide. */
  readonly intern: (bytes: Uint8Array, start: number, end: number) => number;
  readonly text: (id: number) => string;
}

/** FNV-1a with a last mixing, for its low bits alone are poor. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ (bytes[index] ?? 0), FNV_PRIME);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85ebca6b) >>> 0;
}

/** At most `most` texts and `mostBytes` bytes of them; memory grows up to that as it is needed. */
export function byteTable(most: number, mostBytes: number = most * 256): ByteTable {
  let slots = new Int32Array(64).fill(-1);
  let hashes = new Uint32Array(32);
  let ends = new Uint32Array(33);
  let arena = new Uint8Array(1024);
  let size = 0;

  const same = (id: number, bytes: Uint8Array, start: number, end: number): boolean => {
    const from = ends[id] ?? 0;
    const length = end - start;
    if ((ends[id + 1] ?? 0) - from !== length) return false;
    for (let index = 0; index < length; index += 1) {
      if (arena[from + index] !== bytes[start + index]) return false;
    }
    return true;
  };

  /** The slot where it is or could be; -1 after too many probes. */
  const slotOf = (hash: number, bytes: Uint8Array, start: number, end: number): number => {
    const mask = slots.length - 1;
    for (let probe = 0; probe < MOST_PROBES; probe += 1) {
      const slot = (hash + probe) & mask;
      const id = slots[slot] ?? -1;
      if (id < 0 || (hashes[id] === hash && same(id, bytes, start, end))) return slot;
    }
    return -1;
  };

  const grow = (): void => {
    slots = new Int32Array(slots.length * 2).fill(-1);
    hashes = copied(hashes, new Uint32Array(slots.length / 2));
    ends = copied(ends, new Uint32Array(slots.length / 2 + 1));
    const mask = slots.length - 1;
    for (let id = 0; id < size; id += 1) {
      let slot = (hashes[id] ?? 0) & mask;
      while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
  };

  const add = (hash: number, bytes: Uint8Array, start: number, end: number): number => {
    const from = ends[size] ?? 0;
    const to = from + end - start;
    if (size >= most || to > mostBytes) return -1;
    if (size * 2 >= slots.length) grow();
    if (to > arena.length) arena = copied(arena, new Uint8Array(Math.max(to, arena.length * 2)));
    const slot = slotOf(hash, bytes, start, end);
    if (slot < 0) return -1;
    arena.set(bytes.subarray(start, end), from);
    slots[slot] = size;
    hashes[size] = hash;
    size += 1;
    ends[size] = to;
    return size - 1;
  };

  return {
    size: () => size,
    find: (bytes, start, end) => {
      const slot = slotOf(hashOf(bytes, start, end), bytes, start, end);
      return slot < 0 ? -1 : (slots[slot] ?? -1);
    },
    intern: (bytes, start, end) => {
      const hash = hashOf(bytes, start, end);
      const slot = slotOf(hash, bytes, start, end);
      if (slot < 0) return -1;
      const id = slots[slot] ?? -1;
      return id >= 0 ? id : add(hash, bytes, start, end);
    },
    text: (id) => textOf(arena, ends[id] ?? 0, ends[id + 1] ?? 0),
  };
}

function copied<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
