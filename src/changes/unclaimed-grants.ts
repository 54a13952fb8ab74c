import { appendAudit } from '#audit';
import { epochMs } from '#core-values';
import { type Grant, revokeGrant, selectLongIssued } from '#credentials';
import { SERVER } from './audit-entries.ts';
import { endPlanOf } from './end-plan.ts';
import { grantSubject } from './grant.ts';
import type { ChangesRoom } from './room.ts';
import { listPlans, lockPlan, type StoredPlan } from './store/plans.ts';
import { lockStack } from './store/stack-lock.ts';

/**
 * A job claims its grant with the grant's secret, by fetching the plan file, in its first seconds; while the server does not
 * answer it tries for five minutes. One that has not come after this long never got its grant (docs/adr/0023).
 */
const UNCLAIMED_MS = 6 * 60_000;
/** At most one plan of a stack is on the road (`plans_one_in_flight`), so this is a number of stacks. */
const MOST_STACKS = 10_000;

/**
 * Takes back apply grants that nobody claimed, so that a lost answer does not block its stack until the credentials expire.
 * Their sessions are denied in AWS by `denyInAws`, to be called afterwards. Safe to repeat, on every replica.
 */
export async function revokeUnclaimedGrants(room: ChangesRoom): Promise<void> {
  const overdue = await selectLongIssued(room.db, epochMs(room.clock.now() - UNCLAIMED_MS));
  if (overdue.length === 0) return;
  const granted = await listPlans(room.db, { states: ['granted'], limit: MOST_STACKS });
  const plans = new Map(granted.map((plan) => [plan.id, plan]));
  for (const grant of overdue) {
    const plan = grant.plan === undefined ? undefined : plans.get(grant.plan.id);
    if (plan !== undefined) await revokeUnclaimed(room, plan, grant);
  }
}

/** Looks again under the locks of every other use-case: the job may have come at this very moment. */
function revokeUnclaimed(room: ChangesRoom, found: StoredPlan, grant: Grant): Promise<void> {
  return room.inTransaction(async (tx) => {
    await lockStack(tx, found.stack);
    const plan = await lockPlan(tx, found.id);
    if (plan?.state !== 'granted') return;
    const at = room.clock.now();
    const revoked = await revokeGrant(tx, grant.id, `${SERVER.name}: no job claimed it`, at);
    if (!revoked.ok) return;
    await endPlanOf(tx, revoked.value, 'grant-ended', at);
    await appendAudit(tx, {
      at,
      kind: 'grant.revoked',
      actor: SERVER,
      subject: grantSubject(grant),
      outcome: 'done',
      evidence: {
        purpose: grant.purpose,
        reason: `no job claimed it within ${UNCLAIMED_MS / 60_000} minutes`,
      },
    });
  });
}
