import type { Kysely } from 'kysely';
import { type Organization, personByName, type Stack } from '#accounts/core';
import type { EpochMs, PersonName, Problem, Reason } from '#core-values';
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
import { authorFacts, authorsOf, distinctAuthors } from './authors.ts';
import {
  type ApprovalFacts,
  type CountedPerson,
  type VerifiedApproval,
  weighApprovals,
} from './core/approval/index.ts';
import { type BudgetStand, budgetStands, errorBudgetFacts } from './core/budget/index.ts';
import type { PlanEvent } from './core/life.ts';
import type { Author, JobFacts } from './core/plan-record.ts';
import type { OutsideReading } from './read-outside.ts';
import { type WeighedRepair, weighRepair } from './repairs/judge-repair.ts';
import { repairInForce, type StoredRepair, wordsOfRepair } from './repairs/store.ts';
import {
  authorsOnGitHub,
  reviewsOn,
  type WeighedReview,
  weighReviews,
  wordsOf,
} from './reviews/judge-reviews.ts';
import { organizationNow, unreadTeamsOf } from './reviews/team-members.ts';
import type { ChangesRoom } from './room.ts';
import { approvalsInForce, type StoredApproval } from './store/approvals.ts';
import type { StoredPlan } from './store/plans.ts';
import { usedReviewsOf } from './store/used-reviews.ts';
import { type HeldAgainst, passkeysBehind, verifyApprovalStored } from './verify-stored.ts';

/** What the policy says about applying a plan now, and what became of each approval on the way there. */
export interface Judgement {
  readonly decision: Decision;
  readonly approvers: readonly PersonName[];
  readonly weighed: readonly WeighedApproval[];
  /** None where the stack accepts none. */
  readonly reviews: readonly WeighedReview[];
  readonly brokenGlassBy?: PersonName;
  /** Of the SLOs of the stack's services, worst first; none where they could not be read. */
  readonly budgets: readonly BudgetStand[];
  /** In force; whether it counts is another matter. */
  readonly repair?: WeighedRepair;
}

export interface WeighedApproval {
  readonly approval: StoredApproval;
  readonly counts: boolean;
  readonly why?: Reason;
}

/**
 * Verifies every signature again, counts who may count now, and asks the policy. Nothing is remembered from when the
 * approvals were given: a key taken out of the configuration, or a person out of a team, no longer counts (attack 21).
 * What GitHub says was read before, outside of any transaction.
 */
export async function judge(
  room: ChangesRoom,
  db: Kysely<object>,
  plan: StoredPlan,
  stack: Stack,
  reading: OutsideReading,
): Promise<Judgement> {
  const approvals = await approvalsInForce(db, plan.stack, plan.fingerprint);
  const repair = await repairInForce(db, plan.stack, plan.fingerprint);
  return judgeBy(room, plan, stack, {
    ...{ approvals, repair },
    passkeys: await passkeysBehind(room, db, [...approvals, ...wordsOfRepair(repair)]),
    authors: await authorsOf(room, db, plan),
    ...{ reading, used: await usedReviewsFor(db, plan, reading) },
  });
}

/** Ids of the reviews that have served what the plan means; nothing is looked up where the stack accepts none. */
export const usedReviewsFor = async (
  db: Kysely<object>,
  { stack, fingerprint, job }: StoredPlan,
  { reviews }: Pick<OutsideReading, 'reviews'>,
): Promise<ReadonlySet<string>> =>
  reviews === undefined ? new Set() : usedReviewsOf(db, { stack, fingerprint, issuer: job.issuer });

/** What `judge` looks up. */
export interface Evidence {
  readonly approvals: readonly StoredApproval[];
  readonly repair: StoredRepair | undefined;
  /** Those behind the approvals and the repair, as they are now. */
  readonly passkeys: HeldAgainst['passkeys'];
  readonly authors: readonly Author[];
  readonly reading: OutsideReading;
  /** Ids of reviews that have served. */
  readonly used: ReadonlySet<string>;
}

/** The same by what was looked up in the transaction of the decision. */
export async function judgeBy(
  room: ChangesRoom,
  plan: StoredPlan,
  stack: Stack,
  evidence: Evidence,
): Promise<Judgement> {
  const { approvals, passkeys, used } = evidence;
  const { reviews, teams, budgets } = evidence.reading;
  const now = room.clock.now();
  const organization = organizationNow(room.organization(), stack, teams);
  const pullRequests = reviews?.ok === true ? reviews.value : [];
  const authors = distinctAuthors([
    ...evidence.authors,
    ...authorsOnGitHub(organization, stack, pullRequests),
  ]);
  const against = { organization, plan, now, passkeys };
  const verified = await Promise.all(
    approvals.map(async (approval) => ({
      approval,
      result: await verifyApprovalStored(room, approval, against),
    })),
  );
  const valid = verified.flatMap(({ result }) => (result.ok ? [result.value] : []));
  const people = countedPeople(organization);
  const read = reviewsOn(room, {
    ...{ organization, plan, stack, pullRequests, used, people, authors, now },
    time: timeOf(room, now),
  });
  const counted = weighApprovals({
    ...{ approvals: valid, reviews: wordsOf(read), people },
    stack: plan.stack,
    fingerprint: plan.fingerprint,
    authors: authors.map(({ id }) => ({ issuer: plan.job.issuer, subject: id })),
    owningTeam: stack.approval.team,
  });
  const glass = brokenGlass(organization, valid, counted);
  const involved = [
    ...valid.map(({ approver }) => approver),
    ...[...read, ...authors].map(({ person }) => person),
  ];
  const unread = [
    ...(reviews?.ok === false ? reviews.error.reasons : []),
    ...(budgets?.ok === false ? budgets.error.reasons : []),
    ...unreadTeamsOf(
      room.organization(),
      teams,
      involved.filter((name) => name !== undefined),
    ),
  ];
  const repair =
    evidence.repair &&
    (await weighRepair(room, evidence.repair, against, {
      ...{ stack: plan.stack, fingerprint: plan.fingerprint, people },
      authors: authors.map(({ id }) => ({ issuer: plan.job.issuer, subject: id })),
      owningTeam: stack.approval.team,
    }));
  const stands = budgets?.ok === true ? budgetStands(budgets.value, now) : [];
  const request = applyRequest(room, organization, {
    ...{ plan, authors, stack, counted, now, glass, unread, stands },
    repair: repair?.facts ?? { active: false },
  });
  const weighed = verified.map(({ approval, result }) =>
    weigh(approval, result.ok ? undefined : result.error, counted),
  );
  return {
    decision: decide(room.policySet(), request),
    approvers: counted.approvers,
    weighed,
    reviews: weighReviews(read, counted),
    budgets: stands,
    ...(repair === undefined ? {} : { repair }),
    ...(glass.active ? { brokenGlassBy: glass.by.name } : {}),
  };
}

export const countedPeople = ({ people }: Organization): readonly CountedPerson[] =>
  people.map(({ name, teams, identities }) => ({
    name,
    teams,
    identities: identities.map(({ issuer, id }) => ({ issuer, subject: id })),
  }));

/** How a decision moves the plan: a denial that nothing could turn round is final, every other one waits. */
export function verdictOf(decision: Decision): Extract<PlanEvent, { kind: 'decided' }>['verdict'] {
  if (decision.allowed) return 'allowed';
  // What could not be decided may be decidable tomorrow.
  if (decision.kind === 'undecidable') return 'waits';
  return decision.wouldChange.length > 0 ? 'waits' : 'never';
}

/** A matter of signatures alone: reviews neither break the glass nor mend it, and it works while GitHub does not. */
function brokenGlass(
  organization: Organization,
  valid: readonly VerifiedApproval[],
  counted: ApprovalFacts,
): BreakGlassFacts {
  const broken = valid.filter(({ decision }) => decision === 'break-glass');
  // Somebody who may takes over from somebody who may no longer; if nobody may, the policy says so.
  const glass = broken.find(({ approver }) => organization.breakGlass.includes(approver)) ?? broken[0];
  const person = glass === undefined ? undefined : personByName(organization, glass.approver);
  if (glass === undefined || person === undefined || counted.rejectedBySignature.length > 0)
    return { active: false };
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
  readonly stands: readonly BudgetStand[];
  readonly repair: ApplyRequest['facts']['repair'];
  /** Why reviews, budgets, or the teams of those who are involved, could not be read. */
  readonly unread: readonly Reason[];
}

function applyRequest(
  room: ChangesRoom,
  organization: Organization,
  { plan, authors, stack, counted, glass, now, unread, stands, repair }: ApplyQuestion,
): ApplyRequest {
  return {
    action: 'apply',
    principal: workloadPrincipal(plan.job, stack),
    resource: stackResource(organization, stack),
    facts: {
      protectedWorkflow: true,
      findings: plan.facts.findings,
      changes: plan.facts.changes,
      approvedBy: people(organization, counted.signers),
      reviewedBy: people(organization, counted.reviewers),
      author: authorFacts(organization, authors),
      freeze: freezeFacts(organization, stack, now),
      errorBudget: errorBudgetFacts(stands),
      repair,
      breakGlass: glass,
      time: timeOf(room, now),
    },
    // A review that was not read might be the one that rejects; a team that was not, the one that a policy forbids.
    ...(glass.active ? {} : { failedLookups: unread }),
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
  const ignored = counted.ignored.find(({ who, by }) => who === approval.approver && by === 'signature');
  const why = problem?.reasons[0] ?? ignored?.reason;
  return {
    approval,
    counts:
      counted.signers.includes(approval.approver) || counted.rejectedBySignature.includes(approval.approver),
    ...(why === undefined ? {} : { why }),
  };
}
