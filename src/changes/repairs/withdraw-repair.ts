import { type Person, stackByName } from '#accounts/core';
import { appendAudit } from '#audit';
import { err, ok, type PlanId, type Problem, problem, type Result, text } from '#core-values';
import { denied, personActor, planSubject } from '../audit-entries.ts';
import { mayCancel } from '../cancel-plan.ts';
import { isOpenForDecision } from '../core/life.ts';
import { judge, verdictOf } from '../judge.ts';
import { decisionToKeep } from '../kept-refusal.ts';
import { planUnknown } from '../problems.ts';
import { readOutside } from '../read-outside.ts';
import type { ChangesRoom, Refusal } from '../room.ts';
import { findPlan, lockPlan } from '../store/plans.ts';
import { lockStack } from '../store/stack-lock.ts';
import { transition } from '../transition.ts';
import type { RepairTaken } from './mark-repair.ts';
import { repairInForce, type StoredRepair, withdrawRepair as withdraw } from './store.ts';

/** Takes the mark and its agreement away: whoever gave one of them may, and whoever may cancel the plan. It only ever closes the gate. */
export async function withdrawRepair(
  room: ChangesRoom,
  asked: { readonly plan: PlanId; readonly person: Person },
): Promise<Result<RepairTaken, Refusal>> {
  const found = await findPlan(room.db, asked.plan);
  const stack = found && stackByName(room.organization(), found.stack);
  if (found === undefined || stack === undefined) return err({ problem: planUnknown(asked.plan) });
  const reading = await readOutside(room, stack, found);
  return room.inTransaction(async (tx) => {
    await lockStack(tx, found.stack);
    const plan = (await lockPlan(tx, found.id)) ?? found;
    const standing = await repairInForce(tx, plan.stack, plan.fingerprint);
    const at = room.clock.now();
    const { name } = asked.person;
    const actor = personActor(name);
    const isOurs = (repair: StoredRepair): boolean =>
      [repair.mark.by, repair.agreement?.by].includes(name) || mayCancel(room, plan, asked.person);
    const why = standing === undefined ? NOTHING : isOurs(standing) ? undefined : NOT_YOURS;
    if (standing === undefined || why !== undefined) {
      const entry = denied('repair.refused', at, actor, planSubject(plan), why ?? NOTHING, {
        says: 'withdraw',
      });
      return err({ problem: why ?? NOTHING, auditEntry: await appendAudit(tx, entry) });
    }
    await withdraw(tx, standing.id, name, at);
    const { decision } = await judge(room, tx, plan, stack, reading);
    const by = { at, whom: name, detail: { decision: 'withdraw-repair', ...decisionToKeep(decision) } };
    const moved = isOpenForDecision(plan.state)
      ? await transition(tx, plan, { kind: 'decided', verdict: verdictOf(decision) }, by)
      : ok(plan);
    if (!moved.ok) throw new Error(moved.error.reasons[0].message.en);
    const auditEntry = await appendAudit(tx, {
      at,
      kind: 'repair.withdrawn',
      actor,
      subject: { ...planSubject(plan), person: standing.mark.by },
      outcome: 'done',
      evidence: {
        markedBy: standing.mark.by,
        ...(standing.agreement === undefined ? {} : { agreedBy: standing.agreement.by }),
        planIsNow: moved.value.state,
      },
    });
    return ok({ plan: moved.value, auditEntry });
  });
}

const NOTHING: Problem = problem('conflict', {
  rule: 'repair.not-marked',
  message: text('This plan is not marked as a repair.', 'このプランは修復として登録されていません。'),
  remedy: text('Look at it: `sekisho show PLAN`.', '`sekisho show PLAN` で確認してください。'),
});

const NOT_YOURS: Problem = problem('denied', {
  rule: 'repair.withdraw-not-yours',
  message: text(
    'Whoever marked it or agreed, the author, the team that owns the stack, and administrators withdraw a mark.',
    '取り下げられるのは、登録した人、同意した人、作成者、スタックを所有するチーム、管理者だけです。',
  ),
  remedy: text('Ask one of them.', 'いずれかの人に依頼してください。'),
});
