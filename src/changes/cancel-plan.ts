import { type Person, stackByName } from '#accounts/core';
import { appendAudit } from '#audit';
import { err, ok, type PlanId, type Problem, problem, type Result, text } from '#core-values';
import { denied, personActor, planSubject } from './audit-entries.ts';
import { planUnknown } from './problems.ts';
import type { ChangesRoom, Refusal } from './room.ts';
import { findPlan, lockPlan, type StoredPlan } from './store/plans.ts';
import { lockStack } from './store/stack-lock.ts';
import { transition } from './transition.ts';

/** Takes a plan off the road for good; the author, the owning team and administrators may. */
export async function cancelPlan(
  room: ChangesRoom,
  request: { readonly plan: PlanId; readonly person: Person },
): Promise<Result<StoredPlan, Refusal>> {
  const found = await findPlan(room.db, request.plan);
  if (found === undefined) return err({ problem: planUnknown(request.plan) });
  return room.inTransaction(async (tx) => {
    await lockStack(tx, found.stack);
    const plan = (await lockPlan(tx, found.id)) ?? found;
    const at = room.clock.now();
    const actor = personActor(request.person.name);
    if (!mayCancel(room, plan, request.person)) {
      const auditEntry = await appendAudit(
        tx,
        denied('plan.cancel-refused', at, actor, planSubject(plan), NOT_YOURS),
      );
      return err({ problem: NOT_YOURS, auditEntry });
    }
    const cancelled = await transition(tx, plan, { kind: 'cancelled' }, { at, whom: request.person.name });
    if (!cancelled.ok) return err({ problem: cancelled.error });
    await appendAudit(tx, { at, kind: 'plan.cancelled', actor, subject: planSubject(plan), outcome: 'done' });
    return ok(cancelled.value);
  });
}

export function mayCancel(
  room: Pick<ChangesRoom, 'organization'>,
  plan: StoredPlan,
  person: Person,
): boolean {
  const organization = room.organization();
  const stack = stackByName(organization, plan.stack);
  return (
    plan.author.person === person.name ||
    organization.administrators.includes(person.name) ||
    (stack !== undefined && person.teams.includes(stack.approval.team))
  );
}

const NOT_YOURS: Problem = problem('denied', {
  rule: 'plan.cancel-not-yours',
  message: text(
    'Only the author, the team that owns the stack, and administrators cancel a plan.',
    'プランを取り消せるのは、作成者、スタックを所有するチーム、管理者だけです。',
  ),
  remedy: text('Ask one of them.', 'いずれかの人に依頼してください。'),
});
