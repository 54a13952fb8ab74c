import { sql } from 'kysely';
import type { Db } from '#platform';
import { GRANT_STATUSES, type GrantStatus } from './core/grant.ts';
import { PURPOSES, type Purpose } from './core/workload-identity.ts';

export interface GrantCount {
  readonly purpose: Purpose;
  readonly status: GrantStatus;
  readonly count: number;
}

/** How many grants there are of each purpose and status, those with none included; grants are kept for ever. */
export async function countGrants(db: Db): Promise<readonly GrantCount[]> {
  const { rows } = await sql<GrantCount>`
    SELECT purpose, status, count(*)::int AS count FROM grants GROUP BY purpose, status`.execute(db);
  const found = new Map(rows.map(({ purpose, status, count }) => [`${purpose} ${status}`, count]));
  return PURPOSES.flatMap((purpose) =>
    GRANT_STATUSES.map((status) => ({ purpose, status, count: found.get(`${purpose} ${status}`) ?? 0 })),
  );
}
