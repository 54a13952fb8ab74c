import { expect, test } from 'vitest';
import { leafHash } from './leaf-hash.ts';

test('The hash of an entry is what the tree of RFC 6962 has: its empty leaf is a known one', async () => {
  expect(await leafHash('')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
});
