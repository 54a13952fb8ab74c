import { type Person, type Stack, stacksOf } from '#accounts/core';
import { err, type Language, ok, type PlanId, type Problem, type Result } from '#core-values';
import { selectGrants } from '#credentials';
import { decide, explained } from '#policy/core';
import { mayCancel } from '../cancel-plan.ts';
import { askedLately, isSpent } from '../core/again.ts';
import { eventWords, statesAhead } from '../core/event-words.ts';
import { isOpenForDecision } from '../core/life.ts';
import type { planSummary } from '../core/plan-summary-api.ts';
import { stateWords } from '../core/state-words.ts';
import { grantRecordOf } from '../grant-record.ts';
import { permissionsIn } from '../kept-review.ts';
import { planUnknown } from '../problems.ts';
import type { ChangesRoom } from '../room.ts';
import { type DecidedPlan, showDecided } from '../show-plan.ts';
import { approvalsInForce } from '../store/approvals.ts';
import type { HistoryStep } from '../store/plan-history.ts';
import { findPlan, listPlans, newestPlansOfCommit, type StoredPlan } from '../store/plans.ts';
import {
  approveRequest,
  breakGlassDecision,
  type Deciding,
  decidingOf,
  isAuthor,
  peopleWaitedFor,
} from './may-decide.ts';
import type { PlanReview, PlanReviews } from './plan-reviews.ts';

type Summary = (typeof planSummary)['_output'];

export interface SummaryRoom extends ChangesRoom {
  readonly planReviews: PlanReviews;
}

/** More than a page names. */
const MOST_NAMED = 50;

/** Everything a page shows of a plan but its changes; `person` is absent where a job asks. */
export async function summarize(
  room: SummaryRoom,
  id: PlanId,
  { person, language }: { readonly person?: Person; readonly language: Language },
): Promise<Result<Summary, Problem>> {
  const plan = await findPlan(room.db, id);
  if (plan === undefined) return err(planUnknown(id));
  const review = await room.planReviews.of(plan);
  if (!review.ok) return review;
  const shown = await showDecided(room, plan, language);
  const deciding = await decidingOf(room, plan);
  const newer = await newerThan(room, plan);
  const { history: _, decision, ...details } = shown.details;
  const { judgement } = shown;
  const isOpen = isOpenForDecision(plan.state) && judgement !== undefined;
  return ok({
    ...details,
    ...placeOf(shown.stack),
    stateWords: stateWords(plan.state, language),
    timeline: timelineOf(plan, shown.history, language),
    ...(isOpen ? { decision: explained(judgement.decision, language) } : {}),
    ...(isOpen || decision === undefined ? {} : { refusal: decision }),
    waitsFor: plan.state === 'awaiting-approval' ? waitsFor(room, deciding, shown) : [],
    ...(person === undefined
      ? {}
      : {
          mine: {
            ...(await mineOf(room, plan, deciding, { person, language })),
            ...(newer === undefined ? againPart(room, plan, shown) : {}),
          },
        }),
    ...reviewPart(review.value, language),
    grants: (await selectGrants(room.db, { plan: id, limit: MOST_NAMED })).map(grantRecordOf),
    stacks: await stacksOfCommit(room, plan, shown.stack, language),
    ...(newer === undefined ? {} : { newer }),
  });
}

const placeOf = (stack: Stack | undefined) =>
  stack === undefined
    ? {}
    : {
        accountName: stack.account.name,
        region: stack.region,
        path: stack.path,
        team: stack.approval.team,
      };

const timelineOf = (
  { state }: StoredPlan,
  history: readonly HistoryStep[],
  language: Language,
): Summary['timeline'] => ({
  passed: history.map(({ at, event, state: became, byWhom, detail }) => ({
    at: new Date(at).toISOString(),
    event,
    words: eventWords(event, language),
    state: became,
    stateWords: stateWords(became, language),
    byWhom,
    ...(typeof detail.decision === 'string' ? { decision: detail.decision } : {}),
    ...(typeof detail.reason === 'string' ? { reason: detail.reason } : {}),
  })),
  ahead: statesAhead(state).map((ahead) => ({ state: ahead, words: stateWords(ahead, language) })),
});

/** A word in force may yet be changed, but nobody waits for it. */
function waitsFor(
  room: ChangesRoom,
  deciding: Deciding | undefined,
  { details, judgement }: DecidedPlan,
): Summary['waitsFor'] {
  if (deciding === undefined || judgement === undefined) return [];
  const spoken = new Set(details.approvals.map(({ approver }) => approver));
  return peopleWaitedFor(room, deciding, judgement, spoken)
    .slice(0, MOST_NAMED)
    .map(({ name, teams }) => ({ person: name, teams: [...teams] }));
}

async function mineOf(
  room: ChangesRoom,
  plan: StoredPlan,
  deciding: Deciding | undefined,
  { person, language }: { readonly person: Person; readonly language: Language },
): Promise<NonNullable<Summary['mine']>> {
  const own = (await approvalsInForce(room.db, plan.stack, plan.fingerprint)).find(
    ({ approver }) => approver === person.name,
  );
  const asked = deciding && {
    approve: explained(decide(room.policySet(), approveRequest(room, person, deciding)), language),
    breakGlass: explained(breakGlassDecision(room, person, deciding), language),
  };
  return {
    isAuthor:
      deciding === undefined ? plan.author.person === person.name : isAuthor(deciding.authors, person.name),
    ...(own === undefined ? {} : { given: own.decision }),
    ...asked,
    mayCancel: isOpenForDecision(plan.state) && mayCancel(room, plan, person),
  };
}

function againPart(
  { clock }: ChangesRoom,
  { state, job }: StoredPlan,
  { stack, history }: DecidedPlan,
): Pick<NonNullable<Summary['mine']>, 'again'> {
  if (stack === undefined || !isSpent(state)) return {};
  const isOfPull = job.pullRequest !== undefined || job.event === 'push';
  const isOnGitHub = stack.repository.issuer.kind === 'github-actions';
  const asked = askedLately(history, clock.now());
  return {
    again: {
      how: isOnGitHub && isOfPull ? 'run' : 'by-hand',
      ...(asked === undefined
        ? {}
        : { asked: { at: new Date(asked.at).toISOString(), byWhom: asked.byWhom } }),
    },
  };
}

const reviewPart = ({ frame, permissions }: PlanReview, language: Language) => ({
  ...(permissions === undefined ? {} : { permissions: permissionsIn(permissions, language) }),
  terraform: { version: frame.terraform.version, mode: frame.terraform.mode },
  summary: { ...frame.summary },
  outputs: [...frame.outputs],
  accountsSeen: [...frame.accounts],
});

/** In the order of the configuration, which is that of what depends on what. */
async function stacksOfCommit(
  room: ChangesRoom,
  plan: StoredPlan,
  stack: Stack | undefined,
  language: Language,
): Promise<Summary['stacks']> {
  if (stack === undefined) return [];
  const { issuer, id } = stack.repository;
  const stacks = stacksOf(room.organization(), { issuer: issuer.name, id });
  const plans = await newestPlansOfCommit(
    room.db,
    stacks.map(({ name }) => name),
    plan.job,
  );
  return stacks.flatMap(({ name, account, dependsOn }) => {
    const newest = plans.find((one) => one.stack === name);
    if (newest === undefined) return [];
    return [
      {
        ...{ stack: name, account: account.id, environment: account.environment, dependsOn: [...dependsOn] },
        plan: { id: newest.id, state: newest.state, stateWords: stateWords(newest.state, language) },
      },
    ];
  });
}

/** By which a page that was left open knows that what it shows is past. */
async function newerThan(room: ChangesRoom, plan: StoredPlan): Promise<PlanId | undefined> {
  const { repositoryId, issuer, pullRequest, ref } = plan.job;
  const latest = await listPlans(room.db, {
    ...{ stack: plan.stack, issuer, repositoryId, limit: 20 },
    ...(pullRequest === undefined ? {} : { pullRequest }),
  });
  const [newest] = latest.filter((one) => pullRequest !== undefined || one.job.ref === ref);
  return newest !== undefined && newest.id > plan.id ? newest.id : undefined;
}
