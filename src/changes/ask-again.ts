import type { Person } from '#accounts/core';
import { appendAudit } from '#audit';
import {
  err,
  type JsonObject,
  ok,
  type PlanId,
  type Problem,
  problem,
  type Reason,
  type Result,
  text,
} from '#core-values';
import { personActor, planSubject } from './audit-entries.ts';
import { type AskedAgain, type AskingEvent, askedLately, isSpent } from './core/again.ts';
import { planUnknown } from './problems.ts';
import type { ChangesRoom } from './room.ts';
import { historyOf, recordTransition } from './store/plan-history.ts';
import { findPlan, lockPlan, type StoredPlan } from './store/plans.ts';

type Room = Pick<ChangesRoom, 'db' | 'inTransaction' | 'clock'>;

export interface AskingAgain {
  readonly plan: PlanId;
  readonly person: Person;
  /** Where it is asked for, as the log names it: `pull-request:github.com/7#12`. */
  readonly where: string;
  readonly evidence: JsonObject;
}

/** A plan that a new one may be asked for in the place of; with who did lately. */
export async function planToAskAgain(
  { db, clock }: Pick<Room, 'db' | 'clock'>,
  id: PlanId,
): Promise<Result<{ readonly plan: StoredPlan; readonly asked?: AskedAgain }, Problem>> {
  const plan = await findPlan(db, id);
  if (plan === undefined) return err(planUnknown(id));
  if (!isSpent(plan.state)) return err(NOT_SPENT);
  const asked = askedLately(await historyOf(db, id), clock.now());
  return ok({ plan, ...(asked === undefined ? {} : { asked }) });
}

/** Writes down that a person asks for a new plan, before anything is started: what may have been started must not be started twice. */
export function askAgain(
  { inTransaction, clock }: Room,
  { plan: id, person, where, evidence }: AskingAgain,
): Promise<Result<{ readonly asked: AskedAgain; readonly isNew: boolean }, Problem>> {
  return inTransaction(async (tx) => {
    const plan = await lockPlan(tx, id);
    if (plan === undefined) return err(planUnknown(id));
    if (!isSpent(plan.state)) return err(NOT_SPENT);
    const at = clock.now();
    const before = askedLately(await historyOf(tx, id), at);
    if (before !== undefined) return ok({ asked: before, isNew: false });
    const asked = { at, byWhom: person.name };
    await recordTransition(tx, plan, stepOf(plan, 'asked-again', asked));
    await appendAudit(tx, {
      ...{ at, kind: 'command.followed', actor: personActor(person.name), outcome: 'allowed' },
      ...{ subject: { ...planSubject(plan), person: person.name, other: where }, evidence },
    });
    return ok({ asked, isNew: true });
  });
}

/** Nothing was started after all: who asks again is heard. */
export const notStarted = (
  { inTransaction, clock }: Room,
  { plan: id, person }: AskingAgain,
): Promise<void> =>
  inTransaction(async (tx) => {
    const plan = await lockPlan(tx, id);
    const step = { at: clock.now(), byWhom: person.name };
    if (plan !== undefined) await recordTransition(tx, plan, stepOf(plan, 'not-started', step));
  });

const stepOf = ({ state }: StoredPlan, event: AskingEvent, by: AskedAgain) => ({ event, state, ...by });

/** Why no new plan is asked for, in the log. */
export const refuseAgain = (
  { inTransaction, clock }: Room,
  { plan, person, where, evidence }: Omit<AskingAgain, 'plan'> & { readonly plan: StoredPlan },
  reasons: readonly Reason[],
) =>
  inTransaction((tx) =>
    appendAudit(tx, {
      ...{ at: clock.now(), kind: 'command.refused', actor: personActor(person.name), outcome: 'denied' },
      ...{ subject: { ...planSubject(plan), person: person.name, other: where }, evidence, reasons },
    }),
  );

const NOT_SPENT: Problem = problem('conflict', {
  rule: 'plan.not-spent',
  message: text(
    'Something may still come of this plan, or its change is applied: no new one is made in its place.',
    'このプランはまだ進行中か、適用が済んでいるため、作り直しません。',
  ),
  remedy: text(
    'Look at what the plan waits for. For another plan all the same, write `/sekisho plan` on the pull request.',
    'プランの状況を確認してください。それでも作り直す場合は、プルリクエストで `/sekisho plan` を実行してください。',
  ),
});
