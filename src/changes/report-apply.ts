import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import { type AuditOutcome, appendAudit, listAudit } from '#audit';
import { redactJson } from '#audit/core';
import {
  type AuditEntryId,
  err,
  type GrantId,
  type JsonObject,
  ok,
  type Problem,
  parseAuditEntryId,
  problem,
  type Result,
  text,
} from '#core-values';
import { authorizeGrant, finishGrant, type Grant, grantOfSecret, type StateStore } from '#credentials';
import { denied } from './audit-entries.ts';
import type { ReportRequest } from './core/api.ts';
import type { KeptDenial } from './core/denied-api.ts';
import { denialsToKeep } from './denials.ts';
import { grantActor } from './fetch-plan-file.ts';
import { grantSubject } from './grant.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { openRecord } from './sealed-record.ts';
import { recordTransitions } from './store/plan-history.ts';
import { findPlan, lockPlan, type StoredPlan } from './store/plans.ts';
import { lockStack } from './store/stack-lock.ts';
import { type KnownState, knownStateOf, recordState } from './store/stack-states.ts';
import { stepOf } from './transition.ts';

export interface Reported {
  readonly plan: StoredPlan;
  readonly auditEntry: AuditEntryId;
  /** Calls that AWS refused, with what the grant's session policy says of each. */
  readonly denials: readonly KeptDenial[];
}

/**
 * What the job says became of its apply. Ends the grant; a failed apply keeps what was done and asks for a new plan. A job whose
 * answer was lost says it again and gets the same answer; saying anything else is refused, and kept in the log.
 */
export async function reportApply(
  room: ChangesRoom,
  request: { readonly secret: string; readonly report: ReportRequest },
): Promise<Result<Reported, Refusal>> {
  const live = await authorizeGrant(room.db, request.secret, room.clock.now());
  const grant = live.ok ? live.value : await grantOfSecret(room.db, request.secret);
  if (grant?.plan === undefined) return err({ problem: live.ok ? NOTHING_TO_REPORT : live.error });
  const granted = grant.plan;
  const found = await findPlan(room.db, granted.id);
  const scope = found === undefined ? err(NOTHING_TO_REPORT) : await openRecord(room, found);
  if (!scope.ok) return err({ problem: scope.error });
  return room.inTransaction(async (tx) => {
    await lockStack(tx, grant.stack);
    const plan = await lockPlan(tx, granted.id);
    if (plan === undefined) return err({ problem: NOTHING_TO_REPORT });
    const reported = await reportedBefore(tx, grant.id);
    const { report } = request;
    const said = report.outcome === 'failed' ? (report.denials ?? []) : [];
    const denials = denialsToKeep(said, plan, scope.value);
    if (reported !== undefined) return again(room, tx, { grant, plan, report, denials }, reported);
    if (!live.ok) return err({ problem: live.error });
    return record(room, tx, { grant, plan, report, denials, store: scope.value.stateStore });
  });
}

interface ReportedBefore {
  readonly outcome: AuditOutcome;
  readonly evidence: JsonObject;
  readonly auditEntry: AuditEntryId;
}

/** From the log, which nobody can change: the job's own words of then. */
async function reportedBefore(tx: Transaction<object>, grant: GrantId): Promise<ReportedBefore | undefined> {
  const { entries } = await listAudit(tx, { filter: { grant, kind: 'apply.reported' }, limit: 1 });
  const [entry] = entries;
  const auditEntry = entry === undefined ? undefined : parseAuditEntryId(String(entry.position));
  return entry === undefined || auditEntry === undefined ? undefined : { ...entry, auditEntry };
}

interface Said {
  readonly grant: Grant;
  readonly plan: StoredPlan;
  readonly report: ReportRequest;
  readonly denials: readonly (KeptDenial & JsonObject)[];
}

/** Nothing moves: the answer of then, or a refusal that the log keeps, because an honest job does not change its mind. */
async function again(
  room: ChangesRoom,
  tx: Transaction<object>,
  { grant, plan, report, denials }: Said,
  { outcome, evidence, auditEntry }: ReportedBefore,
): Promise<Result<Reported, Refusal>> {
  const said = evidenceOf(report);
  if (outcome === outcomeOf(report) && isDeepStrictEqual(redactJson(said), evidence))
    return ok({ plan, auditEntry, denials });
  const why = otherReport(grant.id);
  const at = room.clock.now();
  const entry = denied('apply.report-refused', at, grantActor(grant), grantSubject(grant), why, {
    ...said,
    outcome: report.outcome,
    reportedBefore: auditEntry,
  });
  return err({ problem: why, auditEntry: await appendAudit(tx, entry) });
}

interface Report extends Said {
  readonly store: StateStore | undefined;
}

const outcomeOf = ({ outcome }: ReportRequest): AuditOutcome => (outcome === 'applied' ? 'done' : 'failed');

const evidenceOf = ({ exitCode, state, denials }: ReportRequest): JsonObject => ({
  exitCode,
  ...(state === undefined ? {} : { serial: state.serial, lineage: state.lineage }),
  ...(denials === undefined ? {} : { denials: denials.map((denial) => ({ ...denial })) }),
});

async function record(
  room: ChangesRoom,
  tx: Transaction<object>,
  { grant, plan, report, denials, store }: Report,
): Promise<Result<Reported, Refusal>> {
  const at = room.clock.now();
  const actor = grantActor(grant);
  const known = await knownStateOf(tx, plan.stack);
  const { state } = report;
  if (state !== undefined && !follows(state, plan, known)) return err({ problem: STATE_WENT_BACK });
  const kind = report.outcome === 'applied' ? 'apply-succeeded' : 'apply-failed';
  const detail = {
    exitCode: report.exitCode,
    ...(state === undefined ? {} : { serial: state.serial }),
    ...(denials.length === 0 ? {} : { denials }),
  };
  const step = stepOf(plan, { kind }, { at, whom: actor.name, detail });
  if (!step.ok) return err({ problem: step.error });
  // The grant may have ended since it was looked at; nothing is written before that is known.
  const finished = await finishGrant(tx, grant.id, at);
  if (!finished.ok) return err({ problem: finished.error });
  await recordTransitions(tx, [step.value]);
  if (state !== undefined) {
    const place = store === undefined ? {} : { store };
    await recordState(tx, plan.stack, { ...state, ...place }, { by: grant.id, at });
  }
  const auditEntry = await appendAudit(tx, {
    at,
    kind: 'apply.reported',
    actor,
    subject: grantSubject(grant),
    outcome: outcomeOf(report),
    evidence: evidenceOf(report),
  });
  return ok({ plan: { ...plan, state: step.value.state }, auditEntry, denials });
}

/** A state only moves forward, and keeps its lineage once it has one. */
const follows = (state: KnownState, plan: StoredPlan, known: KnownState | undefined): boolean =>
  (plan.lineage === '' || state.lineage === plan.lineage) &&
  state.serial >= plan.serial &&
  (known === undefined || (state.lineage === known.lineage && state.serial >= known.serial));

const NOTHING_TO_REPORT: Problem = problem('bad-input', {
  rule: 'report.no-plan',
  message: text('This grant is not for an apply.', 'このグラントは適用のためのものではありません。'),
  remedy: text(
    'Report with the secret of the apply grant.',
    '適用用グラントのシークレットで報告してください。',
  ),
});

const otherReport = (grant: GrantId): Problem =>
  problem('conflict', {
    rule: 'report.already-given',
    message: text(
      'This apply was reported before, and not like this. The first report stands.',
      'この適用はすでに報告済みで、今回の内容はそれと異なります。最初の報告が有効です。',
    ),
    remedy: text(
      `See both with \`sekisho audit list --kind apply --grant ${grant}\`, and plan again: the plan shows what the state really is.`,
      `\`sekisho audit list --kind apply --grant ${grant}\` で両方の記録を確認し、プランを作り直して実際の state を確かめてください。`,
    ),
  });

const STATE_WENT_BACK: Problem = problem('conflict', {
  rule: 'report.state-went-back',
  message: text(
    'The reported state is older than the plan’s, or of another lineage.',
    '報告された state が、プランの state より古いか、lineage が異なります。',
  ),
  remedy: text(
    'Look at the backend: somebody may have restored an old state. The plan stays “applying” until it is clear.',
    'バックエンドを確認してください。古い state が復元された可能性があります。解決するまでプランは「applying」のままです。',
  ),
});
