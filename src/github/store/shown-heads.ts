import type { Db } from '#platform';
import type { RepositoryAt } from '../api/port.ts';
import type { GitHubTables } from './tables.ts';

export interface ShownHead {
  readonly head: string;
  readonly shownAt: Date;
}

/** Which commit our comment on a pull request shows, and since when. */
export async function shownHead(db: Db, at: RepositoryAt, number: string): Promise<ShownHead | undefined> {
  const row = await db
    .withTables<GitHubTables>()
    .selectFrom('github_shown_heads')
    .select(['head', 'shown_at'])
    .where('host', '=', at.host)
    .where('repository_id', '=', at.id)
    .where('number', '=', number)
    .executeTakeFirst();
  return row === undefined ? undefined : { head: row.head, shownAt: row.shown_at };
}

/** The time is kept as long as the commit stays the same. */
export async function keepShownHead(
  db: Db,
  at: RepositoryAt,
  number: string,
  { head, shownAt }: ShownHead,
): Promise<void> {
  await db
    .withTables<GitHubTables>()
    .insertInto('github_shown_heads')
    .values({ host: at.host, repository_id: at.id, number, head, shown_at: shownAt })
    .onConflict((conflict) =>
      conflict
        .columns(['host', 'repository_id', 'number'])
        .doUpdateSet({ head, shown_at: shownAt })
        .where('github_shown_heads.head', '!=', head),
    )
    .execute();
}
