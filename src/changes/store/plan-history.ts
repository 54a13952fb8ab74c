import { type Kysely, sql, type Transaction } from 'kysely';
import { type EpochMs, epochMs, type JsonObject, type PlanId } from '#core-values';
import { AND_GO_ON } from '#platform';
import type { AskingEvent } from '../core/again.ts';
import type { PlanEvent, PlanState } from '../core/life.ts';
import type { PlanRecord } from '../core/plan-record.ts';
import type { ChangesTables } from './tables.ts';

export interface PlanStep {
  readonly plan: Pick<PlanRecord, 'id'>;
  readonly event: PlanEvent['kind'] | AskingEvent | 'uploaded';
  readonly state: PlanState;
  readonly at: EpochMs;
  readonly byWhom: string;
  readonly detail?: JsonObject;
  readonly dropFile?: boolean;
}

/** Moves locked plans on, each by one step, and writes their history. The sealed file goes with the last use anybody has for it. */
export async function recordTransitions(tx: Transaction<object>, steps: readonly PlanStep[]): Promise<void> {
  const ids = steps.map(({ plan }) => plan.id);
  const states = steps.map(({ state }) => state);
  const drops = steps.map(({ dropFile }) => dropFile === true);
  await sql`
    UPDATE plans SET state = step.state, file_sealed = CASE WHEN step.drops THEN NULL ELSE plans.file_sealed END
    FROM unnest(${ids}::text[], ${states}::text[], ${drops}::boolean[]) AS step (id, state, drops)
    WHERE plans.id = step.id ${sql.raw(AND_GO_ON)}`.execute(tx);
  await sql`
    INSERT INTO plan_history (plan_id, position, at, event, state, by_whom, detail)
    SELECT step.id, (SELECT count(*) FROM plan_history WHERE plan_id = step.id), at, event, state, by_whom, detail::jsonb
    FROM unnest(${ids}::text[], ${steps.map(({ at }) => new Date(at).toISOString())}::timestamptz[],
      ${steps.map(({ event }) => event)}::text[], ${states}::text[], ${steps.map(({ byWhom }) => byWhom)}::text[],
      ${steps.map(({ detail }) => JSON.stringify(detail ?? {}))}::text[])
      AS step (id, at, event, state, by_whom, detail) ${sql.raw(AND_GO_ON)}`.execute(tx);
}

/** The same for one plan. */
export const recordTransition = (
  tx: Transaction<object>,
  plan: PlanStep['plan'],
  step: Omit<PlanStep, 'plan'>,
): Promise<void> => recordTransitions(tx, [{ plan, ...step }]);

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
