import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeReturnTo } from './return-to.ts';

describe('where a page goes after signing in', () => {
  it.each(['/', '/changes', '/changes/pln_1?tab=plan', '/audit?kind=grant.refused&page=2', '/a%20b'])(
    'is %s when asked for that',
    (path) => expect(safeReturnTo(path)).toBe(path),
  );

  it.each([
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n//evil.example',
    ' //evil.example',
    '/..//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'changes',
    '',
    '/v1/sign-in/github/callback?code=x',
    '/V1/me',
    '/a/../v1/me',
    '/é',
    `/${'a'.repeat(2_000)}`,
    undefined,
  ])('attack 24: is the overview for %s, an open redirect', (words) => {
    expect(safeReturnTo(words)).toBe('/');
  });

  it('attack 24: never leaves our own host, whatever words it is given', () => {
    const parts = fc.constantFrom(
      '/',
      '\\',
      '..',
      '.',
      '%2f',
      '%5c',
      'evil.example',
      '@',
      ':',
      '?',
      '#',
      '\t',
      'a',
    );
    const words = fc.array(parts, { maxLength: 12 }).map((some) => `/${some.join('')}`);
    fc.assert(
      fc.property(fc.oneof(words, fc.string()), (some) => {
        const url = new URL(safeReturnTo(some), 'https://sekisho.shop.example');
        expect(url.origin).toBe('https://sekisho.shop.example');
      }),
    );
  });
});
