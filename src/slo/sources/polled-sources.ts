import { sql } from 'kysely';
import type { EpochMs, Problem } from '#core-values';
import type { Db } from '#platform';

/** When a system was asked last, and why it could not tell all. */
export async function keepPolled(
  db: Db,
  {
    name,
    at,
    problem,
  }: { readonly name: string; readonly at: EpochMs; readonly problem: Problem | undefined },
): Promise<void> {
  await sql`
    INSERT INTO slo_sources (name, read_at, problem)
    VALUES (${name}, ${new Date(at)}, ${problem === undefined ? null : JSON.stringify(problem)}::jsonb)
    ON CONFLICT (name) DO UPDATE SET read_at = excluded.read_at, problem = excluded.problem`.execute(db);
}
