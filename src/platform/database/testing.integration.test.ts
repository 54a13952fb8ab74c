import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#platform/testing';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.close());

test('a test database is migrated and empty', async () => {
  const { rows } = await sql<{ count: number }>`SELECT count(*) FROM encryption_key`.execute(database.db);
  expect(rows).toEqual([{ count: 0 }]);
});

test('two test databases see nothing of each other', async () => {
  const other = await testDatabase();
  await sql`CREATE TABLE only_here (id int)`.execute(other.db);
  const { rows } = await sql`SELECT FROM pg_class WHERE relname = 'only_here'`.execute(database.db);
  expect(rows).toEqual([]);
  await other.close();
});
