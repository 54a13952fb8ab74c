import { sql, type Transaction } from 'kysely';
import type { StackName } from '#core-values';
import { AND_GO_ON } from '#platform';

/**
 * Holds a stack until the transaction ends: what decides about a stack happens one after the other. Taken first, before any row;
 * the next statement waits for it.
 */
export async function lockStack(tx: Transaction<object>, stack: StackName): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`sekisho:stack:${stack}`}, 0)) ${sql.raw(AND_GO_ON)}`.execute(
    tx,
  );
}

/** The same for several at once, but waits for none: answers those it holds. */
export async function lockFreeStacks(
  tx: Transaction<object>,
  stacks: readonly StackName[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ readonly stack: string }>`
    SELECT stack FROM unnest(${stacks}::text[]) AS stack
    WHERE pg_try_advisory_xact_lock(hashtextextended('sekisho:stack:' || stack, 0))`.execute(tx);
  return new Set(rows.map(({ stack }) => stack));
}
