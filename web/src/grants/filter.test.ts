import { expect, test } from 'vitest';
import { asQuery, grantsFilter } from './filter.ts';

test('Which grants are listed is read from the address, and what makes no sense there is left out', () => {
  expect(grantsFilter({ show: 'live', purpose: 'apply', stack: 'shop', other: 'x' })).toEqual({
    ...{ show: 'live', purpose: 'apply', stack: 'shop' },
  });
  expect(grantsFilter({ show: 'dead', purpose: 'toString', stack: '' })).toEqual({});
});

test('Live grants are those whose credentials are out or on their way', () => {
  expect(asQuery({ show: 'live', stack: 'shop' })).toEqual({ stack: 'shop', status: 'issuing,issued' });
  expect(asQuery({})).toEqual({});
});
