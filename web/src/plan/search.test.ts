import { describe, expect, it } from 'vitest';
import { askedBy, isFiltered, planSearch } from './search.ts';

describe('what is looked at of a plan', () => {
  it('is read from the address, and what makes no sense there is left out', () => {
    const search = { q: 'kms', action: 'delete', severity: 'high', show: '12', sides: 'beside', of: 'drift' };
    expect(planSearch({ ...search, order: 'plan', other: 'x' })).toEqual({
      ...search,
      order: 'plan',
      show: 12,
    });
    const nonsense = { q: '', action: 'constructor', severity: 1, show: '-1', sides: 'up', of: 'all' };
    expect(planSearch({ ...nonsense, module: 'm'.repeat(1_001) })).toEqual({});
    expect(planSearch({ show: '1e3', guide: 'on' })).toEqual({});
    expect(planSearch({ guide: 'true' })).toEqual({ guide: true });
  });

  it('asks the server for the rows alone, and for the root module by its empty name', () => {
    expect(askedBy({ module: 'root', show: 3, sides: 'inline' })).toEqual({ module: '' });
    expect(askedBy({ module: 'module.db', type: 'aws_instance' })).toEqual({
      ...{ module: 'module.db', type: 'aws_instance' },
    });
    expect(isFiltered({ show: 3, order: 'plan', of: 'drift' })).toBe(false);
    expect(isFiltered({ q: 'x' })).toBe(true);
  });
});
