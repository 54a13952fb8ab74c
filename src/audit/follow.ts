import { sql } from 'kysely';
import type { Db } from '#platform';
import type { AuditRecord } from './core/index.ts';
import { recordOf } from './list.ts';

/**
 * The entries from a position on, oldest first, at most `most`. The log has no gaps and shows nothing that could still be undone, so whoever
 * keeps the position behind the last entry in the transaction of what it does with them sees each entry once.
 */
export async function auditAfter(db: Db, position: number, most: number): Promise<readonly AuditRecord[]> {
  const { rows } = await sql<{ leaf: string }>`
    SELECT leaf FROM audit_entries WHERE position >= ${position} ORDER BY position LIMIT ${most}`.execute(db);
  return rows.map(({ leaf }) => recordOf(leaf));
}
