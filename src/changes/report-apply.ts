import type { Transaction } from 'kysely';
import { appendAudit } from '#audit';
import { type AuditEntryId, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { authorizeGrant, finishGrant, type Grant, type StateStore } from '#credentials';
import type { ReportRequest } from './core/api.ts';
import { grantActor } from './fetch-plan-file.ts';
import { grantSubject } from './grant.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { openRecord } from './sealed-record.ts';
import { findPlan, lockPlan, type StoredPlan } from './store/plans.ts';
import { lockStack } from './store/stack-lock.ts';
import { type KnownState, knownStateOf, recordState } from './store/stack-states.ts';
import { transition } from './transition.ts';

export interface Reported {
  readonly plan: StoredPlan;
  readonly auditEntry: AuditEntryId;
}

/** What the job says became of its apply. Ends the grant; a failed apply keeps what was done and asks for a new plan. */
export async function reportApply(
  room: ChangesRoom,
  request: { readonly secret: string; readonly report: ReportRequest },
): Promise<Result<Reported, Refusal>> {
  const grant = await authorizeGrant(room.db, request.secret, room.clock.now());
  if (!grant.ok) return err({ problem: grant.error });
  const granted = grant.value.plan;
  if (granted === undefined) return err({ problem: NOTHING_TO_REPORT });
  const found = await findPlan(room.db, granted.id);
  const scope = found === undefined ? err(NOTHING_TO_REPORT) : await openRecord(room, found);
  if (!scope.ok) return err({ problem: scope.error });
  return room.inTransaction(async (tx) => {
    await lockStack(tx, grant.value.stack);
    const plan = await lockPlan(tx, granted.id);
    if (plan === undefined) return err({ problem: NOTHING_TO_REPORT });
    return record(room, tx, {
      grant: grant.value,
      plan,
      report: request.report,
      store: scope.value.stateStore,
    });
  });
}

interface Report {
  readonly grant: Grant;
  readonly plan: StoredPlan;
  readonly report: ReportRequest;
  readonly store: StateStore | undefined;
}

async function record(
  room: ChangesRoom,
  tx: Transaction<object>,
  { grant, plan, report, store }: Report,
): Promise<Result<Reported, Refusal>> {
  const at = room.clock.now();
  const actor = grantActor(grant);
  const known = await knownStateOf(tx, plan.stack);
  const { state } = report;
  if (state !== undefined && !follows(state, plan, known)) return err({ problem: STATE_WENT_BACK });
  const kind = report.outcome === 'applied' ? 'apply-succeeded' : 'apply-failed';
  const detail = { exitCode: report.exitCode, ...(state === undefined ? {} : { serial: state.serial }) };
  const moved = await transition(tx, plan, { kind }, { at, whom: actor.name, detail });
  if (!moved.ok) return err({ problem: moved.error });
  const finished = await finishGrant(tx, grant.id, at);
  if (!finished.ok) throw new Error(finished.error.reasons[0].message.en);
  if (state !== undefined) {
    const place = store === undefined ? {} : { store };
    await recordState(tx, plan.stack, { ...state, ...place }, { by: grant.id, at });
  }
  const auditEntry = await appendAudit(tx, {
    at,
    kind: 'apply.reported',
    actor,
    subject: grantSubject(grant),
    outcome: report.outcome === 'applied' ? 'done' : 'failed',
    evidence: { ...detail, ...(state === undefined ? {} : { lineage: state.lineage }) },
  });
  return ok({ plan: moved.value, auditEntry });
}

/** A state only moves forward, and keeps its lineage once it has one. */
const follows = (state: KnownState, plan: StoredPlan, known: KnownState | undefined): boolean =>
  (plan.lineage === '' || state.lineage === plan.lineage) &&
  state.serial >= plan.serial &&
  (known === undefined || (state.lineage === known.lineage && state.serial >= known.serial));

const NOTHING_TO_REPORT: Problem = problem('bad-input', {
  rule: 'report.no-plan',
  message: text('This grant is not for an apply.', 'この権限は適用のためのものではありません。'),
  remedy: text(
    'Report with the secret of the apply grant.',
    '適用用の権限のシークレットで報告してください。',
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
