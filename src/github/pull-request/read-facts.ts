import type { Stack } from '#accounts/core';
import { type StoredPlan, showPlan } from '#changes';
import {
  err,
  type Language,
  ok,
  type Problem,
  type Reason,
  type Result,
  type StackName,
  text,
} from '#core-values';
import { shownReview } from '#plan/core';
import { siteOfHost } from '../api/host.ts';
import type { AnswerOf, GitHubRepository } from '../api/port.ts';
import type { FileTexts } from '../core/block-places.ts';
import type { PullRequestFacts, StackFacts, StackPlan } from '../core/facts.ts';
import { situationOf } from '../core/situation.ts';
import { type PullRequestState, plansOf } from './plans.ts';
import { type AffectedBy, readAffected } from './read-affected.ts';
import { languageOf, type PullRequestRoom } from './room.ts';
import { touchedOf } from './touched-words.ts';

export type Pull = AnswerOf<'GET /repos/{owner}/{repo}/pulls/{pull_number}'>;

export interface ReadFacts {
  readonly facts: PullRequestFacts;
  /** Of the head commit. */
  readonly files: FileTexts;
}

/** What passes by itself: nothing is shown for it, and it is tried again. */
const PASSING: readonly Problem['code'][] = ['outside-failed', 'too-many-requests', 'unavailable', 'timeout'];

/** Everything that decides what the pull request shows. A lookup that fails for good is among the facts: then nothing passes. */
export async function readFacts(
  room: PullRequestRoom,
  repository: GitHubRepository,
  pull: Pull,
  stacks: readonly Stack[],
): Promise<Result<ReadFacts, Problem>> {
  const language = languageOf(stacks);
  const affectedBy = await affectedByPull(room, repository, pull, stacks);
  if (!affectedBy.ok && PASSING.includes(affectedBy.error.code)) return affectedBy;
  const frame = {
    repository: {
      owner: repository.owner,
      name: repository.name,
      url: `${siteOfHost(repository.host)}/${repository.owner}/${repository.name}`,
    },
    number: pull.number,
    head: pull.head.sha,
    ...(pull.merged && pull.merge_commit_sha !== null ? { merge: pull.merge_commit_sha } : {}),
    status: pull.merged ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    fork: pull.head.repo?.id !== pull.base.repo.id,
    language,
  } as const;
  if (!affectedBy.ok) {
    const untouched = stacks.map(({ name }) => name);
    return ok({
      facts: { ...frame, stacks: [], untouched, failedLookups: affectedBy.error.reasons },
      files: new Map(),
    });
  }
  const { affected, files } = affectedBy.value;
  const plans = await plansOf(room, stacks, stateOf(pull));
  const touched = new Map(affected.stacks.map((one) => [one.stack, one]));
  const shown: StackFacts[] = [];
  for (const { stack: name } of affected.stacks) {
    const stack = stacks.find((one) => one.name === name);
    const why = touched.get(name);
    if (stack === undefined || why === undefined) continue;
    const plan = await planFacts(room, repository, plans.get(name), { language, url: frame.repository.url });
    shown.push(stackFacts(stack, { touched: touchedOf(why), ...plan }, pull.number));
  }
  const untouched = stacks.flatMap(({ name }) => (touched.has(name) ? [] : [name]));
  const facts: PullRequestFacts = { ...frame, stacks: shown, untouched, failedLookups: [] };
  return ok({
    facts: { ...facts, stacks: shown.map((one) => ({ ...one, waitsFor: waitsFor(one, stacks, facts) })) },
    files,
  });
}

/** From where it left the base: what the base got since is not of this change. */
async function affectedByPull(
  room: PullRequestRoom,
  repository: GitHubRepository,
  pull: Pull,
  stacks: readonly Stack[],
): Promise<Result<AffectedBy, Problem>> {
  const compared = await repository.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    basehead: `${pull.base.sha}...${pull.head.sha}`,
    per_page: 1,
  });
  if (!compared.ok) return compared;
  const before = compared.value.merge_base_commit.sha;
  return readAffected(repository, room.blobs, { before, after: pull.head.sha, stacks });
}

export function stateOf(pull: Pull): PullRequestState {
  const { merged, merge_commit_sha: commit, merged_at: at } = pull;
  return {
    number: pull.number,
    head: pull.head.sha,
    ...(merged && commit !== null && at !== null ? { merge: { commit, atMs: Date.parse(at) } } : {}),
  };
}

async function planFacts(
  room: PullRequestRoom,
  { host }: GitHubRepository,
  plan: StoredPlan | undefined,
  { language, url }: { readonly language: Language; readonly url: string },
): Promise<Pick<StackFacts, 'plan' | 'unreadable'>> {
  if (plan === undefined) return {};
  const shown = await showPlan(room.changes, plan.id, language);
  if (!shown.ok) return { unreadable: shown.error.reasons };
  const review = shownReview.safeParse(shown.value.review);
  const isOurs = /^[0-9]+$/.test(plan.job.runId) && host !== '';
  const shownPlan: StackPlan = {
    id: plan.id,
    details: shown.value,
    ...(review.success ? { review: review.data } : {}),
    ...(isOurs ? { runUrl: `${url}/actions/runs/${plan.job.runId}` } : {}),
  };
  return { plan: shownPlan };
}

function stackFacts(
  stack: Stack,
  known: Pick<StackFacts, 'touched' | 'plan' | 'unreadable'>,
  number: number,
): StackFacts {
  const { id, name, environment } = stack.account;
  const lock = known.plan?.details.heldBy;
  const isOther =
    lock !== undefined && !(lock.pullRequest === number && lock.repository.id === stack.repository.id);
  return {
    name: stack.name,
    account: { id, name, environment },
    team: stack.approval.team,
    path: stack.path,
    applies: stack.apply.when,
    acceptsReviews: stack.approval.accept.includes('review'),
    waitsFor: [],
    ...known,
    ...(isOther ? { heldBy: { number: lock.pullRequest, why: APPLIED_THERE } } : {}),
  };
}

const APPLIED_THERE: Reason['message'] = text(
  'it was applied from there, and is not merged yet.',
  'そこから適用され、まだマージされていません。',
);

function waitsFor(
  { name }: StackFacts,
  stacks: readonly Stack[],
  facts: PullRequestFacts,
): readonly StackName[] {
  const needs = stacks.find((one) => one.name === name)?.dependsOn ?? [];
  return facts.stacks.flatMap((one) => {
    const situation = situationOf(one, facts);
    const isDone = situation === 'applied' || situation === 'no-changes' || situation === 'overtaken';
    return needs.includes(one.name) && !isDone ? [one.name] : [];
  });
}

/** Of a pull request that GitHub does not have. */
export const isGone = (problem: Problem): boolean => problem.code === 'not-found';

export async function readPull(
  repository: GitHubRepository,
  number: number,
): Promise<Result<Pull | undefined, Problem>> {
  const pull = await repository.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    pull_number: number,
  });
  if (pull.ok) return ok(pull.value);
  return isGone(pull.error) ? ok(undefined) : err(pull.error);
}
