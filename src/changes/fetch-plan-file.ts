import { createHash } from 'node:crypto';
import { type AuditActor, appendAudit } from '#audit';
import { err, ok, type PlanId, type Problem, problem, type Result, text } from '#core-values';
import { authorizeGrant, type Grant } from '#credentials';
import { denied } from './audit-entries.ts';
import { grantSubject } from './grant.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { lockPlan, sealedFileOf } from './store/plans.ts';
import { transition } from './transition.ts';

export const grantActor = (grant: Grant): AuditActor => ({
  kind: 'workload',
  name: `${grant.job.repositoryName} run ${grant.job.runId}`,
  claims: { grant: grant.id, runId: grant.job.runId, runAttempt: String(grant.job.runAttempt) },
  tokenSha256: grant.job.tokenSha256,
});

/** The approved plan file, byte for byte, for the job that holds its grant; from here on the plan is being applied. */
export async function fetchPlanFile(
  room: ChangesRoom,
  request: { readonly secret: string; readonly plan: PlanId },
): Promise<Result<Uint8Array, Refusal>> {
  const grant = await authorizeGrant(room.db, request.secret, room.clock.now());
  if (!grant.ok) return err({ problem: grant.error });
  if (grant.value.plan?.id !== request.plan) return refuse(room, grant.value, OTHER_PLAN);
  const file = await openFile(room, grant.value, request.plan);
  if (!file.ok) return refuse(room, grant.value, file.error);
  return room.inTransaction(async (tx) => {
    const plan = await lockPlan(tx, request.plan);
    if (plan === undefined) return err({ problem: FILE_GONE });
    // A job that lost the answer may ask again while it applies.
    if (plan.state === 'applying') return ok(file.value);
    const at = room.clock.now();
    const actor = grantActor(grant.value);
    const applying = await transition(tx, plan, { kind: 'file-fetched' }, { at, whom: actor.name });
    if (!applying.ok) return err({ problem: applying.error });
    const subject = grantSubject(grant.value);
    await appendAudit(tx, { at, kind: 'apply.started', actor, subject, outcome: 'done' });
    return ok(file.value);
  });
}

async function refuse(room: ChangesRoom, grant: Grant, why: Problem): Promise<Result<never, Refusal>> {
  const entry = denied('plan-file.refused', room.clock.now(), grantActor(grant), grantSubject(grant), why);
  return err({ problem: why, auditEntry: await room.inTransaction((tx) => appendAudit(tx, entry)) });
}

async function openFile(room: ChangesRoom, grant: Grant, id: PlanId): Promise<Result<Uint8Array, Problem>> {
  const sealed = await sealedFileOf(room.db, id);
  if (sealed === undefined) return err(FILE_GONE);
  const opened = await room.keyring.decrypt(sealed, { purpose: 'plan-file', id });
  if (!opened.ok) return opened;
  const digest = createHash('sha256').update(opened.value).digest('hex');
  return digest === grant.plan?.digest ? opened : err(FILE_GONE);
}

const OTHER_PLAN: Problem = problem('denied', {
  rule: 'grant.other-plan',
  message: text('The grant is for another plan.', 'このグラントは別のプランのものです。'),
  remedy: text('Fetch the plan that the grant names.', 'グラントが指しているプランを取得してください。'),
});

const FILE_GONE: Problem = problem('not-found', {
  rule: 'plan.file-gone',
  message: text(
    'The plan file is no longer kept: it goes when the plan is applied, replaced or expired.',
    'プランファイルは保管されていません。適用・置き換え・期限切れの時点で削除されます。',
  ),
  remedy: text('Run the workflow again from the start.', 'ワークフローを最初から再実行してください。'),
});
