import { type Person, type Stack, stackByName } from '#accounts/core';
import type { PersonName } from '#core-values';
import {
  type ApproveRequest,
  type BreakGlassRequest,
  type Decision,
  decide,
  freezeFacts,
  isAllowed,
  personPrincipal,
  stackResource,
} from '#policy/core';
import { authorFacts, authorsOf } from '../authors.ts';
import { isOpenForDecision } from '../core/life.ts';
import type { Author } from '../core/plan-record.ts';
import { type Judgement, judge, timeOf } from '../judge.ts';
import { NOTHING_READ } from '../read-outside.ts';
import type { ChangesRoom } from '../room.ts';
import { approvalsInForce } from '../store/approvals.ts';
import type { StoredPlan } from '../store/plans.ts';

/**
 * Who could say yes, by the configuration and the policies alone: to show people what waits for whom. Whoever then says it is looked at
 * anew, with everything that GitHub says.
 */
export interface Deciding {
  readonly plan: StoredPlan;
  readonly stack: Stack;
  readonly authors: readonly Author[];
}

/** What of a plan matters to that question. */
export async function decidingOf(room: ChangesRoom, plan: StoredPlan): Promise<Deciding | undefined> {
  const stack = stackByName(room.organization(), plan.stack);
  if (stack === undefined || !isOpenForDecision(plan.state)) return undefined;
  return { plan, stack, authors: await authorsOf(room, room.db, plan) };
}

/** A browser signs with a passkey. */
export function approveRequest(
  room: ChangesRoom,
  person: Person,
  deciding: Deciding,
  keyKind: ApproveRequest['facts']['keyKind'] = 'passkey',
): ApproveRequest {
  const organization = room.organization();
  return {
    action: 'approve',
    principal: personPrincipal(organization, person),
    resource: stackResource(organization, deciding.stack),
    facts: {
      verdict: 'approve',
      keyKind,
      author: authorFacts(organization, deciding.authors),
      findings: deciding.plan.facts.findings,
      time: timeOf(room, room.clock.now()),
    },
  };
}

/** With a reason long enough for any policy: how long it is, is seen once it is written. */
export function breakGlassDecision(room: ChangesRoom, person: Person, { plan, stack }: Deciding): Decision {
  const organization = room.organization();
  const now = room.clock.now();
  const request: BreakGlassRequest = {
    action: 'breakGlass',
    principal: personPrincipal(organization, person),
    resource: stackResource(organization, stack),
    facts: {
      reasonLength: 1_000,
      findings: plan.facts.findings,
      freeze: freezeFacts(organization, stack, now),
      time: timeOf(room, now),
    },
  };
  return decide(room.policySet(), request);
}

export const isAuthor = (authors: readonly Author[], name: PersonName): boolean =>
  authors.some(({ person }) => person === name);

/** Whether this person could give an approval: not of their own work, and the policy lets them. */
function couldApprove(room: ChangesRoom, person: Person, deciding: Deciding): boolean {
  const set = room.policySet();
  return (
    set.kind === 'loaded' &&
    !isAuthor(deciding.authors, person.name) &&
    isAllowed(set, approveRequest(room, person, deciding))
  );
}

/** What the policy said about applying the plan, and whose approvals counted. */
type Judged = Pick<Judgement, 'decision' | 'approvers'>;

/**
 * Whether the plan waits for this person. It does for the team that owns the stack; for anybody else only where one more approval like
 * theirs is needed: they can stand in for somebody whom the policy would have to imagine.
 */
function isWaitedFor(room: ChangesRoom, person: Person, deciding: Deciding, judged: Judged): boolean {
  const set = room.policySet();
  if (set.kind !== 'loaded' || !couldApprove(room, person, deciding)) return false;
  if (isOwner(person, deciding)) return true;
  const principal = personPrincipal(room.organization(), person);
  return judged.decision.wouldChange.some(({ request }) => {
    if (request.action !== 'apply') return false;
    const { approvedBy } = request.facts;
    const imagined = approvedBy.filter(({ name }) => !judged.approvers.includes(name));
    return imagined.some((one) =>
      isAllowed(set, {
        ...request,
        facts: { ...request.facts, approvedBy: [...approvedBy.filter((other) => other !== one), principal] },
      }),
    );
  });
}

const isOwner = ({ teams }: Person, { stack }: Deciding): boolean => teams.includes(stack.approval.team);

/** Everybody for whom the plan waits and who has said nothing yet. */
export const peopleWaitedFor = (
  room: ChangesRoom,
  deciding: Deciding,
  judged: Judged,
  spoken: ReadonlySet<string>,
): readonly Person[] =>
  room
    .organization()
    .people.filter(({ name }) => !spoken.has(name))
    .filter((person) => isWaitedFor(room, person, deciding, judged));

/** Whether the plan waits for this person; reviews on GitHub are not asked for, for a list may be long. */
export async function waitsForPerson(room: ChangesRoom, plan: StoredPlan, person: Person): Promise<boolean> {
  const deciding = await decidingOf(room, plan);
  if (deciding === undefined || !couldApprove(room, person, deciding)) return false;
  const given = await approvalsInForce(room.db, plan.stack, plan.fingerprint);
  if (given.some(({ approver }) => approver === person.name)) return false;
  if (isOwner(person, deciding)) return true;
  const judged = await judge(room, room.db, plan, deciding.stack, NOTHING_READ);
  return isWaitedFor(room, person, deciding, judged);
}
