import type { Transaction } from 'kysely';
import { acceptAssertion, readAssertion, statementChallenge } from '#accounts';
import { type Person, type Stack, stackByName } from '#accounts/core';
import { appendAudit } from '#audit';
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
import { decide } from '#policy/core';
import { decisionEvidence, denied, personActor, planSubject } from '../audit-entries.ts';
import { authorsOf, distinctAuthors } from '../authors.ts';
import { LEAST_REPAIR_REASON, type RepairWord, type VerifiedStatement } from '../core/approval/index.ts';
import { isOpenForDecision } from '../core/life.ts';
import { denialOf } from '../denial.ts';
import { notOpen, notYours } from '../give-approval.ts';
import { countedPeople, judge, verdictOf } from '../judge.ts';
import { decisionToKeep } from '../kept-refusal.ts';
import { approveRequest } from '../plan-page/may-decide.ts';
import { planUnknown } from '../problems.ts';
import { type OutsideReading, readOutside } from '../read-outside.ts';
import { authorsOnGitHub } from '../reviews/judge-reviews.ts';
import { askingNow, organizationNow } from '../reviews/team-members.ts';
import type { ChangesRoom, Refusal } from '../room.ts';
import { changedMeanwhile, openRecord } from '../sealed-record.ts';
import { findPlan, lockPlan, type StoredPlan } from '../store/plans.ts';
import { lockStack } from '../store/stack-lock.ts';
import { transition } from '../transition.ts';
import { passkeysBehind, verifyStored } from '../verify-stored.ts';
import { agreementFault, REASON_TOO_SHORT } from './judge-repair.ts';
import {
  agreeToRepair,
  insertRepair,
  repairInForce,
  type StoredRepair,
  withdrawRepair,
  wordWasGiven,
} from './store.ts';

export interface RepairWordGiven {
  readonly plan: PlanId;
  /** Who is signed in; the statement must be theirs. */
  readonly person: Person;
  readonly says: RepairWord;
  readonly statement: string;
  readonly signature: string;
}

export interface RepairTaken {
  readonly plan: StoredPlan;
  readonly auditEntry: AuditEntryId;
}

interface At {
  readonly plan: StoredPlan;
  readonly stack: Stack;
  readonly reading: OutsideReading;
}

/**
 * Takes a person's signed word that a plan is a repair, or a second person's that it is, and moves the plan to what the policy then says.
 * A refused word is not kept, but its refusal is.
 */
export async function giveRepairWord(
  room: ChangesRoom,
  given: RepairWordGiven,
): Promise<Result<RepairTaken, Refusal>> {
  const found = await findPlan(room.db, given.plan);
  if (found === undefined) return err({ problem: planUnknown(given.plan) });
  const sealed = await openRecord(room, found);
  const stack = stackByName(room.organization(), found.stack);
  const reading = stack && (await readOutside(room, stack, found));
  const taken = await room.inTransaction(async (tx) => {
    await lockStack(tx, found.stack);
    const plan = (await lockPlan(tx, found.id)) ?? found;
    const tampered = sealed.ok ? changedMeanwhile(found, plan) : sealed.error;
    if (tampered !== undefined) return refuse(room, tx, plan, given, tampered);
    if (stack === undefined || reading === undefined)
      return refuse(room, tx, plan, given, planUnknown(plan.id));
    const at = { plan, stack, reading };
    const taken = await take(room, tx, at, given);
    if (taken.ok) return ok(await settle(room, tx, at, given, taken.value));
    const { why, suspended } = taken.error;
    return refuse(room, tx, plan, given, why, suspended);
  });
  if (!taken.ok && taken.error.suspended === true)
    room.alarm({ kind: 'passkey-suspended', plan: found.id, stack: found.stack, person: given.person.name });
  return taken;
}

interface NotTaken {
  readonly why: Problem;
  readonly suspended?: boolean;
}

/** A refusal that also suspended the passkey: people are told once it is committed. */
interface RefusedWord extends Refusal {
  readonly suspended: boolean;
}

/** Checks the word in the order in which others are least troubled, and keeps it. */
async function take(
  room: ChangesRoom,
  tx: Transaction<object>,
  { plan, stack, reading }: At,
  given: RepairWordGiven,
): Promise<Result<VerifiedStatement, NotTaken>> {
  if (!isOpenForDecision(plan.state)) return err({ why: notOpen(plan) });
  const standing = await repairInForce(tx, plan.stack, plan.fingerprint);
  const earlier = standing === undefined ? [] : [standing.mark];
  const passkeys = await passkeysBehind(room, tx, [given, ...earlier]);
  const organization = organizationNow(room.organization(), stack, reading.teams);
  const against = { organization, plan, now: room.clock.now(), passkeys };
  const verified = await verifyStored(room, given, against);
  if (!verified.ok) return err({ why: verified.error });
  const word = verified.value;
  if (word.decision !== given.says) return err({ why: OTHER_WORD });
  if (word.approver !== given.person.name) return err({ why: notYours(word.approver, given.person.name) });
  if (await wordWasGiven(tx, given.statement)) return err({ why: GIVEN_BEFORE });
  const isDead = standing !== undefined && !(await verifyStored(room, standing.mark, against)).ok;
  const fault =
    given.says === 'repair'
      ? markFault(word, isDead ? undefined : standing)
      : await cannotAgree(room, tx, { plan, stack, reading }, { word, standing, given, against });
  if (fault !== undefined) return err({ why: fault });
  const assertion = readAssertion(given.signature);
  if (assertion !== undefined) {
    const challenge = statementChallenge(given.statement);
    const accepted = await acceptAssertion(tx, room.passkeys, { assertion, challenge, at: against.now });
    if (!accepted.ok) {
      const { why, suspended } = accepted.error;
      return err({ why: problem('denied', why), suspended: suspended !== undefined });
    }
  }
  const kept = { by: word.approver, at: word.at, statement: given.statement, signature: given.signature };
  if (given.says === 'repair') {
    // A mark whose time is over, or whose marker left, stands in nobody's way.
    if (standing !== undefined) await withdrawRepair(tx, standing.id, word.approver, against.now);
    const id = room.newId('rpr', against.now);
    await insertRepair(tx, { id, stack: plan.stack, fingerprint: plan.fingerprint, mark: kept });
  } else if (standing !== undefined) await agreeToRepair(tx, standing.id, kept);
  return ok(word);
}

function markFault({ reason }: VerifiedStatement, standing: StoredRepair | undefined): Problem | undefined {
  if (standing !== undefined) return marked(standing.mark.by);
  return (reason?.length ?? 0) < LEAST_REPAIR_REASON ? REASON_TOO_SHORT : undefined;
}

interface Agreeing {
  readonly word: VerifiedStatement;
  readonly standing: StoredRepair | undefined;
  readonly given: RepairWordGiven;
  readonly against: Parameters<typeof verifyStored>[2];
}

/** Whoever agrees is a second person, and one who may say yes to the plan. */
async function cannotAgree(
  room: ChangesRoom,
  tx: Transaction<object>,
  { plan, stack, reading }: At,
  { word, standing, given, against }: Agreeing,
): Promise<Problem | undefined> {
  if (standing === undefined) return NOT_MARKED;
  if (standing.agreement !== undefined) return agreed(standing.agreement.by);
  const mark = await verifyStored(room, standing.mark, against);
  if (!mark.ok) return mark.error;
  if (reading.reviews?.ok === false) return reading.reviews.error;
  const onGitHub = authorsOnGitHub(room.organization(), stack, reading.reviews?.value ?? []);
  const authors = distinctAuthors([...(await authorsOf(room, tx, plan)), ...onGitHub]);
  const fault = agreementFault(mark.value, word, {
    ...{ stack: plan.stack, fingerprint: plan.fingerprint, people: countedPeople(against.organization) },
    authors: authors.map(({ id }) => ({ issuer: plan.job.issuer, subject: id })),
    owningTeam: stack.approval.team,
  });
  if (fault !== undefined) return problem('denied', fault);
  const { organization, unread } = askingNow(room, stack, given.person, reading.teams);
  // A policy that forbids a team to approve is blind to a team that nobody can read.
  if (unread !== undefined) return unread;
  const asking = { ...room, organization: () => organization };
  const keyKind = word.keyKind === 'passkey' ? 'passkey' : 'ssh';
  return denialOf(
    decide(room.policySet(), approveRequest(asking, given.person, { plan, stack, authors }, keyKind)),
  );
}

const KINDS = { repair: 'repair.marked', 'agree-repair': 'repair.agreed' } as const;

async function settle(
  room: ChangesRoom,
  tx: Transaction<object>,
  { plan, stack, reading }: At,
  given: RepairWordGiven,
  word: VerifiedStatement,
): Promise<RepairTaken> {
  const at = room.clock.now();
  const { decision } = await judge(room, tx, plan, stack, reading);
  const detail = { decision: given.says, reason: word.reason ?? '', ...decisionToKeep(decision) };
  const by = { at, whom: word.approver, detail };
  const moved = await transition(tx, plan, { kind: 'decided', verdict: verdictOf(decision) }, by);
  if (!moved.ok) throw new Error(moved.error.reasons[0].message.en);
  const auditEntry = await appendAudit(tx, {
    at,
    kind: KINDS[given.says],
    actor: personActor(word.approver),
    subject: { ...planSubject(plan), person: word.approver },
    outcome: 'allowed',
    evidence: {
      ...decisionEvidence(decision),
      ...{ reason: word.reason ?? '', statement: given.statement, signature: given.signature },
      key: word.keyFingerprint,
      ...(word.standsOn === undefined ? {} : { standsOn: [...word.standsOn] }),
      planIsNow: moved.value.state,
    },
  });
  return { plan: moved.value, auditEntry };
}

async function refuse(
  room: ChangesRoom,
  tx: Transaction<object>,
  plan: StoredPlan,
  { person, says }: RepairWordGiven,
  why: Problem,
  suspended = false,
): Promise<Result<never, RefusedWord>> {
  const actor = personActor(person.name);
  const entry = denied('repair.refused', room.clock.now(), actor, planSubject(plan), why, { says });
  return err({ problem: why, auditEntry: await appendAudit(tx, entry), suspended });
}

const OTHER_WORD: Problem = problem('bad-input', {
  rule: 'repair.other-word',
  message: text(
    'The statement says something else than what it was given for.',
    '文の内容が、提出先の操作と一致しません。',
  ),
  remedy: text(
    'Mark with `sekisho repair PLAN --reason …`, agree with `sekisho repair PLAN --agree`.',
    '登録は `sekisho repair PLAN --reason …`、同意は `sekisho repair PLAN --agree` で行ってください。',
  ),
});

const GIVEN_BEFORE: Problem = problem('conflict', {
  rule: 'repair.given-before',
  message: text('This very statement was given before.', 'この文はすでに提出されています。'),
  remedy: text('Sign anew with `sekisho repair`.', '`sekisho repair` で署名し直してください。'),
});

export const NOT_MARKED: Problem = problem('conflict', {
  rule: 'repair.not-marked',
  message: text(
    'Nobody has marked what this plan means as a repair.',
    'このプランは修復として登録されていません。',
  ),
  remedy: text(
    'Mark it first: `sekisho repair PLAN --reason …`.',
    '先に `sekisho repair PLAN --reason …` で登録してください。',
  ),
});

const marked = (by: string): Problem =>
  problem('conflict', {
    rule: 'repair.marked-before',
    message: text(
      `${by} has marked this plan as a repair already.`,
      `このプランはすでに ${by} が修復として登録しています。`,
    ),
    remedy: text(
      'Agree to it (`--agree`), or have it withdrawn (`--withdraw`) and mark it anew.',
      '同意する(`--agree`)か、取り下げて(`--withdraw`)登録し直してください。',
    ),
  });

const agreed = (by: string): Problem =>
  problem('conflict', {
    rule: 'repair.agreed-before',
    message: text(`${by} has agreed already.`, `すでに ${by} が同意しています。`),
    remedy: text('Nothing more is needed.', 'これ以上の操作は必要ありません。'),
  });
