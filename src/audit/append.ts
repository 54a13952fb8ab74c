import { sql } from 'kysely';
import { type AuditEntryId, formatTime } from '#core-values';
import { AND_COMMIT, type Tx } from '#platform';
import { type AuditEntry, auditEntryId, leafHalves } from './core/index.ts';

/**
 * Writes one entry in the transaction of what it records, and answers its position in the log.
 *
 * Call it last: it locks the log's head row until the transaction ends, and every other writer waits there.
 * Lock order for the whole product: a room's own rows first, the audit head after them, nothing after that.
 * Under READ COMMITTED it waits for its turn; stricter isolation levels answer with a serialization failure.
 */
export const appendAudit = (tx: Tx, entry: AuditEntry): Promise<AuditEntryId> => append(tx, entry, '');

/**
 * The same, and commits the transaction with it: nothing can follow, and nothing can undo it. On paths that many take
 * at once: the head row is then locked for the time of a commit, and not for that of two turns of this process.
 */
export const appendAuditAndCommit = (tx: Tx, entry: AuditEntry): Promise<AuditEntryId> =>
  append(tx, entry, AND_COMMIT);

/** Entries in this order, as `appendAuditAndCommit`; answers their positions in the same order. */
export async function appendAllAndCommit(
  tx: Tx,
  entries: readonly AuditEntry[],
): Promise<readonly AuditEntryId[]> {
  const halves = entries.map((entry) => leafHalves(entry, formatTime(entry.at)));
  const [befores, afters] = [halves.map(({ before }) => before), halves.map(({ after }) => after)];
  // A function in FROM gives its rows in their order, and each is appended when it is read.
  const { rows } = await sql<{ position: number }>`
    SELECT audit_append(halves.before, halves.after) AS position
    FROM unnest(${befores}::text[], ${afters}::text[]) AS halves (before, after) ${sql.raw(AND_COMMIT)}`.execute(
    tx,
  );
  return rows.map(({ position }) => auditEntryId(position));
}

async function append(tx: Tx, entry: AuditEntry, ending: string): Promise<AuditEntryId> {
  const { before, after } = leafHalves(entry, formatTime(entry.at));
  const answer = await sql<{
    position: number;
  }>`SELECT audit_append(${before}, ${after}) AS position ${sql.raw(ending)}`.execute(tx);
  const [row] = answer.rows;
  if (row === undefined) throw new Error('audit_append answered no position.');
  return auditEntryId(row.position);
}
