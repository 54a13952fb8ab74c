import { expect, test } from 'vitest';
import { fill } from './fill.ts';

test('A message is filled with words and with numbers as the language writes them', () => {
  expect(fill('{who} has {count:plan|plans}', { who: 'Hanako', count: 1 }, 'en')).toBe('Hanako has 1 plan');
  expect(fill('{who} has {count:plan|plans}', { who: 'Hanako', count: 1234 }, 'en')).toBe(
    'Hanako has 1,234 plans',
  );
  expect(fill('{count} 件', { count: 1234 }, 'ja')).toBe('1,234 件');
});

test('What is filled in is not read as a message again', () => {
  expect(fill('{a}{b}', { a: '{b}', b: '$&' }, 'en')).toBe('{b}$&');
});
