import type { Transaction } from 'kysely';
import type { Stack } from '#accounts/core';
import { type AuditEntry, appendAllAndCommit, appendAudit } from '#audit';
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
  type CompletedGrant,
  completeGrants,
  failGrant,
  type Grant,
  type IssuedSession,
  issueSession,
} from '#credentials';
import { keepPlans } from '#platform';
import { SERVER } from './audit-entries.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { inRoomBatches } from './room-batches.ts';
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
  /** Documents of the managed policies to be made for it; absent where there are none. */
  readonly managedPolicies?: readonly string[];
}

/**
 * The second half of every grant: AWS is asked outside any transaction, then the answer is recorded, and only then do the
 * credentials leave. A server that dies in between leaves a grant `issuing`, which nobody ever receives.
 */
export async function issue(room: ChangesRoom, begun: Begun): Promise<Result<Granted, Refusal>> {
  const { grant } = begun;
  const session = await issueSession(room, grant, begun.managedPolicies ?? []);
  if (!session.ok) return err(await recordFailure(room, grant, session.error));
  const completed = await complete(room, { grant, session: session.value });
  return completed.ok ? ok({ ...begun, ...completed.value, session: session.value }) : completed;
}

interface Issued {
  readonly grant: Grant;
  readonly session: IssuedSession;
}

type Completed = Result<Pick<Granted, 'grant' | 'secret' | 'auditEntry'>, Refusal>;

/** Grants that AWS answers at the same time are recorded together. */
const complete = inRoomBatches<Issued, Completed>((room, issued) =>
  room.inTransaction((tx) => recordIssued(room, tx, issued)),
);

async function recordIssued(
  room: ChangesRoom,
  tx: Transaction<object>,
  issued: readonly Issued[],
): Promise<readonly Completed[]> {
  const now = room.clock.now();
  await keepPlans(tx);
  const completed = await completeGrants(tx, issued, now);
  const done = completed.flatMap((result) => (result.ok ? [result.value] : []));
  const entries = done.length === 0 ? [] : await appendAllAndCommit(tx, done.map(issuedEntry(now)));
  const entryOf = new Map(done.map(({ grant }, index) => [grant.id, entries[index]]));
  return completed.map((result) => {
    if (!result.ok) return err({ problem: result.error });
    const auditEntry = entryOf.get(result.value.grant.id);
    if (auditEntry === undefined) throw new Error('An issued grant has no entry in the log.');
    return ok({ ...result.value, auditEntry });
  });
}

const issuedEntry =
  (at: EpochMs) =>
  ({ grant }: CompletedGrant): AuditEntry => ({
    at,
    kind: 'grant.issued',
    actor: SERVER,
    subject: grantSubject(grant),
    outcome: 'done',
    evidence: {
      purpose: grant.purpose,
      role: grant.roleArn,
      session: grant.sessionName,
      sourceIdentity: grant.sourceIdentity,
      expiresAt: grant.expiresAt === undefined ? null : new Date(grant.expiresAt).toISOString(),
    },
  });

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
