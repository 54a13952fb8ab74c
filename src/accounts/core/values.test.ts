import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';
import { parseInstant } from './instant.ts';
import { parseFolder, parseRegion, parseRepositoryName, parseRoleArn } from './names.ts';
import { parseWebAddress } from './web-address.ts';

describe('a duration', () => {
  it.each([
    ['30s', 30],
    ['15m', 900],
    ['1h30m', 5400],
    ['7d', 604_800],
    ['1d1h1m1s', 90_061],
  ])('%s is %d seconds', (words, seconds) => {
    expect(parseDuration(words)).toBe(seconds);
  });

  it.each(['', '7', '7 d', 'd', '-1h', '1.5h', '1m1h', '1h1h', '1w', '1H', '123456d'])(
    'is not %s',
    (words) => {
      expect(parseDuration(words)).toBeUndefined();
    },
  );
});

describe('an instant', () => {
  it('equals what Date reads, for every time from 1900 to 2200', () => {
    const date = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (at) => {
        expect(parseInstant(at.toISOString())).toBe(at.getTime());
      }),
    );
  });

  it('counts its offset from UTC', () => {
    expect(parseInstant('2026-12-28T00:00:00+09:00')).toBe(Date.UTC(2026, 11, 27, 15));
    expect(parseInstant('2026-12-27T10:30:00-04:30')).toBe(Date.UTC(2026, 11, 27, 15));
    expect(parseInstant('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29));
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01 00:00:00Z',
  ])('is not %s', (words) => {
    expect(parseInstant(words)).toBeUndefined();
  });
});

describe('attack 5: what may end in a policy', () => {
  const hostile = fc.tuple(
    fc.string(),
    fc.constantFrom('\u0024{aws:username}', '*', '?', '"', '\\', '\n', '{', '$'),
    fc.string(),
  );

  it('never holds a policy variable, a wildcard or a quote', () => {
    fc.assert(
      fc.property(hostile, ([before, bad, after]) => {
        const words = before + bad + after;
        expect(parseRoleArn(`arn:aws:iam::111111111111:role/${words}`)).toBeUndefined();
        expect(parseRegion(words)).toBeUndefined();
        expect(parseRepositoryName(`shop/${words}`)).toBeUndefined();
        expect(parseFolder(`stacks/${words}`)).toBeUndefined();
      }),
    );
  });

  it.each(['/stacks', 'stacks/', 'stacks//a', 'stacks/../a', './stacks', '..', ''])(
    'is no folder: %s',
    (path) => {
      expect(parseFolder(path)).toBeUndefined();
    },
  );
});

describe('a web address', () => {
  it.each([
    'https://a.example.com',
    'https://a.example.com:8443/x/y',
    'http://127.0.0.1:8420',
    'http://localhost:1',
    'http://[::1]:8',
  ])('may be %s', (address) => {
    expect(parseWebAddress(address)).toBe(address);
  });

  it.each([
    'http://a.example.com',
    'http://127.0.0.1.evil.com',
    'http://localhost.evil.com',
    'https://a.example.com/',
    'https://a.example.com?x=1',
    'https://a.example.com#x',
    'https://user:pass@a.example.com',
    'https://a..example.com',
    'HTTPS://a.example.com',
    'ftp://a.example.com',
    'https://',
  ])('may not be %s', (address) => {
    expect(parseWebAddress(address)).toBeUndefined();
  });
});
