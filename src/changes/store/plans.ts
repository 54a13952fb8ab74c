import { type Kysely, sql, type Transaction } from 'kysely';
import {
  type AccountId,
  type Environment,
  type EpochMs,
  epochMs,
  type Fingerprint,
  type PersonName,
  type PlanDigest,
  type PlanId,
  type StackName,
} from '#core-values';
import type { PlanEvent, PlanState } from '../core/life.ts';
import type { Author, PlanRecord } from '../core/plan-record.ts';
import type { PlanFacts } from '../core/policy-facts.ts';
import type { ChangesTables } from './tables.ts';

type Reader = Kysely<object>;
type Writer = Transaction<object>;

/** Of a plan as `planOfRow` reads it. */
export const PLAN_COLUMNS = [
  'id',
  'stack',
  'account_id',
  'environment',
  'digest',
  'fingerprint',
  'lineage',
  'serial',
  'issuer',
  'repository_id',
  'repository_name',
  'ref',
  'commit_sha',
  'event',
  'run_id',
  'run_number',
  'run_attempt',
  'author_id',
  'author_name',
  'author_person',
  'state',
  'facts',
  'uploaded_at',
  'expires_at',
  'run_series',
  'planned_at',
  'pull_request',
  'head_commit',
] as const satisfies readonly (keyof ChangesTables['plans'])[];

/** A plan with what the policy is asked about; without its review and file, which are large. */
export interface StoredPlan extends PlanRecord {
  readonly facts: PlanFacts;
}

export type StoredPlanRow = Pick<ChangesTables['plans'], Exclude<(typeof PLAN_COLUMNS)[number], 'facts'>> & {
  facts: PlanFacts;
};

/** Names and ids were parsed before they were stored, and the database checks their form. */
export const planOfRow = (row: StoredPlanRow): StoredPlan => ({
  id: row.id as PlanId,
  stack: row.stack as StackName,
  account: row.account_id as AccountId,
  environment: row.environment as Environment,
  digest: row.digest as PlanDigest,
  fingerprint: row.fingerprint as Fingerprint,
  lineage: row.lineage,
  serial: Number(row.serial),
  job: {
    issuer: row.issuer,
    repositoryId: row.repository_id,
    repositoryName: row.repository_name,
    ref: row.ref,
    commit: row.commit_sha,
    event: row.event,
    runId: row.run_id,
    runNumber: Number(row.run_number),
    ...(row.run_series === null ? {} : { runSeries: row.run_series }),
    runAttempt: Number(row.run_attempt),
    ...(row.pull_request === null ? {} : { pullRequest: Number(row.pull_request) }),
    ...(row.head_commit === null ? {} : { headCommit: row.head_commit }),
  },
  author: authorOfRow(row),
  state: row.state,
  uploadedAt: epochMs(row.uploaded_at.getTime()),
  ...(row.planned_at === null ? {} : { plannedAt: epochMs(row.planned_at.getTime()) }),
  expiresAt: epochMs(row.expires_at.getTime()),
  facts: row.facts,
});

type AuthorRow = Pick<StoredPlanRow, 'author_id' | 'author_name' | 'author_person'>;

export const authorOfRow = ({ author_id, author_name, author_person }: AuthorRow): Author => ({
  id: author_id,
  name: author_name,
  ...(author_person === null ? {} : { person: author_person as PersonName }),
});

const plans = (db: Reader) => db.withTables<ChangesTables>().selectFrom('plans').select(PLAN_COLUMNS);

export interface NewPlan extends StoredPlan {
  readonly reviewGzip: Uint8Array;
  readonly recordSealed: Uint8Array;
  readonly fileSealed: Uint8Array;
}

export async function insertPlan(tx: Writer, plan: NewPlan): Promise<void> {
  await tx
    .withTables<ChangesTables>()
    .insertInto('plans')
    .values({
      id: plan.id,
      stack: plan.stack,
      account_id: plan.account,
      environment: plan.environment,
      digest: plan.digest,
      fingerprint: plan.fingerprint,
      lineage: plan.lineage,
      serial: plan.serial,
      issuer: plan.job.issuer,
      repository_id: plan.job.repositoryId,
      repository_name: plan.job.repositoryName,
      ref: plan.job.ref,
      commit_sha: plan.job.commit,
      event: plan.job.event,
      run_id: plan.job.runId,
      run_number: plan.job.runNumber,
      run_attempt: plan.job.runAttempt,
      author_id: plan.author.id,
      author_name: plan.author.name,
      author_person: plan.author.person ?? null,
      state: plan.state,
      review_gzip: plan.reviewGzip,
      facts: JSON.stringify(plan.facts),
      record_sealed: plan.recordSealed,
      file_sealed: plan.fileSealed,
      uploaded_at: new Date(plan.uploadedAt),
      expires_at: new Date(plan.expiresAt),
      run_series: plan.job.runSeries ?? null,
      planned_at: plan.plannedAt === undefined ? null : new Date(plan.plannedAt),
      pull_request: plan.job.pullRequest ?? null,
      head_commit: plan.job.headCommit ?? null,
    })
    .execute();
}

export async function findPlan(db: Reader, id: PlanId): Promise<StoredPlan | undefined> {
  const row = await plans(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : planOfRow(row);
}

/** Holds the plan's row until the transaction ends: deciding and changing its state must not interleave. */
export async function lockPlan(tx: Writer, id: PlanId): Promise<StoredPlan | undefined> {
  const row = await plans(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row === undefined ? undefined : planOfRow(row);
}

export async function findPlanOfJob(
  db: Reader,
  stack: StackName,
  digest: PlanDigest,
  job: PlanRecord['job'],
): Promise<StoredPlan | undefined> {
  const row = await plans(db)
    .where('stack', '=', stack)
    .where('digest', '=', digest)
    .where('issuer', '=', job.issuer)
    .where('run_id', '=', job.runId)
    .where('run_attempt', '=', job.runAttempt)
    .executeTakeFirst();
  return row === undefined ? undefined : planOfRow(row);
}

export interface PlanFilter {
  readonly stack?: StackName;
  readonly states?: readonly PlanState[];
  readonly issuer?: string;
  readonly repositoryId?: string;
  readonly pullRequest?: number;
  readonly commit?: string;
  readonly accounts?: readonly AccountId[];
  readonly environment?: Environment;
  /** A person of sekisho.yaml, or a login. */
  readonly author?: string;
  /** In names of stack, repository, ref and author, or the beginning of a commit or id; upper and lower case alike. */
  readonly text?: string;
  /** Only plans older than this one: the last of the page before. */
  readonly before?: PlanId;
  readonly limit: number;
}

/** Newest first; ids are UUIDv7, so their order is the order of upload. */
export async function listPlans(db: Reader, filter: PlanFilter): Promise<readonly StoredPlan[]> {
  let query = plans(db).orderBy('id', 'desc').limit(filter.limit);
  if (filter.stack !== undefined) query = query.where('stack', '=', filter.stack);
  if (filter.states !== undefined) query = query.where('state', 'in', filter.states);
  if (filter.repositoryId !== undefined) query = query.where('repository_id', '=', filter.repositoryId);
  if (filter.issuer !== undefined) query = query.where('issuer', '=', filter.issuer);
  if (filter.pullRequest !== undefined) query = query.where('pull_request', '=', filter.pullRequest);
  if (filter.commit !== undefined) query = query.where('commit_sha', '=', filter.commit);
  if (filter.accounts !== undefined) query = query.where('account_id', 'in', filter.accounts);
  if (filter.environment !== undefined) query = query.where('environment', '=', filter.environment);
  if (filter.author !== undefined) {
    const { author } = filter;
    // A login is anybody's choice: it speaks for itself only where nobody of the configuration is behind it.
    query = query.where(({ eb, or, and }) =>
      or([
        eb('author_person', '=', author),
        and([eb('author_person', 'is', null), eb('author_name', '=', author)]),
      ]),
    );
  }
  if (filter.text !== undefined) query = query.where(holds(filter.text));
  if (filter.before !== undefined) query = query.where('id', '<', filter.before);
  return (await query.execute()).map(planOfRow);
}

function holds(words: string) {
  const literal = words.replace(/[\\%_]/g, '\\$&');
  return sql<boolean>`(stack ILIKE ${`%${literal}%`} OR repository_name ILIKE ${`%${literal}%`} OR ref ILIKE ${`%${literal}%`}
    OR author_name ILIKE ${`%${literal}%`} OR author_person ILIKE ${`%${literal}%`}
    OR commit_sha LIKE ${`${literal.toLowerCase()}%`} OR head_commit LIKE ${`${literal.toLowerCase()}%`} OR id = ${words})`;
}

/** For each of these stacks the newest plan of one commit, where there is one. */
export async function newestPlansOfCommit(
  db: Reader,
  stacks: readonly StackName[],
  { issuer, repositoryId, commit }: Pick<PlanRecord['job'], 'issuer' | 'repositoryId' | 'commit'>,
): Promise<readonly StoredPlan[]> {
  const rows = await plans(db)
    .distinctOn('stack')
    .where('stack', 'in', stacks)
    .where('issuer', '=', issuer)
    .where('repository_id', '=', repositoryId)
    .where('commit_sha', '=', commit)
    .orderBy('stack')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(planOfRow);
}

const OPEN_STATES: readonly PlanState[] = ['planned', 'reviewed', 'awaiting-approval', 'approved'];

/**
 * Plans of the same stack that a newer plan replaces: those of the same pull request, and without one those of the same ref; locked, as
 * the caller will change them. Manual runs for several pull requests share a ref, and leave each other's plans alone.
 */
export async function lockOpenPlans(
  tx: Writer,
  { stack, job: { issuer, repositoryId, pullRequest, ref } }: Pick<PlanRecord, 'stack' | 'job'>,
): Promise<readonly StoredPlan[]> {
  const open = plans(tx).where('stack', '=', stack).where('state', 'in', OPEN_STATES);
  const query =
    pullRequest === undefined
      ? open.where('ref', '=', ref).where('pull_request', 'is', null)
      : open
          .where('issuer', '=', issuer)
          .where('repository_id', '=', repositoryId)
          .where('pull_request', '=', pullRequest);
  return (await query.orderBy('id').forUpdate().execute()).map(planOfRow);
}

/** Whose work a plan is, and by what event it came. */
export interface PlannedBy {
  readonly id: PlanId;
  readonly event: string;
  readonly author: Author;
}

/** Plans of one stack and repository that mean the same, in whatever became of them, oldest first. */
export async function plansOfMeaning(
  db: Reader,
  { stack, fingerprint, job }: Pick<PlanRecord, 'stack' | 'fingerprint' | 'job'>,
  since: Date,
): Promise<readonly PlannedBy[]> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('plans')
    .select(['id', 'event', 'author_id', 'author_name', 'author_person'])
    .where('stack', '=', stack)
    .where('fingerprint', '=', fingerprint)
    .where('issuer', '=', job.issuer)
    .where('repository_id', '=', job.repositoryId)
    .where('uploaded_at', '>=', since)
    .orderBy('id')
    .limit(PLANS_OF_ONE_MEANING)
    .execute();
  return rows.map((row) => ({ id: row.id as PlanId, event: row.event, author: authorOfRow(row) }));
}

/** Far more than a change is ever planned again. */
export const PLANS_OF_ONE_MEANING = 500;

/** Literals, so that PostgreSQL sees that the index of these states is enough. */
const IN_FLIGHT = [sql.lit('granted' as const), sql.lit('applying' as const)] as const;

/** Those of these stacks for which credentials may be out. */
export async function stacksInFlight(
  db: Reader,
  stacks: readonly StackName[],
): Promise<readonly StackName[]> {
  const rows = await plans(db)
    .where('stack', 'in', stacks)
    .where('state', 'in', IN_FLIGHT)
    .orderBy('stack')
    .execute();
  return rows.map((row) => planOfRow(row).stack);
}

/** The plan of this stack whose credentials may be out. */
export async function findInFlight(db: Reader, stack: StackName): Promise<PlanId | undefined> {
  const row = await db
    .withTables<ChangesTables>()
    .selectFrom('plans')
    .select('id')
    .where('stack', '=', stack)
    .where('state', 'in', IN_FLIGHT)
    .executeTakeFirst();
  return row === undefined ? undefined : (row.id as PlanId);
}

/** What tells that a job had a plan's file and credentials in hand, and may have changed something until then. */
const APPLY_EVENTS: readonly PlanEvent['kind'][] = [
  'file-fetched',
  'apply-succeeded',
  'apply-failed',
  'grant-ended',
];

/** Which of these stacks may have been changed after a time, whether or not a job reported what came of it. */
export async function stacksAppliedSince(
  db: Reader,
  stacks: readonly StackName[],
  since: EpochMs,
): Promise<readonly StackName[]> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('plan_history')
    .innerJoin('plans', 'plans.id', 'plan_history.plan_id')
    .select('plans.stack')
    .distinct()
    .where('plans.stack', 'in', stacks)
    .where('plan_history.event', 'in', APPLY_EVENTS)
    .where('plan_history.at', '>=', new Date(since))
    .orderBy('plans.stack')
    .execute();
  return rows.map(({ stack }) => stack as StackName);
}

/** Plans past their end that something should still happen to; locked, and skipping what others hold. */
export async function lockExpired(tx: Writer, now: EpochMs, limit: number): Promise<readonly StoredPlan[]> {
  const rows = await plans(tx)
    .where('state', 'in', OPEN_STATES)
    .where('expires_at', '<=', new Date(now))
    .orderBy('expires_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(planOfRow);
}

/** One of the large columns, read only where it is needed; `undefined` for a file that is gone. */
const largeColumn =
  (column: 'review_gzip' | 'record_sealed' | 'file_sealed') =>
  async (db: Reader, id: PlanId): Promise<Uint8Array | undefined> => {
    const row = await db
      .withTables<ChangesTables>()
      .selectFrom('plans')
      .select(column)
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.[column] ?? undefined;
  };

export const reviewOf = largeColumn('review_gzip');
export const sealedRecordOf = largeColumn('record_sealed');
export const sealedFileOf = largeColumn('file_sealed');
