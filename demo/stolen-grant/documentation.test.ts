import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KINDS } from './misuses.ts';

it.each([
  ['en', 'stolen-grant.md'],
  ['ja', 'stolen-grant.ja.md'],
] as const)('The guide in %s has a row for every kind of misuse, with its actions', (language, file) => {
  const page = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  const missing = KINDS.filter(({ title, misuses }) => {
    const names = misuses.flatMap(({ asks }) => asks.map((ask) => ask.split(' ')[0]?.split(':')[1] ?? ''));
    const row = rows.find((one) => one.startsWith(`| ${title[language]} |`)) ?? '';
    return !names.every((name) => row.includes(`${name}\``));
  });
  expect(missing.map(({ kind }) => kind)).toEqual([]);
  expect(page).toContain(String(KINDS.length));
});
