import type { Transaction } from 'kysely';
import { acceptAssertion, readAssertion, statementChallenge } from '#accounts';
import { type Person, type Stack, stackByName } from '#accounts/core';
import { type AuditKind, appendAudit } from '#audit';
import {
  type AuditEntryId,
  err,
  ok,
  type PlanId,
  type Problem,
  problem,
  type Result,
  text,
} from '#core-values';
import {
  type ApproveRequest,
  type BreakGlassRequest,
  type Decision,
  decide,
  freezeFacts,
  personPrincipal,
  stackResource,
} from '#policy/core';
import { decisionEvidence, denied, personActor, planSubject } from './audit-entries.ts';
import { authorFacts, authorsOf, distinctAuthors } from './authors.ts';
import type { VerifiedApproval } from './core/approval/index.ts';
import { isOpenForDecision } from './core/life.ts';
import type { Author } from './core/plan-record.ts';
import { denialOf } from './denial.ts';
import { type Judgement, judge, timeOf, verdictOf } from './judge.ts';
import { decisionToKeep } from './kept-refusal.ts';
import { planUnknown } from './problems.ts';
import { type OutsideReading, readOutside } from './read-outside.ts';
import { authorsOnGitHub } from './reviews/judge-reviews.ts';
import { type AskingNow, askingNow } from './reviews/team-members.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { changedMeanwhile, openRecord } from './sealed-record.ts';
import { approvalsInForce, insertApproval, statementWasGiven } from './store/approvals.ts';
import { findPlan, lockPlan, type StoredPlan } from './store/plans.ts';
import { lockStack } from './store/stack-lock.ts';
import { transition } from './transition.ts';
import { passkeysBehind, rejectionThatStands, verifyApprovalStored } from './verify-stored.ts';

export interface Approving {
  readonly plan: PlanId;
  /** Who is signed in; the statement must be theirs. */
  readonly person: Person;
  readonly statement: string;
  /** An armored SSH signature, or the kept form of a passkey's assertion. */
  readonly signature: string;
}

export interface Approved {
  readonly plan: StoredPlan;
  readonly decision: VerifiedApproval['decision'];
  readonly judgement: Judgement;
  readonly auditEntry: AuditEntryId;
}

const GIVEN: Readonly<Record<VerifiedApproval['decision'], AuditKind>> = {
  approve: 'approval.given',
  reject: 'approval.rejected',
  'break-glass': 'break-glass.given',
};

/**
 * Takes a person's signed yes, no, or break-glass to what a plan means, and moves the plan to what the policy then says.
 * A refused statement is not kept, but its refusal is.
 */
export async function giveApproval(room: ChangesRoom, given: Approving): Promise<Result<Approved, Refusal>> {
  const found = await findPlan(room.db, given.plan);
  if (found === undefined) return err({ problem: planUnknown(given.plan) });
  const sealed = await openRecord(room, found);
  const stack = stackByName(room.organization(), found.stack);
  const reading = stack && (await readOutside(room, stack, found));
  const taken = await room.inTransaction((tx) => take(room, tx, { found, sealed, reading }, given));
  const about = { plan: found.id, stack: found.stack, person: given.person.name };
  if (taken.ok && taken.value.decision === 'break-glass') {
    room.alarm({ kind: 'break-glass-given', ...about });
  }
  if (!taken.ok && taken.error.suspended === true) room.alarm({ kind: 'passkey-suspended', ...about });
  return taken;
}

/** A refusal that also suspended the passkey: people are told once it is committed. */
interface RefusedGiving extends Refusal {
  readonly suspended?: boolean;
}

/** What was looked up before anything was locked. */
interface LookedUp {
  readonly found: StoredPlan;
  readonly sealed: Result<unknown, Problem>;
  readonly reading: OutsideReading | undefined;
}

async function take(
  room: ChangesRoom,
  tx: Transaction<object>,
  { found, sealed, reading }: LookedUp,
  given: Approving,
): Promise<Result<Approved, RefusedGiving>> {
  await lockStack(tx, found.stack);
  const plan = (await lockPlan(tx, found.id)) ?? found;
  const tampered = sealed.ok ? changedMeanwhile(found, plan) : sealed.error;
  if (tampered !== undefined) return refuse(room, tx, plan, given, tampered);
  const stack = stackByName(room.organization(), plan.stack);
  const checked = await check(room, tx, { plan, stack, reading }, given);
  if (!checked.ok) return refuse(room, tx, plan, given, checked.error.why, checked.error.suspended);
  const at = room.clock.now();
  const { verified, stack: known, reading: read, decision } = checked.value;
  await insertApproval(tx, {
    id: room.newId('apr', at),
    stack: plan.stack,
    fingerprint: plan.fingerprint,
    approver: given.person.name,
    decision: verified.decision,
    statement: given.statement,
    signature: given.signature,
    givenAt: verified.at,
  });
  const judgement = await judge(room, tx, plan, known, read);
  const moved = await move(tx, plan, verified, judgement, at);
  if (!moved.ok) throw new Error(moved.error.reasons[0].message.en);
  const auditEntry = await appendAudit(tx, {
    at,
    kind: GIVEN[verified.decision],
    actor: personActor(given.person.name),
    subject: { ...planSubject(plan), person: given.person.name },
    outcome: 'allowed',
    evidence: {
      ...decisionEvidence(decision),
      statement: given.statement,
      signature: given.signature,
      key: verified.keyFingerprint,
      by: keyKindOf(verified),
      ...(verified.standsOn === undefined ? {} : { standsOn: verified.standsOn }),
      planIsNow: moved.value.state,
    },
  });
  return ok({ plan: moved.value, decision: verified.decision, judgement, auditEntry });
}

const keyKindOf = ({ keyKind }: VerifiedApproval): 'ssh' | 'passkey' =>
  keyKind === 'passkey' ? 'passkey' : 'ssh';

interface NotGiven {
  readonly why: Problem;
  readonly suspended?: boolean;
}

interface Checked {
  readonly verified: VerifiedApproval;
  readonly stack: Stack;
  readonly reading: OutsideReading;
  readonly decision: Decision;
}

async function check(
  room: ChangesRoom,
  tx: Transaction<object>,
  { plan, stack, reading }: Pick<LookedUp, 'reading'> & { plan: StoredPlan; stack: Stack | undefined },
  given: Approving,
): Promise<Result<Checked, NotGiven>> {
  if (stack === undefined || reading === undefined) return err({ why: planUnknown(plan.id) });
  if (!isOpenForDecision(plan.state)) return err({ why: notOpen(plan) });
  const verified = await verifyGiven(room, tx, plan, given);
  if (!verified.ok) return verified;
  const { reviews, teams } = reading;
  const onGitHub = authorsOnGitHub(room.organization(), stack, reviews?.ok === true ? reviews.value : []);
  const authors = distinctAuthors([...(await authorsOf(room, tx, plan)), ...onGitHub]);
  const { unread, ...asking } = askingNow(room, stack, given.person, teams);
  const asked = { plan, authors, stack, ...asking, verified: verified.value };
  const decision = decide(room.policySet(), policyRequest(room, asked));
  const denial = denialOf(decision);
  // A policy that forbids a team to approve is blind to a team that nobody can read; a no needs no team, and the glass breaks without GitHub.
  const isNeeded = denial !== undefined || verified.value.decision === 'approve';
  if (unread !== undefined && isNeeded) return err({ why: unread });
  if (denial !== undefined) return err({ why: denial });
  return ok({ verified: verified.value, stack, reading, decision });
}

/** The signature, whose it is, that it is new, and that its passkey counts on: in this order, so that nobody else's words touch a passkey. */
async function verifyGiven(
  room: ChangesRoom,
  tx: Transaction<object>,
  plan: StoredPlan,
  given: Approving,
): Promise<Result<VerifiedApproval, NotGiven>> {
  const now = room.clock.now();
  const earlier = await approvalsInForce(tx, plan.stack, plan.fingerprint);
  const passkeys = await passkeysBehind(room, tx, [given, ...earlier]);
  const against = { organization: room.organization(), plan, now, passkeys };
  const verified = await verifyApprovalStored(room, given, against);
  if (!verified.ok) return err({ why: verified.error });
  if (verified.value.approver !== given.person.name)
    return err({ why: notYours(verified.value.approver, given.person.name) });
  if (await statementWasGiven(tx, given.statement)) return err({ why: GIVEN_BEFORE });
  const standing = await rejectionThatStands(room, verified.value, { ...against, earlier });
  if (standing !== undefined) return err({ why: standing });
  const assertion = readAssertion(given.signature);
  if (assertion === undefined) return verified;
  const challenge = statementChallenge(given.statement);
  const accepted = await acceptAssertion(tx, room.passkeys, { assertion, challenge, at: now });
  if (accepted.ok) return verified;
  const { why, suspended } = accepted.error;
  return err({ why: problem('denied', why), suspended: suspended !== undefined });
}

interface Asked extends Omit<AskingNow, 'unread'> {
  readonly plan: StoredPlan;
  readonly authors: readonly Author[];
  readonly stack: Stack;
  readonly verified: VerifiedApproval;
}

function policyRequest(
  room: ChangesRoom,
  { organization, plan, authors, stack, person, verified }: Asked,
): ApproveRequest | BreakGlassRequest {
  const now = room.clock.now();
  const common = {
    principal: personPrincipal(organization, person),
    resource: stackResource(organization, stack),
  };
  const { findings } = plan.facts;
  const time = timeOf(room, now);
  if (verified.decision === 'break-glass') {
    const freeze = freezeFacts(organization, stack, now);
    const reasonLength = verified.reason?.length ?? 0;
    return { action: 'breakGlass', ...common, facts: { reasonLength, findings, freeze, time } };
  }
  return {
    action: 'approve',
    ...common,
    facts: {
      verdict: verified.decision,
      keyKind: keyKindOf(verified),
      author: authorFacts(organization, authors),
      findings,
      time,
    },
  };
}

function move(
  tx: Transaction<object>,
  plan: StoredPlan,
  verified: VerifiedApproval,
  { decision }: Judgement,
  at: StoredPlan['uploadedAt'],
): Promise<Result<StoredPlan, Problem>> {
  const by = {
    at,
    whom: verified.approver,
    detail: {
      ...{ decision: verified.decision, ...decisionToKeep(decision) },
      ...(verified.reason === undefined ? {} : { reason: verified.reason }),
    },
  };
  return verified.decision === 'reject'
    ? transition(tx, plan, { kind: 'rejected' }, by)
    : transition(tx, plan, { kind: 'decided', verdict: verdictOf(decision) }, by);
}

async function refuse(
  room: ChangesRoom,
  tx: Transaction<object>,
  plan: StoredPlan,
  { person }: Approving,
  why: Problem,
  suspended = false,
): Promise<Result<never, RefusedGiving>> {
  const entry = denied(
    'approval.refused',
    room.clock.now(),
    personActor(person.name),
    planSubject(plan),
    why,
  );
  return err({ problem: why, auditEntry: await appendAudit(tx, entry), suspended });
}

export const notOpen = (plan: StoredPlan): Problem =>
  problem('conflict', {
    rule: 'approval.plan-closed',
    message: text(
      `Plan ${plan.id} is ${plan.state}: there is nothing to decide about it.`,
      `プラン ${plan.id} の状態は ${plan.state} です。判断の対象ではありません。`,
    ),
    remedy: text(
      'Look for the newest plan of the stack: `sekisho plans --stack`.',
      '`sekisho plans --stack` でスタックの最新のプランを確認してください。',
    ),
  });

export const notYours = (approver: string, person: string): Problem =>
  problem('denied', {
    rule: 'approval.not-yours',
    message: text(
      `The statement speaks for ${approver}; you are signed in as ${person}.`,
      `承認文は ${approver} のものですが、${person} としてサインインしています。`,
    ),
    remedy: text('Sign your own statement.', '自分の承認文に署名してください。'),
  });

const GIVEN_BEFORE: Problem = problem('conflict', {
  rule: 'approval.given-before',
  message: text('This very statement was given before.', 'この承認文はすでに提出されています。'),
  remedy: text('Sign anew with `sekisho approve`.', '`sekisho approve` で署名し直してください。'),
});
