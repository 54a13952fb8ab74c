import type { Transaction } from 'kysely';
import { appendAudit, appendLeftOut } from '#audit';
import type { EpochMs } from '#core-values';
import { abandonUnfinishedGrants, expireGrants, type Grant, pruneUsedTokens } from '#credentials';
import { planSubject, SERVER } from './audit-entries.ts';
import type { PlanEvent } from './core/life.ts';
import { endPlanOf } from './end-plan.ts';
import { grantSubject } from './grant.ts';
import { removePolicies } from './remove-policies.ts';
import { denyInAws } from './revoke-grant.ts';
import type { ChangesRoom } from './room.ts';
import { lockExpired } from './store/plans.ts';
import { transition } from './transition.ts';
import { revokeUnclaimedGrants } from './unclaimed-grants.ts';

const PLANS_AT_ONCE = 100;
/** Longer than any request to AWS may take: `issue` gives up before. */
const ISSUING_TIMEOUT_MS = 120_000;

/** What time does to plans and grants; safe to run on every replica, as often as wanted. */
export async function keepHouse(room: ChangesRoom): Promise<void> {
  await expirePlans(room);
  await endGrants(room, expireGrants, 'grant.expired', 'grant-ended');
  await endGrants(
    room,
    (tx, now) => abandonUnfinishedGrants(tx, now, ISSUING_TIMEOUT_MS),
    'grant.abandoned',
    'grant-abandoned',
  );
  await revokeUnclaimedGrants(room);
  await denyInAws(room);
  await removePolicies(room);
  await pruneUsedTokens(room.db, room.clock.now());
  await room.inTransaction((tx) => appendLeftOut(tx, room.clock.now()));
}

/**
 * At start, where no other replica can be running (the embedded database): nobody is waiting for an answer of the process that
 * died, so its grants are given up at once. Replicas leave that to `keepHouse`.
 */
export const recoverAfterRestart = (room: ChangesRoom): Promise<void> =>
  endGrants(room, (tx, now) => abandonUnfinishedGrants(tx, now, 0), 'grant.abandoned', 'grant-abandoned');

async function expirePlans(room: ChangesRoom): Promise<void> {
  let done = PLANS_AT_ONCE;
  while (done === PLANS_AT_ONCE) {
    done = await room.inTransaction(async (tx) => {
      const at = room.clock.now();
      const due = await lockExpired(tx, at, PLANS_AT_ONCE);
      for (const plan of due) {
        const expired = await transition(tx, plan, { kind: 'expired' }, { at, whom: SERVER.name });
        if (!expired.ok) throw new Error(expired.error.reasons[0].message.en);
      }
      for (const plan of due) {
        await appendAudit(tx, {
          at,
          kind: 'plan.expired',
          actor: SERVER,
          subject: planSubject(plan),
          outcome: 'done',
        });
      }
      return due.length;
    });
  }
}

async function endGrants(
  room: ChangesRoom,
  end: (tx: Transaction<object>, now: EpochMs) => Promise<readonly Grant[]>,
  auditKind: 'grant.expired' | 'grant.abandoned',
  event: Extract<PlanEvent['kind'], 'grant-ended' | 'grant-abandoned'>,
): Promise<void> {
  await room.inTransaction(async (tx) => {
    const at = room.clock.now();
    const ended = await end(tx, at);
    for (const grant of ended) await endPlanOf(tx, grant, event, at);
    for (const grant of ended) {
      await appendAudit(tx, {
        at,
        kind: auditKind,
        actor: SERVER,
        subject: grantSubject(grant),
        outcome: 'done',
      });
    }
  });
}
