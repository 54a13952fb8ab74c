import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { err, ok, type Problem, type Result } from '#core-values';
import { connectClient } from './connection.ts';
import {
  databaseNewer,
  migrationBadName,
  migrationEdited,
  migrationFailed,
  migrationSkipped,
} from './problems.ts';

/** Where the program's own migrations are. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations', import.meta.url));

interface Migration {
  /** `0001_platform`: sorts by number. */
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

/** Any constant: all Sekishos on one database must take the same lock. */
const LOCK = 5_345_817_404;

const FILE_NAME = /^([0-9]{4})_[a-z0-9_]+\.sql$/;

/** The committed dump beside the migrations. */
export const SCHEMA_DUMP = join(MIGRATIONS_FOLDER, 'schema.sql');

/**
 * Applies what is missing of `NNNN_name.sql`, in order, each in a transaction of its own, one process at
 * a time. Answers the names applied now. Refused: a database newer than the program, a migration whose
 * bytes are not those that were applied, and one that sorts before an applied one.
 */
export async function migrateDatabase(
  url: string,
  folder: string = MIGRATIONS_FOLDER,
): Promise<Result<readonly string[], Problem>> {
  const migrations = await readMigrations(folder);
  if (!migrations.ok) return migrations;
  const client = await connectClient(url);
  if (!client.ok) return client;
  try {
    await client.value.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const missing = await findMissing(client.value, migrations.value);
    if (!missing.ok) return missing;
    for (const migration of missing.value) {
      const applied = await apply(client.value, migration);
      if (!applied.ok) return applied;
    }
    return ok(missing.value.map(({ name }) => name));
  } catch (cause) {
    return err(migrationFailed('schema_migration', wordsOf(cause)));
  } finally {
    // The lock goes with the session.
    await client.value.end();
  }
}

async function readMigrations(folder: string): Promise<Result<readonly Migration[], Problem>> {
  const migrations: Migration[] = [];
  const numbers = new Set<string>();
  for (const file of (await readdir(folder)).sort()) {
    if (file === basename(SCHEMA_DUMP) || !file.endsWith('.sql')) continue;
    const number = FILE_NAME.exec(file)?.[1];
    if (number === undefined || numbers.has(number)) return err(migrationBadName(file));
    numbers.add(number);
    const sql = await readFile(join(folder, file), 'utf8');
    const sha256 = createHash('sha256').update(sql).digest('hex');
    migrations.push({ name: file.slice(0, -'.sql'.length), sha256, sql });
  }
  return ok(migrations);
}

async function findMissing(
  client: Client,
  migrations: readonly Migration[],
): Promise<Result<readonly Migration[], Problem>> {
  // Asked first: CREATE TABLE IF NOT EXISTS would want the right to create even when there is nothing to do.
  const { rows: found } = await client.query<{ table: string | null }>(
    `SELECT to_regclass('schema_migration')::text AS table`,
  );
  if (found[0]?.table === null)
    await client.query(`CREATE TABLE schema_migration (
      name text PRIMARY KEY,
      sha256 text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
  const { rows: applied } = await client.query<{ name: string; sha256: string }>(
    'SELECT name, sha256 FROM schema_migration ORDER BY name',
  );
  for (const { name, sha256 } of applied) {
    const ours = migrations.find((migration) => migration.name === name);
    if (ours === undefined) return err(databaseNewer(name));
    if (ours.sha256 !== sha256) return err(migrationEdited(name));
  }
  const last = applied.at(-1)?.name ?? '';
  const missing = migrations.filter(({ name }) => !applied.some((one) => one.name === name));
  const skipped = missing.find(({ name }) => name < last);
  return skipped === undefined ? ok(missing) : err(migrationSkipped(skipped.name, last));
}

async function apply(client: Client, migration: Migration): Promise<Result<void, Problem>> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query('INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)', [
      migration.name,
      migration.sha256,
    ]);
    await client.query('COMMIT');
    return ok(undefined);
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    return err(migrationFailed(migration.name, wordsOf(cause)));
  }
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
