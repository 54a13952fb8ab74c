import type { Kysely } from 'kysely';
import { PLAN_STATES, type PlanState } from '../core/life.ts';
import type { ChangesTables } from './tables.ts';

/** How many plans there are in each state, those with none included. */
export async function countPlansByState(db: Kysely<object>): Promise<ReadonlyMap<PlanState, number>> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('plans')
    .select(['state', ({ fn }) => fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]));
  return new Map(PLAN_STATES.map((state) => [state, counts.get(state) ?? 0]));
}
