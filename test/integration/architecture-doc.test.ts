import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '#cli';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8');

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'));

/** Distinct first groups of the pattern in all sources. */
const inSources = (pattern: RegExp): readonly string[] => [
  ...new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map((match) => match[1] ?? ''))),
];

const notIn = (text: string, words: readonly string[]): readonly string[] =>
  words.filter((word) => !text.includes(`\`${word}\``));

test('Every table of the schema is in docs/ARCHITECTURE.md', () => {
  const schema = readFileSync(join(ROOT, 'migrations/schema.sql'), 'utf8');
  const tables = [...schema.matchAll(/CREATE TABLE (?:public\.)?(\w+)/g)].map((match) => match[1] ?? '');
  expect(tables.length).toBeGreaterThan(10);
  expect(notIn(page, tables)).toEqual([]);
});

test('Every HTTP route is in docs/ARCHITECTURE.md', () => {
  const described = sources.flatMap((source) =>
    [...source.matchAll(/method: '(\w+)',\s+path: '([^']+)'/g)].map(
      ([, method = '', path]) => `${method.toUpperCase()} ${path}`,
    ),
  );
  const plain = inSources(/\bapp\.get\('([^']+)'/g).map((path) => `GET ${path}`);
  expect(described.length).toBeGreaterThan(15);
  expect(notIn(page, [...new Set([...described, ...plain])])).toEqual([]);
});

test('Every command is in docs/ARCHITECTURE.md', () => {
  const names = [...COMMANDS.map(({ path }) => `sekisho ${path.join(' ')}`), 'sekisho serve'];
  expect(notIn(page, names)).toEqual([]);
});

test('Every scheduled job is in docs/ARCHITECTURE.md', () => {
  const jobs = inSources(/\.every\(\s*'([^']+)'/g);
  expect(jobs.length).toBeGreaterThan(1);
  expect(notIn(page, jobs)).toEqual([]);
});

test('Every environment variable of Sekisho’s own is in docs/ARCHITECTURE.md', () => {
  const variables = inSources(/\b(?:env|variables)\.(SEKISHO_[A-Z_]+|DATABASE_URL)\b/g);
  expect(variables.length).toBeGreaterThan(8);
  expect(notIn(page, variables)).toEqual([]);
});

test('Every room is in docs/ARCHITECTURE.md', () => {
  const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(
    notIn(
      page,
      rooms.map(({ name }) => name),
    ),
  ).toEqual([]);
});
