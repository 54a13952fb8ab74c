import type { Transaction } from 'kysely';
import type { Stack } from '#accounts/core';
import type { AuditEntry } from '#audit';
import type { EpochMs } from '#core-values';
import type { Grant, WorkloadIdentity } from '#credentials';
import { workloadActor } from '../audit-entries.ts';
import type { StoredPlan } from '../store/plans.ts';
import { insertStackLock, type StackLock } from '../store/stack-locks.ts';

/** A grant that was begun, and who holds its stack. */
export interface LockQuestion {
  readonly stack: Stack;
  readonly plan: StoredPlan;
  readonly grant: Grant;
  readonly identity: WorkloadIdentity;
  readonly now: EpochMs;
  readonly lock: StackLock | undefined;
}

/** Holds free stacks for the pull requests that are about to be applied before their merge; answers what the log must have of it. */
export async function takeLocks(
  tx: Transaction<object>,
  asked: readonly LockQuestion[],
): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (const question of asked) {
    const lock = lockFor(question);
    if (lock === undefined) continue;
    await insertStackLock(tx, lock);
    const { stack, plan, grant, identity, now } = question;
    entries.push({
      at: now,
      kind: 'stack.locked',
      actor: workloadActor(identity),
      subject: { stack: stack.name, account: stack.account.id, plan: plan.id, grant: grant.id },
      outcome: 'done',
      evidence: { pullRequest: lock.pullRequest, repositoryId: lock.repositoryId },
    });
  }
  return entries;
}

function lockFor({ stack, plan, grant, identity, now, lock }: LockQuestion): StackLock | undefined {
  const { pullRequest, issuer, repositoryId, repositoryName } = plan.job;
  // Whoever else holds it was refused before.
  if (stack.apply.when !== 'before-merge' || pullRequest === undefined || lock !== undefined)
    return undefined;
  return {
    ...{ stack: stack.name, issuer, repositoryId, repositoryName, pullRequest },
    ...{ since: now, byWhom: identity.actorName, grant: grant.id },
  };
}
