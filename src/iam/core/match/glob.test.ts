import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob, literal, wildcards } from './glob.ts';

/** What a pattern means, in as few words as possible; exponential. */
function meansMatch(pattern: string, value: string): boolean {
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === undefined) return value === '';
  if (first === '*') return meansMatch(rest, value) || (value !== '' && meansMatch(pattern, value.slice(1)));
  return value !== '' && (first === '?' || first === value[0]) && meansMatch(rest, value.slice(1));
}

const letters = (characters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...characters), { maxLength }).map((list) => list.join(''));

test('matching agrees with what patterns mean', () => {
  fc.assert(
    fc.property(letters('ab*?', 8), letters('ab', 10), (pattern, value) => {
      expect(compileGlob(wildcards(pattern)).matches(value)).toBe(meansMatch(pattern, value));
    }),
    { numRuns: 5000 },
  );
});

test('a literal pattern matches itself alone', () => {
  fc.assert(
    fc.property(letters('a*?', 6), letters('a*?', 6), (pattern, value) => {
      expect(compileGlob(literal(pattern)).matches(value)).toBe(pattern === value);
    }),
  );
});

test('a pattern made to explode is answered like any other', () => {
  const value = 'a'.repeat(20_000);
  expect(compileGlob(wildcards(`${'a*'.repeat(1000)}b`)).matches(value)).toBe(false);
  expect(compileGlob(wildcards(`${'*?a'.repeat(300)}b`)).matches(value)).toBe(false);
});
