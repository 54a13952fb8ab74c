import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalStart, matchesPathGlob } from './path-glob.ts';

describe('a glob of files', () => {
  it.each([
    ['shared/**', 'shared/a/b.json', true],
    ['shared/**', 'shared', true],
    ['shared/**', 'shared2/a', false],
    ['shared', 'shared/a/b.json', true],
    ['shared', 'sharedx', false],
    ['*.tfvars', 'prod.tfvars', true],
    ['*.tfvars', 'x/prod.tfvars', false],
    ['**/*.tfvars', 'prod.tfvars', true],
    ['**/*.tfvars', 'x/y/prod.tfvars', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b/file', true],
    ['a/*/b', 'a/x/y/b', false],
    ['a-*-b*c', 'a-1-b2c', true],
    ['a-*-b*c', 'a-1-b2', false],
    ['a.c', 'abc', false],
  ])('%s against %s: %s', (glob, path, expected) => {
    expect(matchesPathGlob(glob, path)).toBe(expected);
  });

  const step = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), minLength: 1, maxLength: 5 });
  const globs = fc.array(fc.oneof(step, fc.constant('**')), { minLength: 1, maxLength: 5 });
  const paths = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 5,
  });

  it('agrees with a regular expression that says the same', () => {
    fc.assert(
      fc.property(globs, paths, (glob, path) => {
        const one = (words: string) => words.replaceAll('.', '\\.').replaceAll(/\*+/g, '[^/]*');
        const expected = new RegExp(
          `^${glob.map((words) => (words === '**' ? '(?:[^/]+/)*' : `${one(words)}/`)).join('')}(?:.*/)?$`,
        );
        expect(matchesPathGlob(glob.join('/'), path.join('/'))).toBe(expected.test(`${path.join('/')}/`));
      }),
    );
  });

  it('matches only what begins with its literal start', () => {
    fc.assert(
      fc.property(globs, paths, (glob, path) => {
        const [words, file] = [glob.join('/'), path.join('/')];
        if (matchesPathGlob(words, file)) expect(file.startsWith(literalStart(words))).toBe(true);
      }),
    );
  });

  it('takes no longer the more wildcards it has', () => {
    const glob = `${'**/'.repeat(60)}${'*a'.repeat(60)}b`;
    expect(matchesPathGlob(glob, `${'a'.repeat(200)}/`.repeat(60))).toBe(false);
  });
});
