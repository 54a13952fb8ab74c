import { join } from 'node:path';
import type { ServerSettings } from '#accounts/core';
import { err, ok, type Problem, type Result } from '#core-values';
import { type Database, type Logger, migrateDatabase, openDatabase, startEmbeddedPostgres } from '#platform';
import { type Environment, readSecret } from './environment.ts';

export interface BuiltDatabase extends Database {
  readonly url: string;
  /** Whether it is ours alone: then no other replica can be running. */
  readonly embedded: boolean;
  /** Settles when the embedded server ends without being asked to. */
  readonly lost: Promise<Problem>;
}

/** DATABASE_URL, then `server.database`, then the embedded PostgreSQL below the data folder; migrated and open. */
export async function buildDatabase(
  settings: ServerSettings,
  environment: Environment,
  logger: Logger,
): Promise<Result<BuiltDatabase, Problem>> {
  const url = await databaseUrl(settings, environment);
  if (!url.ok) return url;
  if (url.value !== undefined) return open({ url: url.value, embedded: false }, logger);
  const directory = join(environment.dataFolder, 'postgres');
  const postgres = await startEmbeddedPostgres({ directory });
  if (!postgres.ok) return postgres;
  logger.info('The embedded PostgreSQL runs', { directory: postgres.value.dataDirectory });
  const opened = await open({ url: postgres.value.url, embedded: true, lost: postgres.value.lost }, logger);
  if (!opened.ok) {
    await postgres.value.stop();
    return opened;
  }
  return ok({
    ...opened.value,
    close: async () => {
      await opened.value.close();
      await postgres.value.stop();
    },
  });
}

async function databaseUrl(
  settings: ServerSettings,
  environment: Environment,
): Promise<Result<string | undefined, Problem>> {
  if (environment.databaseUrl !== undefined) return ok(environment.databaseUrl);
  return settings.database === undefined ? ok(undefined) : readSecret(settings.database, environment);
}

async function open(
  server: { readonly url: string; readonly embedded: boolean; readonly lost?: Promise<Problem> },
  logger: Logger,
): Promise<Result<BuiltDatabase, Problem>> {
  const migrated = await migrateDatabase(server.url);
  if (!migrated.ok) return migrated;
  if (migrated.value.length > 0) logger.info('The database was migrated', { applied: migrated.value });
  const database = await openDatabase(server.url, {
    maxConnections: 20,
    onConnectionLost: (error) => logger.warn('A database connection was lost', { error }),
  });
  if (!database.ok) return err(database.error);
  // A promise that never settles: a server that is not ours is watched by its own people.
  const lost = server.lost ?? new Promise<Problem>(() => undefined);
  return ok({ ...database.value, url: server.url, embedded: server.embedded, lost });
}
