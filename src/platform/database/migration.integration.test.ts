import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Problem, Result } from '#core-values';
import { emptyTestDatabase } from '#platform/testing';
import { migrateDatabase } from './migration.ts';

let database: Awaited<ReturnType<typeof emptyTestDatabase>>;
let folder: string;

beforeEach(async () => {
  database = await emptyTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'sekisho-migrations-'));
  await write('0001_first.sql', 'CREATE TABLE first (id int)');
  await write('0002_second.sql', 'CREATE TABLE second (id int); INSERT INTO second VALUES (1)');
  await write('schema.sql', 'not a migration');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await database.drop();
});

const write = (file: string, sql: string) => writeFile(join(folder, file), sql);
const migrate = () => migrateDatabase(database.url, folder);
const ruleOf = (result: Result<unknown, Problem>): string =>
  result.ok ? 'ok' : result.error.reasons[0].rule;

async function tables(): Promise<string> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  await client.end();
  return rows.map(({ name }) => name).join(' ');
}

test('what is missing is applied in order, once', async () => {
  expect(await migrate()).toEqual({ ok: true, value: ['0001_first', '0002_second'] });
  expect(await migrate()).toEqual({ ok: true, value: [] });
  await write('0003_third.sql', 'CREATE TABLE third (id int)');
  expect(await migrate()).toEqual({ ok: true, value: ['0003_third'] });
  expect(await tables()).toBe('first schema_migration second third');
});

test('programs that start at the same time migrate once', async () => {
  const results = await Promise.all([migrate(), migrate(), migrate(), migrate()]);
  expect(results.map(ruleOf)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(results.filter((result) => result.ok && result.value.length === 2)).toHaveLength(1);
});

test('a failing migration is undone as a whole, and those before it stay', async () => {
  await write('0003_third.sql', 'CREATE TABLE third (id int); SELECT 1/0');
  const failed = await migrate();
  expect(ruleOf(failed)).toBe('database.migration-failed');
  expect(failed.ok ? '' : failed.error.reasons[0].message.en).toContain('0003_third');
  expect(await tables()).toBe('first schema_migration second');
  await write('0003_third.sql', 'CREATE TABLE third (id int)');
  expect(await migrate()).toEqual({ ok: true, value: ['0003_third'] });
});

test('a database newer than the program is refused', async () => {
  await migrate();
  await rm(join(folder, '0002_second.sql'));
  expect(ruleOf(await migrate())).toBe('database.newer-than-program');
});

test('an edited migration is refused, if only by a space', async () => {
  await migrate();
  await write('0001_first.sql', 'CREATE TABLE first (id int) ');
  expect(ruleOf(await migrate())).toBe('database.migration-edited');
});

test('a migration that sorts before an applied one is refused', async () => {
  await rm(join(folder, '0001_first.sql'));
  await migrate();
  await write('0001_first.sql', 'CREATE TABLE first (id int)');
  expect(ruleOf(await migrate())).toBe('database.migration-skipped');
});

test.each(['3_third.sql', '0003-third.sql', '0002_other.sql'])('a file named %s is refused', async (file) => {
  await write(file, 'SELECT 1');
  expect(ruleOf(await migrate())).toBe('database.migration-bad-name');
  expect(await tables()).toBe('');
});
