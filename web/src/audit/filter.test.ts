import { expect, test } from 'vitest';
import { auditFilter, queryOf } from './filter.ts';

test('Filters are read from the address, and what makes no sense there is left out', () => {
  const filter = { text: 'taro', kind: 'grant', outcome: 'denied', stack: 'shop', from: '2026-11-01' };
  expect(auditFilter(filter)).toEqual(filter);
  expect(
    auditFilter({
      text: ' x ',
      outcome: 'toString',
      kind: ' ',
      from: 'yesterday',
      to: '2026-13-01',
      other: '1',
    }),
  ).toEqual({});
  expect(auditFilter({ plan: 'p'.repeat(65), grant: 'grant_1' })).toEqual({ grant: 'grant_1' });
});

test('Both days are asked for whole', () => {
  const { since, until } = queryOf({ from: '2026-11-20', to: '2026-11-20' });
  expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(24 * 3_600_000);
  expect(queryOf({ stack: 'shop' })).toEqual({ stack: 'shop' });
});
