import { type Kysely, sql, type Transaction } from 'kysely';
import {
  type EpochMs,
  epochMs,
  type PersonName,
  type PlanId,
  parsePersonName,
  parsePlanId,
  type StackName,
} from '#core-values';
import type { AddedNeed } from '../core/added-need.ts';

type StackNeedsTables = {
  readonly stack_needs: {
    readonly id: string;
    readonly stack: string;
    readonly action: string;
    readonly resource: string;
    readonly reason: string;
    readonly plan_id: string | null;
    readonly added_by: string;
    readonly added_at: Date;
    readonly removed_by: string | null;
    readonly removed_at: Date | null;
  };
};

const table = (db: Kysely<object>) => db.withTables<StackNeedsTables>();

/** What is in force of a stack's extra needs, oldest first. */
export async function needsInForce(db: Kysely<object>, stack: StackName): Promise<readonly AddedNeed[]> {
  const rows = await table(db)
    .selectFrom('stack_needs')
    .selectAll()
    .where('stack', '=', stack)
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map((row) => {
    const by = parsePersonName(row.added_by);
    if (by === undefined) throw new Error(`stack_needs ${row.id} was added by nobody.`);
    const plan = parsePlanId(row.plan_id ?? '');
    return {
      id: row.id,
      action: row.action,
      resource: row.resource,
      reason: row.reason,
      addedBy: by,
      addedAt: epochMs(row.added_at.getTime()),
      ...(plan === undefined ? {} : { plan }),
    };
  });
}

export async function insertNeed(tx: Transaction<object>, stack: StackName, need: AddedNeed): Promise<void> {
  await table(tx)
    .insertInto('stack_needs')
    .values({
      id: need.id,
      stack,
      action: need.action,
      resource: need.resource,
      reason: need.reason,
      plan_id: need.plan ?? null,
      added_by: need.addedBy,
      added_at: new Date(need.addedAt),
    })
    .execute();
}

export async function endNeed(
  tx: Transaction<object>,
  id: string,
  by: PersonName,
  at: EpochMs,
): Promise<void> {
  await table(tx)
    .updateTable('stack_needs')
    .set({ removed_by: by, removed_at: new Date(at) })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .execute();
}

/** The newest plan of the stack that was granted credentials with the need among its own; by when it came in. */
export async function lastPlanWith(
  db: Kysely<object>,
  stack: StackName,
  { id }: Pick<AddedNeed, 'id'>,
): Promise<PlanId | undefined> {
  const carries = JSON.stringify([{ id }]);
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM plans WHERE stack = ${stack} AND facts->'extraNeeds' @> ${carries}::jsonb
      AND state IN ('granted', 'applying', 'applied', 'failed')
    ORDER BY id DESC LIMIT 1`.execute(db);
  return parsePlanId(rows[0]?.id ?? '');
}
