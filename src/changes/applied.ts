import type { PlanId } from '#core-values';
import type { Db } from '#platform';
import { findPlan } from './store/plans.ts';

/** Whether the job that held the plan's grant reported that all of it was applied. */
export const isApplied = async (db: Db, id: PlanId): Promise<boolean> =>
  (await findPlan(db, id))?.state === 'applied';
