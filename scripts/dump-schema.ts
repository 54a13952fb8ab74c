import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem, Result } from '#core-values';
import { dumpSchema, migrateDatabase, openDatabase, SCHEMA_DUMP, startEmbeddedPostgres } from '#platform';

// Writes migrations/schema.sql anew: node scripts/dump-schema.ts

const directory = await mkdtemp(join(tmpdir(), 'sekisho-schema-'));
await chmod(directory, 0o711);
const server = unwrap(await startEmbeddedPostgres({ directory, unsafeWithoutDurability: true }));
try {
  unwrap(await migrateDatabase(server.url));
  const database = unwrap(await openDatabase(server.url));
  await writeFile(SCHEMA_DUMP, await dumpSchema(database.db));
  await database.close();
  console.log(`wrote ${SCHEMA_DUMP}`);
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

function unwrap<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.reasons[0].message.en);
}
