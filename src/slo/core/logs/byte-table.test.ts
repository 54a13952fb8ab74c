import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteTable } from './byte-table.ts';
import { bytesOf } from './bytes.ts';

describe('a table of texts', () => {
  it('gives every text one id, in the order they came, and its words back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 300 }), (texts) => {
        const table = byteTable(1000);
        const words = texts.map((text) => text.toWellFormed());
        const distinct = [...new Set(words)];
        for (const text of words) {
          const bytes = bytesOf(`<${text}>`);
          const end = bytes.length - 1;
          expect(table.intern(bytes, 1, end)).toBe(distinct.indexOf(text));
          expect(table.find(bytes, 1, end)).toBe(distinct.indexOf(text));
          expect(table.text(distinct.indexOf(text))).toBe(text);
        }
        expect(table.size()).toBe(distinct.length);
      }),
      { numRuns: 50 },
    );
  });

  it('takes no more than it may, and still finds what it has', () => {
    const table = byteTable(3, 10);
    const ids = ['aaa', 'bbb', 'cccccccc', 'c', 'd'].map((text) =>
      table.intern(bytesOf(text), 0, text.length),
    );
    expect(ids).toEqual([0, 1, -1, 2, -1]);
    expect(table.find(bytesOf('bbb'), 0, 3)).toBe(1);
  });

  it('is not slowed down by texts that were chosen to collide: it takes only some of them', () => {
    // FNV-1a with the table's last mixing.
    const hashOf = (text: string): number => {
      let hash = 0x811c9dc5;
      for (const byte of bytesOf(text)) hash = Math.imul(hash ^ byte, 0x01000193);
      return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
    };
    const chosen = Array.from({ length: 300_000 }, (_, index) => `t${index}`).filter(
      (text) => hashOf(text) % 1024 === 0,
    );
    expect(chosen.length).toBeGreaterThan(200);
    const table = byteTable(400);
    const ids = chosen.map((text) => table.intern(bytesOf(text), 0, text.length));
    expect(ids.filter((id) => id >= 0).length).toBeLessThan(80);
    expect(ids.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, index) => index));
  });
});
