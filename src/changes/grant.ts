import type { Transaction } from 'kysely';
import type { Stack } from '#accounts/core';
import { appendAudit, appendAuditAndCommit } from '#audit';
import {
  type AuditEntryId,
  type EpochMs,
  err,
  ok,
  type PersonName,
  type Problem,
  type Result,
  type Text,
} from '#core-values';
import {
  type beginGrant,
  completeGrant,
  failGrant,
  type Grant,
  type GrantRequest,
  type IssuedSession,
  sessionRequestOf,
} from '#credentials';
import { SERVER } from './audit-entries.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { releaseApprovals } from './store/approvals.ts';
import { lockPlan } from './store/plans.ts';
import { transition } from './transition.ts';

/** Credentials on their way to the job. Never stored, never logged. */
export interface Granted {
  readonly grant: Grant;
  readonly stack: Stack;
  readonly session: IssuedSession;
  /** Shown once. */
  readonly secret: string;
  readonly widened: readonly Text[];
  readonly auditEntry: AuditEntryId;
}

/** A grant recorded as `issuing`, in the transaction of whatever decided it. */
export interface Begun {
  readonly grant: Grant;
  /** Who broke the glass for it, where somebody did. */
  readonly brokenGlassBy?: PersonName;
  readonly stack: Stack;
  readonly widened: readonly Text[];
}

export type Begin = (
  tx: Transaction<object>,
  request: GrantRequest,
  now: EpochMs,
) => ReturnType<typeof beginGrant>;

/**
 * The second half of every grant: AWS is asked outside any transaction, then the answer is recorded, and only then do the
 * credentials leave. A server that dies in between leaves a grant `issuing`, which nobody ever receives.
 */
export async function issue(room: ChangesRoom, begun: Begun): Promise<Result<Granted, Refusal>> {
  const { grant } = begun;
  const session = await room.sts.issue(sessionRequestOf(grant));
  if (!session.ok) return err(await recordFailure(room, grant, session.error));
  return room.inTransaction(async (tx) => {
    const now = room.clock.now();
    const completed = await completeGrant(tx, grant.id, session.value, now);
    if (!completed.ok) return err({ problem: completed.error });
    const auditEntry = await appendAuditAndCommit(tx, {
      at: now,
      kind: 'grant.issued',
      actor: SERVER,
      subject: grantSubject(grant),
      outcome: 'done',
      evidence: {
        purpose: grant.purpose,
        role: grant.roleArn,
        session: grant.sessionName,
        sourceIdentity: grant.sourceIdentity,
        expiresAt: new Date(session.value.expiresAt).toISOString(),
      },
    });
    const { secret } = completed.value;
    return ok({ ...begun, grant: completed.value.grant, session: session.value, secret, auditEntry });
  });
}

async function recordFailure(room: ChangesRoom, grant: Grant, why: Problem): Promise<Refusal> {
  return room.inTransaction(async (tx) => {
    const now = room.clock.now();
    await failGrant(tx, grant.id, why.reasons[0].message.en, now);
    if (grant.plan !== undefined) {
      const plan = await lockPlan(tx, grant.plan.id);
      if (plan !== undefined)
        await transition(tx, plan, { kind: 'grant-failed' }, { at: now, whom: SERVER.name });
      await releaseApprovals(tx, grant.id);
    }
    const auditEntry = await appendAudit(tx, {
      at: now,
      kind: 'grant.failed',
      actor: SERVER,
      subject: grantSubject(grant),
      outcome: 'failed',
      reasons: why.reasons,
    });
    return { problem: why, auditEntry };
  });
}

export const grantSubject = (grant: Grant) => ({
  stack: grant.stack,
  account: grant.account,
  grant: grant.id,
  ...(grant.plan === undefined
    ? {}
    : { plan: grant.plan.id, planDigest: grant.plan.digest, fingerprint: grant.plan.fingerprint }),
});
