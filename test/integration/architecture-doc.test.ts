import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '#cli';
import { z } from '#platform';
import { testDatabase } from '#platform/testing';
import { apiDocument, askGuideServer } from '../../scripts/setup/guide-server.ts';

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

const described = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** The API document as a server hands it out. */
async function servedDocument(): Promise<z.infer<typeof described>> {
  const database = await testDatabase();
  try {
    return described.parse(await askGuideServer(database.url, apiDocument));
  } finally {
    await database.close();
  }
}

test('The server hands out its API document, and every route of it is in docs/ARCHITECTURE.md', async () => {
  const { paths } = await servedDocument();
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const plain = inSources(/\bapp\.get\('([^']+)'/g).map((path) => `GET ${path}`);
  expect(routes.length).toBeGreaterThan(20);
  expect(notIn(page, [...routes, ...plain])).toEqual([]);
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
