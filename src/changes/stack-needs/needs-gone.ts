import type { Transaction } from 'kysely';
import type { AddedNeed } from '../core/added-need.ts';
import type { StoredPlan } from '../store/plans.ts';
import { needsInForce } from './store.ts';

/** What a plan took over of the stack's extra needs and is no longer among them: taken back since. */
export async function needsGone(
  tx: Transaction<object>,
  { stack, facts: { extraNeeds = [] } }: Pick<StoredPlan, 'stack' | 'facts'>,
): Promise<readonly AddedNeed[]> {
  if (extraNeeds.length === 0) return [];
  const inForce = await needsInForce(tx, stack);
  return extraNeeds.filter(
    (need) => !inForce.some(({ action, resource }) => action === need.action && resource === need.resource),
  );
}
