import type { ExternalId } from '#accounts/core';
import type { EpochMs } from '#core-values';
import type { Db } from '#platform';
import type { RepositoryAt } from '../api/port.ts';
import type { GitHubTables } from './tables.ts';

/** Through which App and installation a repository was last reached. */
export interface Found {
  readonly app: string;
  readonly installationId: number;
}

export async function whereFound(db: Db, { host, id }: RepositoryAt): Promise<Found | undefined> {
  const row = await db
    .withTables<GitHubTables>()
    .selectFrom('github_repositories')
    .select(['app', 'installation_id as installationId'])
    .where('host', '=', host)
    .where('id', '=', id)
    .executeTakeFirst();
  return row;
}

/** Keeps what an installation listed. */
export async function keepFound(
  db: Db,
  host: string,
  { app, installationId }: Found,
  { ids, at }: { readonly ids: readonly ExternalId[]; readonly at: EpochMs },
): Promise<void> {
  if (ids.length === 0) return;
  const row = { host, app, installation_id: installationId, found_at: new Date(at) };
  await db
    .withTables<GitHubTables>()
    .insertInto('github_repositories')
    .values([...new Set(ids)].toSorted().map((id) => ({ ...row, id })))
    .onConflict((conflict) =>
      conflict.columns(['host', 'id']).doUpdateSet(({ ref }) => ({
        app: ref('excluded.app'),
        installation_id: ref('excluded.installation_id'),
        found_at: ref('excluded.found_at'),
      })),
    )
    .execute();
}

export async function forgetFound(db: Db, { host, id }: RepositoryAt): Promise<void> {
  await db
    .withTables<GitHubTables>()
    .deleteFrom('github_repositories')
    .where('host', '=', host)
    .where('id', '=', id)
    .execute();
}
