import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedReader, packedWriter } from './packed.ts';
import { packRows, type SpoolRows, unpackRows } from './rows.ts';

const key = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 }), fc.maxSafeInteger().map(Math.abs));
const row = fc.record({
  beganMs: fc.integer({ min: 0, max: 4e12 }),
  timeUs: fc.integer({ min: -1, max: 2 ** 31 - 2 }),
  status: fc.integer({ min: 0, max: 65_535 }),
  route: fc.nat(3),
  customer: fc.nat(2),
  bot: fc.nat(1),
  keys: fc.tuple(key, key, key, key, key, key),
});

const rowsOf = (given: readonly (typeof row extends fc.Arbitrary<infer T> ? T : never)[]): SpoolRows => ({
  count: given.length,
  beganMs: Float64Array.from(given, ({ beganMs }) => beganMs),
  timeUs: Int32Array.from(given, ({ timeUs }) => timeUs),
  status: Uint16Array.from(given, ({ status }) => status),
  route: Int32Array.from(given, ({ route }) => route),
  customer: Int32Array.from(given, ({ customer }) => customer),
  bot: Uint8Array.from(given, ({ bot }) => bot),
  client: Float64Array.from(given, ({ keys }) => keys[0]),
  page: Float64Array.from(given, ({ keys }) => keys[1]),
  referer: Float64Array.from(given, ({ keys }) => keys[2]),
  trace: Float64Array.from(given, ({ keys }) => keys[3]),
  view: Float64Array.from(given, ({ keys }) => keys[4]),
  id: Float64Array.from(given, ({ keys }) => keys[5]),
  routes: ['', 'GET /', 'POST /カート', 'GET /items/{id}'],
  customers: ['acme', '商店'],
});

describe('requests of the spool', () => {
  it('are after packing what they were before', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 50 }), (given) => {
        const rows = rowsOf(given);
        expect(unpackRows(packRows(rows))).toEqual(rows);
      }),
    );
  });

  it('that are damaged are refused, and never make a hang or much memory', () => {
    const whole = packRows(rowsOf(fc.sample(row, { seed: 1, numRuns: 30 })));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const bytes = whole.slice(0, cut ? at : whole.length);
        if (!cut) bytes[at] = value;
        try {
          unpackRows(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

describe('packed numbers', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), fc.array(fc.double()), (integers, floats) => {
        const writer = packedWriter();
        const signed = integers.map((value) => Math.trunc(value / 2));
        for (const value of integers) writer.varint(Math.abs(value));
        for (const value of signed) writer.signed(value);
        for (const value of floats) writer.float(value);
        const reader = packedReader(writer.done());
        expect(integers.map(() => reader.varint())).toEqual(integers.map(Math.abs));
        expect(signed.map(() => reader.signed() + 0)).toEqual(signed.map((value) => value + 0));
        expect(floats.map(() => reader.float())).toEqual(floats);
        expect(reader.isAtEnd()).toBe(true);
      }),
    );
  });
});
