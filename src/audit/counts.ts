import { sql } from 'kysely';
import type { Db } from '#platform';
import type { AuditKind } from './core/index.ts';
import { readHead } from './store.ts';

/** How many entries the log has. */
export const auditSize = async (db: Db): Promise<number> => (await readHead(db)).tree.size;

/** How many of them are of exactly this kind. */
export async function countAuditEntries(db: Db, kind: AuditKind): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM audit_entries WHERE kind = ${kind}`.execute(db);
  return rows[0]?.count ?? 0;
}
