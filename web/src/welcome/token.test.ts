import { expect, test } from 'vitest';
import { tokenIn } from './token.ts';

const TOKEN = `skl_${'aB3_-'.repeat(8)}xyz`;

test('A token is taken from behind the #, whole', () => {
  expect(tokenIn(`#${TOKEN}`)).toBe(TOKEN);
});

test.each(['', '#', '#content', `#${TOKEN}x`, `#${TOKEN.slice(1)}`, `#${TOKEN}&next=/`, TOKEN])(
  '%j is no token, and is sent nowhere',
  (hash) => {
    expect(tokenIn(hash)).toBeUndefined();
  },
);
