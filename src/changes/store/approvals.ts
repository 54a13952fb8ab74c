import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import {
  type EpochMs,
  epochMs,
  type Fingerprint,
  type GrantId,
  type PersonName,
  type StackName,
} from '#core-values';
import { AND_GO_ON } from '#platform';
import { releaseRepair } from '../repairs/store.ts';
import { releaseLockOf } from './stack-locks.ts';
import type { ApprovalRow, ChangesTables } from './tables.ts';
import { releaseReviews } from './used-reviews.ts';

const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');

/** A signed statement as it was given; believed only after its signature has been verified again. */
export interface StoredApproval {
  readonly id: string;
  readonly approver: PersonName;
  readonly decision: ApprovalRow['decision'];
  readonly statement: string;
  readonly signature: string;
  readonly givenAt: EpochMs;
}

export interface NewApproval extends StoredApproval {
  readonly stack: StackName;
  readonly fingerprint: Fingerprint;
}

/** Stores a statement and withdraws what the same person said before about the same meaning. */
export async function insertApproval(tx: Transaction<object>, approval: NewApproval): Promise<void> {
  const tables = tx.withTables<ChangesTables>();
  await tables
    .updateTable('approvals')
    .set({ withdrawn_at: new Date(approval.givenAt) })
    .where('stack', '=', approval.stack)
    .where('fingerprint', '=', approval.fingerprint)
    .where('approver', '=', approval.approver)
    .where('withdrawn_at', 'is', null)
    .where('consumed_by', 'is', null)
    .execute();
  await tables
    .insertInto('approvals')
    .values({
      id: approval.id,
      stack: approval.stack,
      fingerprint: approval.fingerprint,
      approver: approval.approver,
      decision: approval.decision,
      statement: approval.statement,
      statement_sha256: sha256(approval.statement),
      signature: approval.signature,
      given_at: new Date(approval.givenAt),
      withdrawn_at: null,
      consumed_by: null,
    })
    .execute();
}

/** Whether this very statement was given before, in whatever became of it. */
export async function statementWasGiven(db: Kysely<object>, statement: string): Promise<boolean> {
  const row = await db
    .withTables<ChangesTables>()
    .selectFrom('approvals')
    .select('id')
    .where('statement_sha256', '=', sha256(statement))
    .executeTakeFirst();
  return row !== undefined;
}

/** Statements in force about one meaning on one stack, oldest first. */
export async function approvalsInForce(
  db: Kysely<object>,
  stack: StackName,
  fingerprint: Fingerprint,
): Promise<readonly StoredApproval[]> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('approvals')
    .select(['id', 'approver', 'decision', 'statement', 'signature', 'given_at'])
    .where('stack', '=', stack)
    .where('fingerprint', '=', fingerprint)
    .where('withdrawn_at', 'is', null)
    .where('consumed_by', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(approvalOfRow);
}

export type ApprovalInForceRow = Pick<
  ApprovalRow,
  'id' | 'approver' | 'decision' | 'statement' | 'signature' | 'given_at'
>;

export const approvalOfRow = (row: ApprovalInForceRow): StoredApproval => ({
  id: row.id,
  approver: row.approver as PersonName,
  decision: row.decision,
  statement: row.statement,
  signature: row.signature,
  givenAt: epochMs(row.given_at.getTime()),
});

/** What one grant uses up. */
export interface Consumption {
  readonly stack: StackName;
  readonly fingerprint: Fingerprint;
  readonly grant: GrantId;
}

/**
 * One approval serves one grant. OFFSET makes PostgreSQL look each meaning up by the index: it believes, until it has statistics, that
 * hardly any approval is in force, and would compare each that is with each meaning.
 */
export async function consumeApprovals(tx: Transaction<object>, by: readonly Consumption[]): Promise<void> {
  await sql`
    UPDATE approvals SET consumed_by = used.grant_id
    FROM (
      SELECT given.id, asked.grant_id
      FROM unnest(${by.map(({ stack }) => stack)}::text[], ${by.map(({ fingerprint }) => fingerprint)}::text[],
        ${by.map(({ grant }) => grant)}::text[]) AS asked (stack, fingerprint, grant_id)
      CROSS JOIN LATERAL (
        SELECT id FROM approvals WHERE approvals.stack = asked.stack AND approvals.fingerprint = asked.fingerprint
          AND withdrawn_at IS NULL AND consumed_by IS NULL OFFSET 0
      ) AS given
    ) AS used
    WHERE approvals.id = used.id AND approvals.consumed_by IS NULL ${sql.raw(AND_GO_ON)}`.execute(tx);
}

/**
 * Gives back what a grant used and took that came to nothing: reviews, a repair, the stack's lock, and approvals, except those of people who have
 * said something new since.
 */
export async function releaseApprovals(tx: Transaction<object>, grant: GrantId): Promise<void> {
  await releaseReviews(tx, grant);
  await releaseRepair(tx, grant);
  await releaseLockOf(tx, grant);
  const tables = tx.withTables<ChangesTables>();
  await tables
    .updateTable('approvals as mine')
    .set({ consumed_by: null })
    .where('mine.consumed_by', '=', grant)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('approvals as later')
            .select('later.id')
            .whereRef('later.stack', '=', 'mine.stack')
            .whereRef('later.fingerprint', '=', 'mine.fingerprint')
            .whereRef('later.approver', '=', 'mine.approver')
            .where('later.consumed_by', 'is', null)
            .where('later.withdrawn_at', 'is', null),
        ),
      ),
    )
    .execute();
}
