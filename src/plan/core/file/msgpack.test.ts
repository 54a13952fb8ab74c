import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactNumberValue, type PlanValue, UNKNOWN } from '../model.ts';
import { decodeMsgpack, MAX_DEPTH } from './msgpack.ts';
import { refusing } from './refusal.ts';

const isRefused = (bytes: Uint8Array): boolean => !refusing(() => decodeMsgpack(bytes)).ok;
const bytesOf = (...parts: readonly (number | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part)])));
const dynamic = (type: unknown, value: unknown): Uint8Array =>
  encode([Buffer.from(JSON.stringify(type)), value]);

/** What an ordinary decoder would make of our value. */
function ordinary(value: PlanValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, ordinary(item)]));
  if (value instanceof ExactNumberValue) return Number(value.exactNumber);
  return Array.isArray(value) ? value.map(ordinary) : value;
}

describe('a MessagePack value', () => {
  it('reads as an independent encoder wrote it', () => {
    const json = fc
      .jsonValue({ maxDepth: 4 })
      .filter((value) => !/"__proto__"|-0\b/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(json, (value) => {
        expect(ordinary(decodeMsgpack(encode(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is unknown for both of cty’s extension types, and refused for others', () => {
    expect(decodeMsgpack(bytesOf(0xd4, 0, 0))).toBe(UNKNOWN);
    expect(decodeMsgpack(bytesOf(0xc7, 2, 12, 0x81, 0x01))).toBe(UNKNOWN);
    expect(isRefused(bytesOf(0xd4, 1, 0))).toBe(true);
  });

  it('keeps every digit of large numbers', () => {
    expect(decodeMsgpack(bytesOf(0xcf, 255, 255, 255, 255, 255, 255, 255, 255))).toEqual(
      new ExactNumberValue('18446744073709551615'),
    );
    expect(decodeMsgpack(encode(2 ** 63))).toEqual(new ExactNumberValue('9223372036854775808'));
  });

  it('of dynamic type takes numbers from their text by its type', () => {
    const type = [
      'object',
      { huge: 'number', tenth: 'number', text: 'string', all: ['tuple', ['number', 'string']] },
    ];
    const value = { huge: '12345678901234567890', tenth: '0.1', text: '0.1', all: ['0.5', '0.5'] };
    expect(decodeMsgpack(dynamic(type, value))).toEqual(
      new Map<string, unknown>([
        ['huge', new ExactNumberValue('12345678901234567890')],
        ['tenth', 0.1],
        ['text', '0.1'],
        ['all', [0.5, '0.5']],
      ]),
    );
  });

  it('may have any key without touching a prototype', () => {
    const value = decodeMsgpack(bytesOf(0x81, 0xa9, '__proto__', 0x81, 0xa1, 'x', 1));
    expect(value).toEqual(new Map([['__proto__', new Map([['x', 1]])]]));
    expect(Reflect.has({}, 'x')).toBe(false);
  });

  it.each<[string, Uint8Array]>([
    ['with one key twice', bytesOf(0x82, 0xa1, 'a', 1, 0xa1, 'a', 2)],
    ['with a key that is no string', bytesOf(0x81, 1, 1)],
    ['with invalid UTF-8', bytesOf(0xa1, 0xff)],
    ['with bytes after it', bytesOf(1, 1)],
    ['cut off', bytesOf(0x92, 1)],
    ['claiming four billion items', bytesOf(0xdd, 255, 255, 255, 255)],
    ['that is not a number', encode(Number.NaN)],
    ['that is infinite', encode(Number.POSITIVE_INFINITY)],
    ['of bytes alone', bytesOf(0xc4, 1, 1)],
    ['of a type we do not know', dynamic(['capsule', 'x'], 1)],
    ['nested too deeply', new Uint8Array(MAX_DEPTH + 2).fill(0x91)],
    ['of nothing', new Uint8Array()],
  ])('%s is refused', (_what, bytes) => {
    expect(isRefused(bytes)).toBe(true);
  });
});
