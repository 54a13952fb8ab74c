import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeQueueOf, parseRefGlob, refMatches } from './ref-glob.ts';

const matches = (glob: string, ref: string | undefined): boolean => {
  const parsed = parseRefGlob(glob);
  if (parsed === undefined) throw new Error(`Not a glob: ${glob}`);
  return refMatches(parsed, ref);
};

describe('a glob of refs', () => {
  it.each([
    ['refs/heads/main', 'refs/heads/main'],
    ['refs/pull/*/merge', 'refs/pull/7/merge'],
    ['refs/heads/release-*', 'refs/heads/release-2026'],
    ['refs/tags/v*.0', 'refs/tags/v1.0'],
  ])('%s matches %s', (glob, ref) => {
    expect(matches(glob, ref)).toBe(true);
  });

  it.each([
    ['refs/heads/main', 'refs/heads/main2'],
    ['refs/heads/main', 'refs/heads/main/x'],
    ['refs/heads/main', 'refs/heads/Main'],
    ['refs/heads/release-*', 'refs/heads/release-'],
    ['refs/heads/release-*', 'refs/heads/release-1/evil'],
    ['refs/pull/*/merge', 'refs/pull/7/8/merge'],
    ['refs/pull/*/merge', 'refs/pull//merge'],
    ['refs/heads/a*a', 'refs/heads/a'],
    ['refs/heads/a.b', 'refs/heads/axb'],
  ])('%s does not match %s', (glob, ref) => {
    expect(matches(glob, ref)).toBe(false);
  });

  it('never matches an absent ref (attack 3)', () => {
    expect(matches('refs/heads/main', undefined)).toBe(false);
    expect(matches('refs/heads/*', '')).toBe(false);
  });

  it.each([
    'main',
    '*',
    'refs/*',
    'refs/heads/**',
    'refs/heads/a*b*c',
    'refs/heads/a|b',
    'refs/heads/(a)',
    'refs/heads/[a]',
    'refs/heads/a?',
    'refs/heads/^a$',
    'refs/heads/a+',
    'refs/heads/',
    'refs/heads//a',
    'refs/heads/a..b',
    'refs/heads/a\n',
    'refs/heads/\u0024{x}',
  ])('cannot be written as %s', (glob) => {
    expect(parseRefGlob(glob)).toBeUndefined();
  });

  it('without a star matches itself and nothing else', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abc019_-'), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(matches(`refs/heads/${a}`, `refs/heads/${b}`)).toBe(a === b);
      }),
    );
  });

  it('never lets a star reach over a slash', () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        expect(matches('refs/heads/*', `refs/heads/${word}`)).toBe(word !== '' && !word.includes('/'));
      }),
    );
  });
});

it.each([
  ['refs/heads/main', 'refs/heads/gh-readonly-queue/main/pr-*'],
  ['refs/heads/release-*', 'refs/heads/gh-readonly-queue/release-*/pr-*'],
  ['refs/heads/release/v1', 'refs/heads/gh-readonly-queue/release/v1/pr-*'],
  ['refs/tags/v*', undefined],
  ['refs/pull/*/merge', undefined],
])('the merge queue of %s is %s', (ref, queue) => {
  const glob = parseRefGlob(ref);
  expect(glob && mergeQueueOf(glob)).toBe(queue);
});
