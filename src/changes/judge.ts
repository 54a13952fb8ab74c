import type { Kysely } from 'kysely';
import { type Organization, personByName, type Stack } from '#accounts/core';
import type { EpochMs, PersonName, Problem, Reason } from '#core-values';
import { sshCrypto } from '#platform';
import {
  type ApplyRequest,
  type BreakGlassFacts,
  type Decision,
  decide,
  freezeFacts,
  type PersonPrincipal,
  personPrincipal,
  stackResource,
  type TimeFacts,
  timeFacts,
  type WorkloadPrincipal,
} from '#policy/core';
import { authorFacts, authorsOf } from './authors.ts';
import { extraNeedsDigest } from './core/added-need.ts';
import {
  type ApprovalFacts,
  type VerifiedApproval,
  verifyApproval,
  weighApprovals,
} from './core/approval/index.ts';
import type { PlanEvent } from './core/life.ts';
import type { Author, JobFacts } from './core/plan-record.ts';
import { UNKNOWN_ERROR_BUDGET } from './core/policy-facts.ts';
import type { ChangesRoom } from './room.ts';
import { approvalsInForce, type StoredApproval } from './store/approvals.ts';
import type { StoredPlan } from './store/plans.ts';

/** What the policy says about applying a plan now, and what became of each approval on the way there. */
export interface Judgement {
  readonly decision: Decision;
  readonly approvers: readonly PersonName[];
  readonly weighed: readonly WeighedApproval[];
  readonly brokenGlassBy?: PersonName;
}

export interface WeighedApproval {
  readonly approval: StoredApproval;
  readonly counts: boolean;
  readonly why?: Reason;
}

/**
 * Verifies every signature again, counts who may count now, and asks the policy. Nothing is remembered from when the
 * approvals were given: a key taken out of the configuration, or a person out of a team, no longer counts (attack 21).
 */
export async function judge(
  room: ChangesRoom,
  db: Kysely<object>,
  plan: StoredPlan,
  stack: Stack,
): Promise<Judgement> {
  return judgeBy(room, plan, stack, {
    approvals: await approvalsInForce(db, plan.stack, plan.fingerprint),
    authors: await authorsOf(room, db, plan),
  });
}

/** What `judge` looks up. */
interface Evidence {
  readonly approvals: readonly StoredApproval[];
  readonly authors: readonly Author[];
}

/** The same by what was looked up in the transaction of the decision. */
export function judgeBy(
  room: ChangesRoom,
  plan: StoredPlan,
  stack: Stack,
  { approvals, authors }: Evidence,
): Judgement {
  const now = room.clock.now();
  const organization = room.organization();
  const verified = approvals.map((approval) => ({
    approval,
    result: verifyStored(room, organization, plan, approval, now),
  }));
  const valid = verified.flatMap(({ result }) => (result.ok ? [result.value] : []));
  const counted = weighApprovals({
    approvals: valid,
    stack: plan.stack,
    fingerprint: plan.fingerprint,
    authors: authors.map(({ id }) => ({ issuer: plan.job.issuer, subject: id })),
    owningTeam: stack.approval.team,
    people: organization.people.map(({ name, teams, identities }) => ({
      name,
      teams,
      identities: identities.map(({ issuer, id }) => ({ issuer, subject: id })),
    })),
  });
  const glass = brokenGlass(organization, valid, counted);
  const request = applyRequest(room, organization, { plan, authors, stack, counted, now, glass });
  const weighed = verified.map(({ approval, result }) =>
    weigh(approval, result.ok ? undefined : result.error, counted),
  );
  return {
    decision: decide(room.policySet(), request),
    approvers: counted.approvers,
    weighed,
    ...(glass.active ? { brokenGlassBy: glass.by.name } : {}),
  };
}

/** How a decision moves the plan: a denial that nothing could turn round is final, every other one waits. */
export function verdictOf(decision: Decision): Extract<PlanEvent, { kind: 'decided' }>['verdict'] {
  if (decision.allowed) return 'allowed';
  // What could not be decided may be decidable tomorrow.
  if (decision.kind === 'undecidable') return 'waits';
  return decision.wouldChange.length > 0 ? 'waits' : 'never';
}

export const verifyStored = (
  room: ChangesRoom,
  organization: Organization,
  plan: StoredPlan,
  signed: { readonly statement: string; readonly signature: string },
  now: EpochMs,
) => {
  const target = { ...plan, extraNeeds: extraNeedsDigest(plan.facts.extraNeeds ?? [], sshCrypto.sha256) };
  return verifyApproval(
    signed,
    target,
    organization.people,
    { now, maxAgeMs: room.approvalLifeMs },
    sshCrypto,
  );
};

function brokenGlass(
  organization: Organization,
  valid: readonly VerifiedApproval[],
  counted: ApprovalFacts,
): BreakGlassFacts {
  const broken = valid.filter(({ decision }) => decision === 'break-glass');
  // Somebody who may takes over from somebody who may no longer; if nobody may, the policy says so.
  const glass = broken.find(({ approver }) => organization.breakGlass.includes(approver)) ?? broken[0];
  const person = glass === undefined ? undefined : personByName(organization, glass.approver);
  if (glass === undefined || person === undefined || counted.rejectedBy.length > 0) return { active: false };
  return {
    active: true,
    by: personPrincipal(organization, person),
    reasonLength: glass.reason?.length ?? 0,
  };
}

interface ApplyQuestion {
  readonly plan: StoredPlan;
  readonly authors: readonly Author[];
  readonly stack: Stack;
  readonly counted: ApprovalFacts;
  readonly glass: BreakGlassFacts;
  readonly now: EpochMs;
}

function applyRequest(
  room: ChangesRoom,
  organization: Organization,
  { plan, authors, stack, counted, glass, now }: ApplyQuestion,
): ApplyRequest {
  const time = timeFacts(now, room.timeZone);
  if (!time.ok)
    throw new Error(`The time zone ${room.timeZone} was checked when the configuration was loaded.`);
  return {
    action: 'apply',
    principal: workloadPrincipal(plan.job, stack),
    resource: stackResource(organization, stack),
    facts: {
      protectedWorkflow: true,
      findings: plan.facts.findings,
      changes: plan.facts.changes,
      approvedBy: people(organization, counted.approvers),
      reviewedBy: [],
      author: authorFacts(organization, authors),
      freeze: freezeFacts(organization, stack, now),
      errorBudget: UNKNOWN_ERROR_BUDGET,
      breakGlass: glass,
      time: timeOf(room, now),
    },
  };
}

/** The clock on the wall of the organization. */
export function timeOf(room: Pick<ChangesRoom, 'timeZone'>, now: EpochMs): TimeFacts {
  const time = timeFacts(now, room.timeZone);
  if (!time.ok)
    throw new Error(`Time zone ${room.timeZone} was not checked when the configuration was loaded.`);
  return time.value;
}

const people = (organization: Organization, names: readonly PersonName[]): readonly PersonPrincipal[] =>
  names.flatMap((name) => {
    const person = personByName(organization, name);
    return person === undefined ? [] : [personPrincipal(organization, person)];
  });

/** A job whose workflow was found to be exactly the stack’s. */
export const workloadPrincipal = (job: JobFacts, stack: Stack): WorkloadPrincipal => ({
  kind: 'workload',
  id: `${job.repositoryName} run ${job.runId}`,
  issuer: job.issuer,
  repositoryId: job.repositoryId,
  workflow: stack.workflow.text,
  ref: job.ref,
  event: job.event,
});

function weigh(
  approval: StoredApproval,
  problem: Problem | undefined,
  counted: ApprovalFacts,
): WeighedApproval {
  const ignored = counted.ignored.find(({ who }) => who === approval.approver);
  const why = problem?.reasons[0] ?? ignored?.reason;
  return {
    approval,
    counts: counted.approvers.includes(approval.approver) || counted.rejectedBy.includes(approval.approver),
    ...(why === undefined ? {} : { why }),
  };
}
