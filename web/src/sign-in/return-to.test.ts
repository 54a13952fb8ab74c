import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeReturnTo as serversOwn } from '#accounts/core';
import { safeReturnTo } from './return-to.ts';

test.each([
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '/\t/evil.example/',
  'javascript:alert(1)',
  '/./\\evil.example',
  '/x/..//evil.example',
  '/v1/sessions',
  '/changes#fragment',
  'changes',
  '',
])('Attack 24, open redirect: %j leads to the overview', (words) => {
  expect(safeReturnTo(words)).toBe('/');
});

test('A path of ours is gone to, with its query', () => {
  expect(safeReturnTo('/changes?state=approved&stack=shop')).toBe('/changes?state=approved&stack=shop');
});

test('The page takes what the server takes, and nothing else', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '..',
    '.',
    'v1',
    'V1',
    '?',
    '#',
    ':',
    '@',
    '%2f',
    'a',
    '\t',
    'evil.example',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (some) => {
      const words = some.join('');
      expect(safeReturnTo(words)).toBe(serversOwn(words));
    }),
  );
});
