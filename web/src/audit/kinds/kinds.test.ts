import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KINDS, TOPICS } from './kinds.ts';

const GUIDE = join(import.meta.dirname, '../../../../docs/audit-log.md');

test('Every kind of the guide has its words, and no other', () => {
  const [, table = ''] = readFileSync(GUIDE, 'utf8').split('| Kind | What happened |');
  const [rows = ''] = table.split('\n\n');
  const documented = [...rows.matchAll(/`([a-z][a-z0-9-]*\.[a-z0-9-]+)`/g)].map((match) => match[1]);
  // `evidence.by` and such stand in the second column.
  const kinds = new Set(documented.filter((name) => name?.startsWith('evidence.') === false));
  expect([...KINDS].toSorted()).toEqual([...kinds].toSorted());
});

test('Every kind is of a topic', () => {
  const topics = new Set(KINDS.map((kind) => kind.slice(0, kind.indexOf('.'))));
  expect([...topics].toSorted()).toEqual([...TOPICS].toSorted());
});
