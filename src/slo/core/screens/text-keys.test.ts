import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../logs/bytes.ts';
import { keyMap } from './key-map.ts';
import { addKey, addText, beginKey, keyOf } from './text-keys.ts';

const draft = { low: 0, high: 0 };

function keyOfText(words: string, before = 0): number {
  const bytes = bytesOf(words);
  beginKey(draft, 1);
  addKey(draft, before);
  addText(draft, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
  return keyOf(draft);
}

describe('keys of texts', () => {
  it('differ for texts that hardly differ, and by what came before', () => {
    const keys = new Set<number>();
    for (let index = 0; index < 100_000; index += 1) {
      keys.add(keyOfText(`203.0.${index >> 8}.${index & 255}`));
      keys.add(keyOfText(`/items/${index}`));
      keys.add(keyOfText('', index * 2 ** 20));
    }
    expect(keys.size).toBe(300_000);
    expect([...keys].every((key) => Number.isSafeInteger(key) && key > 0)).toBe(true);
  });
});

describe('a map of keys', () => {
  it('is as Map, whatever was set and deleted', () => {
    const key = fc.integer({ min: 1, max: 40 }).map((small) => small * 1024);
    const step = fc.record({ key, value: fc.option(fc.nat(9), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const [map, truth] = [keyMap(), new Map<number, number>()];
        for (const { key: at, value } of steps) {
          if (value === undefined) {
            map.delete(at);
            truth.delete(at);
          } else {
            map.set(at, value);
            truth.set(at, value);
          }
        }
        for (let at = 1024; at <= 41 * 1024; at += 1024) expect(map.get(at)).toBe(truth.get(at) ?? -1);
      }),
    );
  });

  it('grows', () => {
    const map = keyMap();
    for (let key = 1; key <= 5000; key += 1) map.set(key, key + 1);
    for (let key = 1; key <= 5000; key += 2) map.delete(key);
    expect([map.get(1), map.get(2), map.get(4999), map.get(5000)]).toEqual([-1, 3, -1, 5001]);
  });
});
