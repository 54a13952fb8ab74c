import { sql } from 'kysely';
import { type EpochMs, epochMs } from '#core-values';
import type { Db } from '#platform';
import { SEVERITIES, type Severity } from './core/index.ts';

/** How many findings there are of each severity, since a time or ever, those with none included. */
export async function countTrailFindings(
  db: Db,
  since: EpochMs = epochMs(0),
): Promise<ReadonlyMap<Severity, number>> {
  const { rows } = await sql<{ severity: Severity; count: number }>`
    SELECT severity, count(*)::int AS count FROM trail_findings WHERE found_at >= ${new Date(since)}
    GROUP BY severity`.execute(db);
  const counts = new Map(rows.map(({ severity, count }) => [severity, count]));
  return new Map(SEVERITIES.map((severity) => [severity, counts.get(severity) ?? 0]));
}

/** Up to when everything that was delivered has been read; `undefined` before the first complete run. */
export async function trailReadUntil(db: Db): Promise<EpochMs | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    SELECT max(started_at) AS at FROM trail_runs WHERE complete`.execute(db);
  const at = rows[0]?.at;
  return at === null || at === undefined ? undefined : epochMs(at.getTime());
}
