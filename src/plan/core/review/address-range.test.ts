import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opennessOf, parseRange } from './address-range.ts';

const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });

describe('address ranges', () => {
  it.each([
    '0.0.0.0/0',
    '::/0',
    '2000::/3',
    '128.0.0.0/1',
    '1.2.3.4/0',
    '64.0.0.0/4',
    '0:0::0/0',
    '::ffff:1.2.3.4/2',
  ])('%s is the world', (cidr) => {
    expect(opennessOf([cidr])).toBe('world');
  });

  it.each(['10.0.0.0/8', '192.0.2.1/32', '192.0.2.1', 'fc00::/7', '2001:db8::/32', '::1/128'])(
    '%s is narrow',
    (cidr) => {
      expect(opennessOf([cidr])).toBe('narrow');
    },
  );

  it.each([
    '',
    'x',
    '1.2.3/8',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/8/8',
    '::/129',
    '1::2::3/8',
    'g::/0',
    '256.1.1.1/8',
  ])('"%s" is unreadable, which is not narrow', (cidr) => {
    expect(opennessOf([cidr])).toBe('unreadable');
  });

  it('splitting the Internet in any number of equal parts does not hide it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), (bits) => {
        const parts = Array.from({ length: 2 ** bits }, (_, index) => {
          const first = index * 2 ** (32 - bits);
          const address = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
          return `${address}/${bits}`;
        });
        expect(opennessOf(parts)).toBe('world');
      }),
    );
  });

  it('overlapping ranges are counted once: repeating a narrow range does not open it', () => {
    fc.assert(
      fc.property(
        octets,
        fc.integer({ min: 9, max: 32 }),
        fc.integer({ min: 1, max: 40 }),
        (address, prefix, times) => {
          expect(opennessOf(Array.from({ length: times }, () => `${address.join('.')}/${prefix}`))).toBe(
            'narrow',
          );
        },
      ),
    );
  });

  it('a range begins at its network address and has the size of its prefix', () => {
    fc.assert(
      fc.property(octets, fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        const range = parseRange(`${address.join('.')}/${prefix}`);
        expect(range && range.last - range.first + 1n).toBe(2n ** BigInt(32 - prefix));
        expect(range && range.first % 2n ** BigInt(32 - prefix)).toBe(0n);
      }),
    );
  });
});
