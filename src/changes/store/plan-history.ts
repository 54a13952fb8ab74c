import { type Kysely, sql, type Transaction } from 'kysely';
import { type EpochMs, epochMs, type JsonObject, type PlanId } from '#core-values';
import { AND_GO_ON } from '#platform';
import type { PlanEvent, PlanState } from '../core/life.ts';
import type { PlanRecord } from '../core/plan-record.ts';
import type { ChangesTables } from './tables.ts';

/** Moves a locked plan on and writes its history. The sealed file goes with the last use anybody has for it. */
export async function recordTransition(
  tx: Transaction<object>,
  plan: Pick<PlanRecord, 'id'>,
  step: {
    readonly event: PlanEvent['kind'] | 'uploaded';
    readonly state: PlanState;
    readonly at: EpochMs;
    readonly byWhom: string;
    readonly detail?: JsonObject;
    readonly dropFile?: boolean;
  },
): Promise<void> {
  const tables = tx.withTables<ChangesTables>();
  await tables
    .updateTable('plans')
    .set({ state: step.state, ...(step.dropFile === true ? { file_sealed: null } : {}) })
    .where('id', '=', plan.id)
    .modifyEnd(sql.raw(AND_GO_ON))
    .execute();
  await tables
    .insertInto('plan_history')
    .values({
      plan_id: plan.id,
      position: sql<number>`(SELECT count(*) FROM plan_history WHERE plan_id = ${plan.id})`,
      at: new Date(step.at),
      event: step.event,
      state: step.state,
      by_whom: step.byWhom,
      detail: JSON.stringify(step.detail ?? {}),
    })
    .modifyEnd(sql.raw(AND_GO_ON))
    .execute();
}

export interface HistoryStep {
  readonly at: EpochMs;
  readonly event: string;
  readonly state: PlanState;
  readonly byWhom: string;
  readonly detail: JsonObject;
}

/** What happened to the plan, oldest first. */
export async function historyOf(db: Kysely<object>, id: PlanId): Promise<readonly HistoryStep[]> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('plan_history')
    .selectAll()
    .where('plan_id', '=', id)
    .orderBy('position')
    .execute();
  return rows.map(({ at, event, state, by_whom, detail }) => ({
    at: epochMs(at.getTime()),
    event,
    state,
    byWhom: by_whom,
    detail,
  }));
}
