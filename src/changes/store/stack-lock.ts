import { sql, type Transaction } from 'kysely';
import type { StackName } from '#core-values';

/**
 * Holds a stack until the transaction ends: what decides about a stack happens one after the other. Taken first, before any row.
 */
export async function lockStack(tx: Transaction<object>, stack: StackName): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`sekisho:stack:${stack}`}, 0))`.execute(tx);
}
