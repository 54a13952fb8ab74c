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
import type { Consumption } from '../store/approvals.ts';
import type { ChangesTables, RepairRow } from '../store/tables.ts';
import type { Signed } from '../verify-stored.ts';

const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');

/** A statement as it was given; believed only after its signature has been verified again. */
export interface SignedWord extends Signed {
  readonly by: PersonName;
  readonly at: EpochMs;
}

/** A plan's mark as a repair in force, and whoever agreed. */
export interface StoredRepair {
  readonly id: string;
  readonly mark: SignedWord;
  readonly agreement?: SignedWord;
}

export type RepairInForceRow = Pick<
  RepairRow,
  | 'id'
  | 'marked_by'
  | 'mark_statement'
  | 'mark_signature'
  | 'agreed_by'
  | 'agreement_statement'
  | 'agreement_signature'
> & { readonly marked_at: Date | string; readonly agreed_at: Date | string | null };

const COLUMNS = [
  ...(['id', 'marked_by', 'marked_at', 'mark_statement', 'mark_signature'] as const),
  ...(['agreed_by', 'agreed_at', 'agreement_statement', 'agreement_signature'] as const),
] as const;

const wordOf = (
  by: string | null,
  at: Date | string | null,
  statement: string | null,
  signature: string | null,
): SignedWord | undefined =>
  by === null || at === null || statement === null || signature === null
    ? undefined
    : { by: by as PersonName, at: epochMs(new Date(at).getTime()), statement, signature };

export function repairOfRow(row: RepairInForceRow): StoredRepair {
  const mark = wordOf(row.marked_by, row.marked_at, row.mark_statement, row.mark_signature);
  const agreement = wordOf(row.agreed_by, row.agreed_at, row.agreement_statement, row.agreement_signature);
  if (mark === undefined) throw new Error(`Repair ${row.id} has no mark.`);
  return { id: row.id, mark, ...(agreement === undefined ? {} : { agreement }) };
}

/** Everything signed of a repair, for looking up the passkeys behind it. */
export const wordsOfRepair = (repair: StoredRepair | undefined): readonly SignedWord[] =>
  repair === undefined ? [] : [repair.mark, ...(repair.agreement === undefined ? [] : [repair.agreement])];

/** The repair in force of one meaning on one stack. */
export async function repairInForce(
  db: Kysely<object>,
  stack: StackName,
  fingerprint: Fingerprint,
): Promise<StoredRepair | undefined> {
  const row = await db
    .withTables<ChangesTables>()
    .selectFrom('repairs')
    .select(COLUMNS)
    .where('stack', '=', stack)
    .where('fingerprint', '=', fingerprint)
    .where('withdrawn_at', 'is', null)
    .where('consumed_by', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : repairOfRow(row);
}

/** Whether this very statement was given before, in whatever became of it. */
export async function wordWasGiven(db: Kysely<object>, statement: string): Promise<boolean> {
  const digest = sha256(statement);
  const row = await db
    .withTables<ChangesTables>()
    .selectFrom('repairs')
    .select('id')
    .where((eb) => eb.or([eb('mark_sha256', '=', digest), eb('agreement_sha256', '=', digest)]))
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertRepair(
  tx: Transaction<object>,
  { id, stack, fingerprint, mark }: StoredRepair & { stack: StackName; fingerprint: Fingerprint },
): Promise<void> {
  await tx
    .withTables<ChangesTables>()
    .insertInto('repairs')
    .values({
      ...{ id, stack, fingerprint },
      marked_by: mark.by,
      marked_at: new Date(mark.at),
      mark_statement: mark.statement,
      mark_sha256: sha256(mark.statement),
      mark_signature: mark.signature,
      ...{ agreed_by: null, agreed_at: null },
      ...{ agreement_statement: null, agreement_sha256: null, agreement_signature: null },
      ...{ withdrawn_at: null, withdrawn_by: null, consumed_by: null },
    })
    .execute();
}

export async function agreeToRepair(tx: Transaction<object>, id: string, word: SignedWord): Promise<void> {
  await tx
    .withTables<ChangesTables>()
    .updateTable('repairs')
    .set({
      agreed_by: word.by,
      agreed_at: new Date(word.at),
      agreement_statement: word.statement,
      agreement_sha256: sha256(word.statement),
      agreement_signature: word.signature,
    })
    .where('id', '=', id)
    .execute();
}

export async function withdrawRepair(
  tx: Transaction<object>,
  id: string,
  by: PersonName,
  at: EpochMs,
): Promise<void> {
  await tx
    .withTables<ChangesTables>()
    .updateTable('repairs')
    .set({ withdrawn_at: new Date(at), withdrawn_by: by })
    .where('id', '=', id)
    .execute();
}

/** One repair serves one grant. */
export async function consumeRepairs(tx: Transaction<object>, by: readonly Consumption[]): Promise<void> {
  for (const { stack, fingerprint, grant } of by) {
    await tx
      .withTables<ChangesTables>()
      .updateTable('repairs')
      .set({ consumed_by: grant })
      .where('stack', '=', stack)
      .where('fingerprint', '=', fingerprint)
      .where('withdrawn_at', 'is', null)
      .where('consumed_by', 'is', null)
      .execute();
  }
}

/** Gives back the repair of a grant that came to nothing, unless the same was marked anew since. */
export async function releaseRepair(tx: Transaction<object>, grant: GrantId): Promise<void> {
  await sql`
    UPDATE repairs AS mine SET consumed_by = NULL
    WHERE mine.consumed_by = ${grant} AND NOT EXISTS (
      SELECT FROM repairs AS later WHERE later.stack = mine.stack AND later.fingerprint = mine.fingerprint
        AND later.withdrawn_at IS NULL AND later.consumed_by IS NULL)`.execute(tx);
}
