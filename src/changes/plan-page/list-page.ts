import type { Person } from '#accounts/core';
import type { PlanId } from '#core-values';
import type { ChangesRoom } from '../room.ts';
import { listPlans, type PlanFilter, type StoredPlan } from '../store/plans.ts';
import { waitsForPerson } from './may-decide.ts';

export interface PlansPage {
  readonly plans: readonly StoredPlan[];
  /** The last of this page, where there may be more. */
  readonly next?: PlanId;
}

/** One more than asked for tells whether there is a next page. */
export async function plansPage(room: Pick<ChangesRoom, 'db'>, filter: PlanFilter): Promise<PlansPage> {
  const found = await listPlans(room.db, { ...filter, limit: filter.limit + 1 });
  const plans = found.slice(0, filter.limit);
  const last = plans.at(-1);
  return { plans, ...(found.length > filter.limit && last !== undefined ? { next: last.id } : {}) };
}

const AT_ONCE = 100;
/** A page is answered soon, however many plans wait for others: the next one goes on where it stopped looking. */
const MOST_LOOKED_AT = 300;

/** Those of the plans that wait for this person; the policy is asked about each, so that a page may hold fewer than asked for. */
export async function plansWaitingFor(
  room: ChangesRoom,
  person: Person,
  { before, ...filter }: PlanFilter,
): Promise<PlansPage> {
  const waiting: StoredPlan[] = [];
  let last = before;
  for (let looked = 0; looked < MOST_LOOKED_AT; ) {
    const from = last === undefined ? {} : { before: last };
    const found = await listPlans(room.db, {
      ...filter,
      ...from,
      states: ['awaiting-approval'],
      limit: AT_ONCE,
    });
    for (const plan of found) {
      if (await waitsForPerson(room, plan, person)) waiting.push(plan);
      last = plan.id;
      if (waiting.length === filter.limit) return { plans: waiting, next: last };
    }
    looked += found.length;
    if (found.length < AT_ONCE) return { plans: waiting };
  }
  return { plans: waiting, ...(last === undefined ? {} : { next: last }) };
}
