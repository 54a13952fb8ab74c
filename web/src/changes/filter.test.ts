import { expect, test } from 'vitest';
import { changesFilter } from './filter.ts';

test('Filters are read from the address, and what makes no sense there is left out', () => {
  expect(changesFilter({ state: 'approved', stack: 'shop', pullRequest: '12', waitingFor: 'me' })).toEqual({
    ...{ state: 'approved', stack: 'shop', pullRequest: 12, waitingFor: 'me' },
  });
  expect(changesFilter({ state: 'constructor', stack: '', pullRequest: '-1', other: 'x' })).toEqual({});
  expect(changesFilter({ pullRequest: '1e99', waitingFor: 'you', environment: 'toString' })).toEqual({});
});
