import { expect, test } from 'vitest';
import { figuresIn } from './figures.ts';

const en = figuresIn('en');
const ja = figuresIn('ja');

test('No share looks better than it is: all are rounded down', () => {
  expect(en.percent(999_999)).toBe('99.9999%');
  expect(en.percent(999_500)).toBe('99.95%');
  expect(en.budget(999_999)).toBe('99.9%');
  expect(en.budget(-1)).toBe('-0.1%');
  expect([0, 1, 1_000].map(en.budget)).toEqual(['0%', '<0.1%', '0.1%']);
  expect(en.budget(-1_234_567)).toBe('-123.5%');
  expect(en.count(1.59)).toBe('1.5');
});

test('Spans are said in the unit that people use for them', () => {
  expect([5, 60, 360, 4_320, 40_320].map(en.minutes)).toEqual(['5 min', '1 hr', '6 hr', '3 days', '28 days']);
  expect([5, 60, 40_320].map(ja.minutes)).toEqual(['5 分', '1 時間', '28 日']);
  expect([1, 350, 1_200, 90_000].map(en.ms)).toEqual(['1 ms', '350 ms', '1.2 sec', '1.5 min']);
});

test('Burn rates keep the places that matter', () => {
  expect([0.034, 1, 14.4, 1234.56].map(en.rate)).toEqual(['0.03×', '1×', '14.4×', '1,234.6×']);
});
