import type { EpochMs } from '#core-values';
import type { Db } from '#platform';
import type { RepositoryAt } from '../api/port.ts';
import type { GitHubTables } from './tables.ts';

/** What our App started a run for. */
export interface DispatchedRun {
  readonly pullRequest: number;
  /** Which commit the workflow was told to check out. */
  readonly commit: string;
}

export async function keepDispatchedRun(
  db: Db,
  at: RepositoryAt,
  runId: string,
  { pullRequest, commit }: DispatchedRun,
  now: EpochMs,
): Promise<void> {
  await db
    .withTables<GitHubTables>()
    .insertInto('github_dispatched_runs')
    .values({
      ...{ host: at.host, repository_id: at.id, run_id: runId, number: String(pullRequest) },
      ...{ commit_sha: commit, dispatched_at: new Date(now) },
    })
    .execute();
}

export async function dispatchedRun(
  db: Db,
  at: RepositoryAt,
  runId: string,
): Promise<DispatchedRun | undefined> {
  const row = await db
    .withTables<GitHubTables>()
    .selectFrom('github_dispatched_runs')
    .select(['number', 'commit_sha'])
    .where('host', '=', at.host)
    .where('repository_id', '=', at.id)
    .where('run_id', '=', runId)
    .executeTakeFirst();
  return row === undefined ? undefined : { pullRequest: Number(row.number), commit: row.commit_sha };
}

export async function pruneDispatchedRuns(db: Db, before: EpochMs): Promise<void> {
  await db
    .withTables<GitHubTables>()
    .deleteFrom('github_dispatched_runs')
    .where('dispatched_at', '<', new Date(before))
    .execute();
}
