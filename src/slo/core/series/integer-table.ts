/** Counts by integer keys, in two arrays: no object for a key, and 16 bytes for each at most half filled. */
export interface IntegerTable {
  /** The place of a key from 0, in the order they came; the key is below 2^53. */
  readonly placeOf: (key: number) => number;
  readonly size: () => number;
  readonly keyAt: (place: number) => number;
}

const ABSENT = -1;

export function integerTable(): IntegerTable {
  let slots = new Int32Array(1024).fill(ABSENT);
  let keys = new Float64Array(512);
  let size = 0;

  const grow = (): void => {
    slots = new Int32Array(slots.length * 2).fill(ABSENT);
    const more = new Float64Array(slots.length / 2);
    more.set(keys);
    keys = more;
    const mask = slots.length - 1;
    for (let place = 0; place < size; place += 1) {
      let slot = hashOf(keys[place] ?? 0) & mask;
      while (slots[slot] !== ABSENT) slot = (slot + 1) & mask;
      slots[slot] = place;
    }
  };

  return {
    size: () => size,
    keyAt: (place) => keys[place] ?? Number.NaN,
    placeOf: (key) => {
      const mask = slots.length - 1;
      let slot = hashOf(key) & mask;
      for (;;) {
        const place = slots[slot] ?? ABSENT;
        if (place === ABSENT) break;
        if (keys[place] === key) return place;
        slot = (slot + 1) & mask;
      }
      slots[slot] = size;
      keys[size] = key;
      size += 1;
      if (size * 2 >= slots.length) grow();
      return size - 1;
    },
  };
}

const TWO_TO_32 = 2 ** 32;

/** Of both halves, for minutes stand in the high one. */
function hashOf(key: number): number {
  const high = Math.floor(key / TWO_TO_32);
  const mixed = Math.imul((key % TWO_TO_32) | 0, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
