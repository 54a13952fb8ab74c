import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byAttribute, partsOf, standInOf } from './difference.ts';

const line = (path: string) => ({
  path,
  sign: '~' as const,
  before: '1',
  after: '2',
  forcesReplacement: false,
});

describe('the differences of a change', () => {
  it('stand together by attribute, documents below the attribute that holds them', () => {
    const paths = ['name', 'policy » Statement[0].Action[]', 'policy » Version', 'tags.a.b', 'user_data:3'];
    expect(
      byAttribute(paths.map(line)).map(({ name, isDocument, lines }) => [
        name,
        isDocument,
        lines.map((one) => one.rest),
      ]),
    ).toEqual([
      ['name', false, ['']],
      ['policy', true, ['Statement[0].Action[]', 'Version']],
      ['tags', false, ['a.b']],
      ['user_data', false, [':3']],
    ]);
  });

  it('keep every line, whatever the paths', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (paths) => {
        const lines = byAttribute(paths.map(line)).flatMap((one) => one.lines);
        expect(lines.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
      }),
    );
  });
});

describe('two values', () => {
  it('are told apart by what is between their common beginning and end', () => {
    expect(partsOf('"ami-0123456789abc"', '"ami-0123456789def"')).toEqual([
      { kind: 'same', words: '"ami-0123456789' },
      { kind: 'other', words: 'abc' },
      { kind: 'same', words: '"' },
    ]);
    expect(partsOf('"db.t3.micro"', '"m7g"')).toEqual([{ kind: 'same', words: '"db.t3.micro"' }]);
  });

  it('are shown whole, whatever they are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (words, other) => {
        expect(
          partsOf(words, other)
            .map((part) => part.words)
            .join(''),
        ).toBe(words);
      }),
    );
  });

  it('are no stand-in for a hidden one because somebody wrote so', () => {
    expect(standInOf('(sensitive value)')).toBe('hidden');
    expect(standInOf('"(sensitive value)"')).toBeUndefined();
    expect(standInOf('constructor')).toBeUndefined();
  });
});
