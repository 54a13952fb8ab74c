import { err, ok, type Problem, type Result } from '#core-values';
import { connectClient } from '#platform';
import { turns } from '../api/turns.ts';
import type { SubjectLocks } from './worker.ts';

export interface HeldLocks extends SubjectLocks {
  /** Throws where the connection is gone, and every lock with it. */
  check(): Promise<void>;
  /** Ends the connection, and with it every lock. */
  release(): Promise<void>;
}

/**
 * Advisory locks of one session: PostgreSQL gives them back when the connection ends, also by `kill -9`. A connection of its own and none of the
 * pool's: the pool does not listen to errors of what it lent, so a restart of the database would end the process.
 */
export async function sessionLocks(url: string): Promise<Result<HeldLocks, Problem>> {
  const client = await connectClient(url);
  if (!client.ok) return err(client.error);
  // A connection answers one question after the other.
  const inTurn = turns(1);
  const ask = async (what: 'pg_try_advisory_lock' | 'pg_advisory_unlock', name: string): Promise<boolean> => {
    const statement = `SELECT ${what}(hashtextextended($1, 0)) AS done`;
    const { rows } = await inTurn(() => client.value.query<{ done: boolean }>(statement, [name]));
    return rows[0]?.done === true;
  };
  return ok({
    tryLock: (name) => ask('pg_try_advisory_lock', name),
    unlock: async (name) => {
      await ask('pg_advisory_unlock', name);
    },
    check: async () => {
      await inTurn(() => client.value.query('SELECT 1'));
    },
    release: () => client.value.end(),
  });
}
