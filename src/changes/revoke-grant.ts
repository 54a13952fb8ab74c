import { type Person, stackByName } from '#accounts/core';
import { appendAudit, listAudit } from '#audit';
import {
  type AuditEntryId,
  err,
  type GrantId,
  ok,
  type Problem,
  problem,
  type Result,
  text,
} from '#core-values';
import {
  enforceRevocations,
  type Grant,
  type RevocationOutcome,
  revokeGrant,
  selectGrant,
} from '#credentials';
import { denied, personActor, SERVER } from './audit-entries.ts';
import { endPlanOf } from './end-plan.ts';
import { grantSubject } from './grant.ts';
import { grantUnknown } from './problems.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { lockStack } from './store/stack-lock.ts';

export interface Revoked {
  /** As it is after AWS was asked: `revocation` says how far the deny has come. */
  readonly grant: Grant;
  readonly auditEntry: AuditEntryId;
  /** Why its session is not denied in AWS yet. */
  readonly undenied?: Problem;
}

export interface Revocation {
  readonly grant: GrantId;
  readonly person: Person;
  /** In the person's own words. */
  readonly reason?: string;
}

/**
 * Takes a grant's credentials back: at once on our side, and in AWS by a deny for its one session. The owning team and
 * administrators may. A deny that fails leaves the grant revoked, says why, and is tried again every minute.
 */
export async function takeBackGrant(room: ChangesRoom, asked: Revocation): Promise<Result<Revoked, Refusal>> {
  const found = await selectGrant(room.db, asked.grant);
  if (found === undefined) return err({ problem: grantUnknown(asked.grant) });
  const revoked = await revoke(room, found, asked);
  if (!revoked.ok) return revoked;
  const outcomes = await denyInAws(room, asked.grant);
  const failure = outcomes.find(({ result }) => !result.ok)?.result;
  const grant = (await selectGrant(room.db, asked.grant)) ?? found;
  return ok({
    grant,
    auditEntry: revoked.value,
    ...(failure === undefined || failure.ok ? {} : { undenied: failure.error }),
  });
}

/** The rows are locked in the order of every other use-case: stack, then plan, then grant. */
function revoke(
  room: ChangesRoom,
  found: Grant,
  { person, reason }: Revocation,
): Promise<Result<AuditEntryId, Refusal>> {
  return room.inTransaction(async (tx) => {
    await lockStack(tx, found.stack);
    const at = room.clock.now();
    const actor = personActor(person.name);
    const subject = grantSubject(found);
    const refuse = async (why: Problem): Promise<Result<never, Refusal>> =>
      err({
        problem: why,
        auditEntry: await appendAudit(tx, denied('grant.revoke-refused', at, actor, subject, why)),
      });
    if (!mayRevoke(room, found, person)) return refuse(NOT_YOURS);
    const revoked = await revokeGrant(tx, found.id, person.name, at);
    if (!revoked.ok) return refuse(revoked.error);
    await endPlanOf(tx, revoked.value, 'grant-ended', at);
    const evidence = { purpose: found.purpose, ...(reason === undefined ? {} : { reason }) };
    const entry = { at, kind: 'grant.revoked', actor, subject, outcome: 'done', evidence } as const;
    return ok(await appendAudit(tx, entry));
  });
}

function mayRevoke(room: ChangesRoom, grant: Grant, person: Person): boolean {
  const organization = room.organization();
  const stack = stackByName(organization, grant.stack);
  return (
    organization.administrators.includes(person.name) ||
    (stack !== undefined && person.teams.includes(stack.approval.team))
  );
}

/** Asks AWS for what is outstanding, of one grant or of all, and audits what came of it. Safe to repeat. */
export async function denyInAws(room: ChangesRoom, only?: GrantId): Promise<readonly RevocationOutcome[]> {
  const outcomes = await enforceRevocations(room.db, room.rolePolicies, room.clock.now(), only);
  for (const outcome of outcomes) await record(room, outcome);
  return outcomes;
}

const DONE_KINDS = { deny: 'grant.denied-in-aws', lift: 'grant.deny-lifted' } as const;
const FAILED_KINDS = { deny: 'grant.deny-failed', lift: 'grant.deny-lift-failed' } as const;

/** A failure is audited once for a grant: it is tried again every minute, and the log is for people. */
async function record(room: ChangesRoom, { grant, step, result }: RevocationOutcome): Promise<void> {
  const kind = result.ok ? DONE_KINDS[step] : FAILED_KINDS[step];
  if (!result.ok) {
    const known = await listAudit(room.db, { filter: { kind, grant: grant.id }, limit: 1 });
    if (known.entries.length > 0) return;
  }
  await room.inTransaction((tx) =>
    appendAudit(tx, {
      at: room.clock.now(),
      kind,
      actor: SERVER,
      subject: grantSubject(grant),
      outcome: result.ok ? 'done' : 'failed',
      ...(result.ok ? {} : { reasons: result.error.reasons }),
      evidence: { role: grant.roleArn, session: grant.sessionName },
    }),
  );
}

const NOT_YOURS: Problem = problem('denied', {
  rule: 'grant.revoke-not-yours',
  message: text(
    'Only the team that owns the stack, and administrators, revoke its grants.',
    'グラントを取り消せるのは、スタックを所有するチームと管理者だけです。',
  ),
  remedy: text('Ask one of them now.', 'すぐにいずれかの人に依頼してください。'),
});
