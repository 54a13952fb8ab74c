import { type IssuerName, type Stack, stackByName } from '#accounts/core';
import { appendAudit } from '#audit';
import type { PlanId } from '#core-values';
import { decisionEvidence, planSubject, SERVER } from '../audit-entries.ts';
import { isOpenForDecision } from '../core/life.ts';
import { judge, verdictOf } from '../judge.ts';
import { decisionToKeep } from '../kept-refusal.ts';
import { readOutside } from '../read-outside.ts';
import type { ChangesRoom } from '../room.ts';
import { changedMeanwhile, openRecord } from '../sealed-record.ts';
import { lockPlan, type StoredPlan } from '../store/plans.ts';
import { openPlansThatMean } from '../store/pull-requests.ts';
import { lockStack } from '../store/stack-lock.ts';
import { transition } from '../transition.ts';
import { reviewEvidence } from './judge-reviews.ts';
import { forgetRecentReviews } from './recent-reviews.ts';

export interface ReviewsChanged {
  readonly issuer: IssuerName;
  readonly repositoryId: string;
  readonly pullRequest: number;
}

/**
 * Judges anew every open plan that reviews of the pull request may concern: its own, and those of other runs that mean the same. Safe to
 * run at any time and as often as wanted: what counts is what GitHub says then. Answers the plans whose state changed.
 */
export async function hearReviews(room: ChangesRoom, of: ReviewsChanged): Promise<readonly PlanId[]> {
  const changed: PlanId[] = [];
  if (room.reviews !== undefined) forgetRecentReviews(room.reviews);
  for (const plan of await openPlansThatMean(room.db, of)) {
    const stack = stackByName(room.organization(), plan.stack);
    if (stack === undefined || !hangsOnGitHub(room, stack)) continue;
    if (await hear(room, plan, stack)) changed.push(plan.id);
  }
  return changed;
}

const hangsOnGitHub = ({ organization }: ChangesRoom, { approval }: Stack): boolean =>
  approval.accept.includes('review') || organization().teams.some(({ github }) => github !== undefined);

async function hear(room: ChangesRoom, found: StoredPlan, stack: Stack): Promise<boolean> {
  const sealed = await openRecord(room, found);
  const reading = await readOutside(room, stack, found);
  // What cannot be read changes nothing here: the plan says so when it is shown, and is denied when it is asked for.
  if (!sealed.ok || reading.reviews?.ok === false || reading.budgets?.ok === false) return false;
  if ([...reading.teams.values()].some((members) => !members.ok)) return false;
  return room.inTransaction(async (tx) => {
    await lockStack(tx, found.stack);
    const plan = await lockPlan(tx, found.id);
    if (plan === undefined || !isOpenForDecision(plan.state)) return false;
    if (changedMeanwhile(found, plan) !== undefined) return false;
    const { decision, reviews } = await judge(room, tx, plan, stack, reading);
    const verdict = verdictOf(decision);
    if (verdict === (plan.state === 'approved' ? 'allowed' : 'waits')) return false;
    const at = room.clock.now();
    const evidence = { ...decisionEvidence(decision), ...reviewEvidence(reviews) };
    const by = { at, whom: SERVER.name, detail: { ...evidence, ...decisionToKeep(decision) } };
    const moved = await transition(tx, plan, { kind: 'decided', verdict }, by);
    if (!moved.ok) throw new Error(moved.error.reasons[0].message.en);
    await appendAudit(tx, {
      at,
      kind: 'approval.by-review',
      actor: SERVER,
      subject: planSubject(plan),
      outcome: decision.allowed ? 'allowed' : 'denied',
      ...(decision.allowed ? {} : { reasons: decision.reasons }),
      evidence: { ...evidence, planIsNow: moved.value.state },
    });
    return true;
  });
}
