import type { Kysely } from 'kysely';
import type { StackName } from '#core-values';
import type { JobFacts } from '../core/plan-record.ts';
import type { ChangesTables } from './tables.ts';

export interface CountedRun {
  readonly runNumber: number;
  readonly runAttempt: number;
}

/** The newest run of the job's own series that planned this stack on this ref and for this pull request, whatever became of its plan. */
export async function newestRun(
  db: Kysely<object>,
  stack: StackName,
  job: Pick<JobFacts, 'issuer' | 'repositoryId' | 'ref' | 'runSeries' | 'pullRequest'>,
): Promise<CountedRun | undefined> {
  if (job.runSeries === undefined) return undefined;
  const row = await db
    .withTables<ChangesTables>()
    .selectFrom('plans')
    .select(['run_number', 'run_attempt'])
    .where('stack', '=', stack)
    .where('issuer', '=', job.issuer)
    .where('repository_id', '=', job.repositoryId)
    .where('ref', '=', job.ref)
    .where('run_series', '=', job.runSeries)
    .where('pull_request', job.pullRequest === undefined ? 'is' : '=', job.pullRequest ?? null)
    .orderBy('run_number', 'desc')
    .orderBy('run_attempt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : { runNumber: Number(row.run_number), runAttempt: Number(row.run_attempt) };
}
