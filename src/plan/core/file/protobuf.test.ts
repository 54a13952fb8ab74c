import { describe, expect, it } from 'vitest';
import { bytesCodec, decodeMessage, many, message, once, repeating, stringCodec } from './protobuf.ts';

const name = message('Name', { words: once(1, stringCodec, '') });
const FIELDS = {
  names: many(1, repeating(name)),
  words: many(2, repeating(stringCodec)),
  bytes: many(3, repeating(bytesCodec)),
};

/** One field of a length: its number, and what stands in it. */
const field = (number: number, content: readonly number[]): readonly number[] => [
  number * 8 + 2,
  content.length,
  ...content,
];
const decode = (...fields: readonly (readonly number[])[]) =>
  decodeMessage('Test', FIELDS, Uint8Array.from(fields.flat()));

const A = [0x0a, 1, 0x61];

describe('a codec that repeats what it has read lately', () => {
  it('answers the very same for the same bytes', () => {
    const { names } = decode(field(1, A), field(1, [0x0a, 1, 0x62]), field(1, A));
    expect(names).toEqual([{ words: 'a' }, { words: 'b' }, { words: 'a' }]);
    expect(names[2]).toBe(names[0]);
  });

  it('answers nothing that another codec has read from the same bytes', () => {
    const { names, words, bytes } = decode(field(2, A), field(1, A), field(3, A));
    expect(names).toEqual([{ words: 'a' }]);
    expect(words).toEqual(['\n\u0001a']);
    expect(bytes).toEqual([Uint8Array.from(A)]);
  });

  it('tells bytes apart that differ in their beginning or in their length only', () => {
    const { words } = decode(
      ...['xa', 'ya', 'xa', 'a', 'xxa'].map((it) =>
        field(
          2,
          [...it].map((c) => c.charCodeAt(0)),
        ),
      ),
    );
    expect(words).toEqual(['xa', 'ya', 'xa', 'a', 'xxa']);
  });

  it('answers for one plan only', () => {
    const [first] = decode(field(1, A)).names;
    expect(decode(field(1, A)).names[0]).not.toBe(first);
  });
});

describe('a message', () => {
  it('is refused where a field that occurs once occurs twice, even if it says nothing the first time', () => {
    expect(() => decode(field(1, [0x0a, 0, 0x0a, 1, 0x61]))).toThrow();
  });

  it('is refused where a length leads beyond it', () => {
    expect(() => decode([0x12, 5, 0x61])).toThrow();
  });
});
