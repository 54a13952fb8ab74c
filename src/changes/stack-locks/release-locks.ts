import type { Transaction } from 'kysely';
import type { Person } from '#accounts/core';
import { type AuditActor, appendAudit } from '#audit';
import { type AuditEntryId, err, type JsonObject, ok, problem, type Result, text } from '#core-values';
import { decide, personPrincipal, stackResource } from '#policy/core';
import { decisionEvidence, denied, personActor, SERVER } from '../audit-entries.ts';
import { denialOf } from '../denial.ts';
import { timeOf } from '../judge.ts';
import { askingNow, readTeams } from '../reviews/team-members.ts';
import type { ChangesRoom, Refusal } from '../room.ts';
import { findStack } from '../stacks.ts';
import { lockStack } from '../store/stack-lock.ts';
import { deleteStackLock, locksOf, type StackLock, stackLockOf } from '../store/stack-locks.ts';

export interface PullRequestEnded extends Pick<StackLock, 'issuer' | 'repositoryId' | 'pullRequest'> {
  readonly how: 'merged' | 'closed';
}

/** Frees every stack that the pull request holds; safe to run as often as wanted. Answers the stacks. */
export async function releaseStackLocks(
  room: ChangesRoom,
  ended: PullRequestEnded,
): Promise<readonly StackLock['stack'][]> {
  const held = await locksOf(room.db, ended);
  for (const { stack } of held) {
    await room.inTransaction(async (tx) => {
      await lockStack(tx, stack);
      const lock = await stackLockOf(tx, stack);
      const isTheirs =
        lock?.issuer === ended.issuer &&
        lock.repositoryId === ended.repositoryId &&
        lock.pullRequest === ended.pullRequest;
      if (lock !== undefined && isTheirs) await free(room, tx, lock, SERVER, { how: ended.how });
    });
  }
  return held.map(({ stack }) => stack);
}

export interface Unlocking {
  readonly stack: string;
  readonly person: Person;
  readonly reason: string;
}

export interface Unlocked {
  /** As it was. */
  readonly lock: StackLock;
  readonly auditEntry: AuditEntryId;
}

/** Takes a stack away from the pull request that holds it; whoever may administer the stack may. */
export async function unlockStack(room: ChangesRoom, asked: Unlocking): Promise<Result<Unlocked, Refusal>> {
  const found = findStack(room.organization(), asked.stack);
  if (!found.ok) return err({ problem: found.error });
  const stack = found.value;
  const teams = await readTeams(room, stack);
  return room.inTransaction(async (tx) => {
    await lockStack(tx, stack.name);
    const at = room.clock.now();
    const { organization, person, unread } = askingNow(room, stack, asked.person, teams);
    const decision = decide(room.policySet(), {
      action: 'administer',
      principal: personPrincipal(organization, person),
      resource: stackResource(organization, stack),
      facts: { time: timeOf(room, at) },
    });
    const actor = personActor(asked.person.name);
    const lock = await stackLockOf(tx, stack.name);
    const forbidden = denialOf(decision);
    const denial =
      (forbidden && unread) ?? forbidden ?? (lock === undefined ? notHeld(stack.name) : undefined);
    const evidence = { ...decisionEvidence(decision), reason: asked.reason };
    if (denial !== undefined || lock === undefined) {
      const why = denial ?? notHeld(stack.name);
      const subject = { stack: stack.name, account: stack.account.id };
      const entry = denied('stack.unlock-refused', at, actor, subject, why, evidence);
      return err({ problem: why, auditEntry: await appendAudit(tx, entry) });
    }
    return ok({ lock, auditEntry: await free(room, tx, lock, actor, { how: 'taken over', ...evidence }) });
  });
}

async function free(
  room: ChangesRoom,
  tx: Transaction<object>,
  { stack, pullRequest, repositoryId, repositoryName, since, byWhom }: StackLock,
  actor: AuditActor,
  evidence: JsonObject,
): Promise<AuditEntryId> {
  await deleteStackLock(tx, stack);
  return appendAudit(tx, {
    at: room.clock.now(),
    kind: 'stack.unlocked',
    actor,
    subject: { stack },
    outcome: 'done',
    evidence: {
      ...evidence,
      ...{ pullRequest, repositoryId, repositoryName, byWhom, since: new Date(since).toISOString() },
    },
  });
}

const notHeld = (stack: string) =>
  problem('conflict', {
    rule: 'stack.not-locked',
    message: text(`Nobody holds ${stack}.`, `${stack} のロックは、誰も保持していません。`),
    remedy: text(
      'Nothing has to be unlocked: apply, or look at `sekisho stacks`.',
      '解除する必要はありません。そのまま適用するか、`sekisho stacks` で確認してください。',
    ),
  });
