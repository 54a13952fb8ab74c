import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stretchesOf } from './visible.ts';

it('writes out what a browser would obey without showing it', () => {
  expect(stretchesOf('a\u202eb\u200b')).toEqual([
    { kind: 'words', words: 'a' },
    { kind: 'invisible', words: 'U+202E' },
    { kind: 'words', words: 'b' },
    { kind: 'invisible', words: 'U+200B' },
  ]);
  expect(stretchesOf('日本語 <b>')).toEqual([{ kind: 'words', words: '日本語 <b>' }]);
});

it('shows every other character as it is, and nothing of direction, whatever the words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (words) => {
      const shown = stretchesOf(words)
        .map((one) => one.words)
        .join('');
      expect(/[\p{Cc}\p{Cf}\p{Cs}]/u.test(shown)).toBe(false);
    }),
  );
});
