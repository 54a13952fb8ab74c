import type { Kysely, Transaction } from 'kysely';
import { type EpochMs, epochMs, type GrantId, type StackName } from '#core-values';
import type { ChangesTables, StackLockRow } from './tables.ts';

/** Which pull request holds a stack: it was applied before its merge, and is neither merged nor closed. */
export interface StackLock {
  readonly stack: StackName;
  /** Name of the issuer. */
  readonly issuer: string;
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly pullRequest: number;
  readonly since: EpochMs;
  /** Whose run applied it first, for people. */
  readonly byWhom: string;
  /** The grant with which it was taken. */
  readonly grant: GrantId;
}

export const lockOfRow = (row: StackLockRow): StackLock => ({
  stack: row.stack as StackName,
  issuer: row.issuer,
  repositoryId: row.repository_id,
  repositoryName: row.repository_name,
  pullRequest: Number(row.pull_request),
  since: epochMs(row.since.getTime()),
  byWhom: row.by_whom,
  grant: row.grant_id as GrantId,
});

export async function stackLockOf(db: Kysely<object>, stack: StackName): Promise<StackLock | undefined> {
  const row = await db
    .withTables<ChangesTables>()
    .selectFrom('stack_locks')
    .selectAll()
    .where('stack', '=', stack)
    .executeTakeFirst();
  return row === undefined ? undefined : lockOfRow(row);
}

/** The locks that a pull request holds, by stack. */
export async function locksOf(
  db: Kysely<object>,
  { issuer, repositoryId, pullRequest }: Pick<StackLock, 'issuer' | 'repositoryId' | 'pullRequest'>,
): Promise<readonly StackLock[]> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('stack_locks')
    .selectAll()
    .where('issuer', '=', issuer)
    .where('repository_id', '=', repositoryId)
    .where('pull_request', '=', pullRequest)
    .orderBy('stack')
    .execute();
  return rows.map(lockOfRow);
}

/** Takes a free stack. One that is held is an error of the database, whoever asks. */
export async function insertStackLock(tx: Transaction<object>, lock: StackLock): Promise<void> {
  await tx
    .withTables<ChangesTables>()
    .insertInto('stack_locks')
    .values({
      stack: lock.stack,
      issuer: lock.issuer,
      repository_id: lock.repositoryId,
      repository_name: lock.repositoryName,
      pull_request: lock.pullRequest,
      since: new Date(lock.since),
      by_whom: lock.byWhom,
      grant_id: lock.grant,
    })
    .execute();
}

export async function deleteStackLock(tx: Transaction<object>, stack: StackName): Promise<void> {
  await tx.withTables<ChangesTables>().deleteFrom('stack_locks').where('stack', '=', stack).execute();
}

/** Gives a stack back that a grant took and that came to nothing. */
export async function releaseLockOf(tx: Transaction<object>, grant: GrantId): Promise<void> {
  await tx.withTables<ChangesTables>().deleteFrom('stack_locks').where('grant_id', '=', grant).execute();
}
