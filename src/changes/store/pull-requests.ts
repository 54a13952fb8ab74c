import { type Kysely, sql } from 'kysely';
import type { PlanRecord } from '../core/plan-record.ts';
import { PLAN_COLUMNS, planOfRow, type StoredPlan, type StoredPlanRow } from './plans.ts';
import type { ChangesTables } from './tables.ts';

type Meaning = Pick<PlanRecord, 'stack' | 'fingerprint' | 'job'>;

/** Pull requests for which this meaning was planned on this stack, the latest first. */
export async function pullRequestsOfMeaning(
  db: Kysely<object>,
  { stack, fingerprint, job: { issuer, repositoryId } }: Meaning,
  most: number,
): Promise<readonly number[]> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('plans')
    .select('pull_request')
    .where('stack', '=', stack)
    .where('fingerprint', '=', fingerprint)
    .where('issuer', '=', issuer)
    .where('repository_id', '=', repositoryId)
    .where('pull_request', 'is not', null)
    .groupBy('pull_request')
    .orderBy(({ fn }) => fn.max('id'), 'desc')
    .limit(most)
    .execute();
  return rows.map(({ pull_request }) => Number(pull_request));
}

/** A plan with its sealed record, to be compared before anything rests on it. */
export interface SealedPlan {
  readonly plan: StoredPlan;
  readonly recordSealed: Uint8Array;
}

/** The latest plans of a stack for one pull request, whatever became of them, the latest first. */
export async function sealedPlansFor(
  db: Kysely<object>,
  { stack, job: { issuer, repositoryId } }: Pick<PlanRecord, 'stack' | 'job'>,
  pullRequest: number,
  most: number,
): Promise<readonly SealedPlan[]> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('plans')
    .select([...PLAN_COLUMNS, 'record_sealed'])
    .where('stack', '=', stack)
    .where('issuer', '=', issuer)
    .where('repository_id', '=', repositoryId)
    .where('pull_request', '=', pullRequest)
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.map((row) => ({ plan: planOfRow(row), recordSealed: row.record_sealed }));
}

/** Every plan that was made for a pull request, on whichever stack, the latest first. */
export async function plansOfPullRequest(
  db: Kysely<object>,
  {
    issuer,
    repositoryId,
    pullRequest,
  }: { readonly issuer: string; readonly repositoryId: string; readonly pullRequest: number },
  most = 1_000,
): Promise<readonly StoredPlan[]> {
  const { rows } = await sql<StoredPlanRow>`
    SELECT ${sql.join(PLAN_COLUMNS.map((column) => sql.ref(column)))} FROM plans
    WHERE issuer = ${issuer} AND repository_id = ${repositoryId} AND pull_request = ${pullRequest}
    ORDER BY id DESC LIMIT ${most}`.execute(db);
  return rows.map(planOfRow);
}

/** Plans that something may still be decided about and that mean, on their stack, what was planned for the pull request. */
export async function openPlansThatMean(
  db: Kysely<object>,
  {
    issuer,
    repositoryId,
    pullRequest,
  }: { readonly issuer: string; readonly repositoryId: string; readonly pullRequest: number },
): Promise<readonly StoredPlan[]> {
  const { rows } = await sql<StoredPlanRow>`
    SELECT ${sql.join(PLAN_COLUMNS.map((column) => sql.ref(column)))} FROM plans
    WHERE issuer = ${issuer} AND repository_id = ${repositoryId} AND state IN ('reviewed', 'awaiting-approval', 'approved')
      AND (stack, fingerprint) IN (
        SELECT stack, fingerprint FROM plans
        WHERE issuer = ${issuer} AND repository_id = ${repositoryId} AND pull_request = ${pullRequest})
    ORDER BY id`.execute(db);
  return rows.map(planOfRow);
}
