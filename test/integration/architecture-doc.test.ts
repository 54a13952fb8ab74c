import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '#cli';
import { z } from '#platform';
import { testDatabase } from '#platform/testing';
import { environmentOf } from '../../src/main/environment.ts';
import { startServer } from '../../src/main/server.ts';

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

const apiDocument = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** The API document as a server hands it out, which runs the sekisho.yaml of the guide. */
async function servedDocument(): Promise<z.infer<typeof apiDocument>> {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-api-document-'));
  const database = await testDatabase();
  try {
    const guide = readFileSync(join(ROOT, 'docs/adopt.md'), 'utf8');
    const yaml = /^# yaml-language-server[\s\S]*?^```/m.exec(guide)?.[0].replace(/```$/, '') ?? '';
    writeFileSync(join(folder, 'sekisho.yaml'), `${yaml}  listen: { port: 0 }\n`);
    const variables = { DATABASE_URL: database.url, SEKISHO_LOG_LEVEL: 'error' };
    const server = await startServer(environmentOf(variables, { cwd: folder }));
    if (!server.ok) throw new Error(server.error.reasons[0].message.en);
    try {
      const answer = await fetch(`${server.value.url}/v1/openapi.json`);
      expect(answer.status).toBe(200);
      return apiDocument.parse(await answer.json());
    } finally {
      await server.value.close();
    }
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

test('The server hands out its API document, and every route of it is in docs/ARCHITECTURE.md', async () => {
  const { paths } = await servedDocument();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const plain = inSources(/\bapp\.get\('([^']+)'/g).map((path) => `GET ${path}`);
  expect(described.length).toBeGreaterThan(20);
  expect(notIn(page, [...described, ...plain])).toEqual([]);
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
