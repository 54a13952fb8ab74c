const TWO_TO_32 = 2 ** 32;

/** Places of views by keys above 0; what is deleted leaves no trace, so that memory is that of what is open. */
export interface KeyMap {
  /** -1 where there is none. */
  readonly get: (key: number) => number;
  readonly set: (key: number, value: number) => void;
  readonly delete: (key: number) => void;
}

export function keyMap(): KeyMap {
  let keys = new Float64Array(1024);
  let values = new Int32Array(1024);
  let size = 0;

  const homeOf = (key: number): number =>
    ((key % TWO_TO_32) ^ Math.floor(key / TWO_TO_32)) & (keys.length - 1);
  /** Where the key is or would be. */
  const slotOf = (key: number): number => {
    let slot = homeOf(key);
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & (keys.length - 1);
    return slot;
  };
  const grow = (): void => {
    const [oldKeys, oldValues] = [keys, values];
    keys = new Float64Array(oldKeys.length * 2);
    values = new Int32Array(oldKeys.length * 2);
    for (let index = 0; index < oldKeys.length; index += 1) {
      const key = oldKeys[index] ?? 0;
      if (key === 0) continue;
      const slot = slotOf(key);
      keys[slot] = key;
      values[slot] = oldValues[index] ?? 0;
    }
  };

  return {
    get: (key) => {
      const slot = slotOf(key);
      return keys[slot] === 0 ? -1 : (values[slot] ?? -1);
    },
    set: (key, value) => {
      const slot = slotOf(key);
      values[slot] = value;
      if (keys[slot] === key) return;
      keys[slot] = key;
      size += 1;
      if (size * 2 >= keys.length) grow();
    },
    delete: (key) => {
      let hole = slotOf(key);
      if (keys[hole] === 0) return;
      size -= 1;
      const mask = keys.length - 1;
      // What stands behind moves up, as far as it would still be found (Knuth 6.4, algorithm R).
      for (let slot = (hole + 1) & mask; keys[slot] !== 0; slot = (slot + 1) & mask) {
        const home = homeOf(keys[slot] ?? 0);
        if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
        keys[hole] = keys[slot] ?? 0;
        values[hole] = values[slot] ?? 0;
        hole = slot;
      }
      keys[hole] = 0;
    },
  };
}
