import { sql } from 'kysely';
import type { Db } from '#platform';
import type { SubjectLocks } from './worker.ts';

export interface HeldLocks extends SubjectLocks {
  /** Throws where the connection is gone, and every lock with it. */
  check(): Promise<void>;
  /** Gives the connection back, and with it every lock. */
  release(): Promise<void>;
}

/** Advisory locks of one session: PostgreSQL gives them back when the connection ends, also by `kill -9`. */
export async function sessionLocks(db: Db): Promise<HeldLocks> {
  const opened = Promise.withResolvers<Db>();
  const ended = Promise.withResolvers<void>();
  const closed = db
    .connection()
    .execute(async (connection) => {
      opened.resolve(connection);
      await ended.promise;
      await sql`SELECT pg_advisory_unlock_all()`.execute(connection);
    })
    .catch((error: unknown) => opened.reject(error));
  const connection = await opened.promise;
  const ask = async (what: 'pg_try_advisory_lock' | 'pg_advisory_unlock', name: string): Promise<boolean> => {
    const { rows } = await sql<{ done: boolean }>`
      SELECT ${sql.raw(what)}(hashtextextended(${name}, 0)) AS done`.execute(connection);
    return rows[0]?.done === true;
  };
  return {
    tryLock: (name) => ask('pg_try_advisory_lock', name),
    unlock: async (name) => {
      await ask('pg_advisory_unlock', name);
    },
    check: async () => {
      await sql`SELECT 1`.execute(connection);
    },
    release: async () => {
      ended.resolve();
      await closed;
    },
  };
}
