import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { type Database, openDatabase } from './connection.ts';
import { onServer } from './test-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that `test/database-setup.ts` started, and the migrated database to copy. */
    readonly testServer: { readonly url: string; readonly template: string };
  }
}

export interface TestDatabase extends Database {
  readonly url: string;
}

/**
 * A migrated database of your own, empty, in some 50 ms. Integration tests only (the unit project starts
 * no server). In `beforeAll` or `beforeEach`; `close()` drops it:
 *
 *     let database: TestDatabase;
 *     beforeAll(async () => { database = await testDatabase(); });
 *     afterAll(() => database.close());
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject('testServer');
  const { url, drop } = await createDatabase(server.url, server.template);
  const database = await openDatabase(url);
  if (!database.ok) throw new Error(database.error.reasons[0].message.en);
  return {
    db: database.value.db,
    url,
    close: async () => {
      await database.value.close();
      await drop();
    },
  };
}

/** A database without tables. */
export async function emptyTestDatabase(): Promise<{
  readonly url: string;
  drop(): Promise<void>;
}> {
  return createDatabase(inject('testServer').url, 'template0');
}

async function createDatabase(
  serverUrl: string,
  template: string,
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `sekisho_test_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}
