import type { Person, Stack } from '#accounts/core';
import { type StoredPlan, showPlan } from '#changes';
import {
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
import type { GitHubRepository } from '../api/port.ts';
import type { FileTexts } from '../core/block-places.ts';
import type { PullRequestFacts, StackFacts, StackPlan } from '../core/facts.ts';
import { situationOf } from '../core/situation.ts';
import { comparedCommits } from './compared-commits.ts';
import { type PullRequestState, plansOf } from './plans.ts';
import type { Pull } from './pull.ts';
import { type AffectedBy, filesAt, PASSING, readAffected, type TwoCommits } from './read-affected.ts';
import { languageOf, type PullRequestRoom } from './room.ts';
import { touchedOf } from './touched-words.ts';

export interface ReadFacts {
  readonly facts: PullRequestFacts;
  /** Of the head commit. */
  readonly files: FileTexts;
  /** Between which commits the stacks were found; absent where nothing was read. */
  readonly judged?: TwoCommits;
}

/** Everything that decides what the pull request shows. A lookup that fails for good is among the facts: then nothing passes. */
export async function readFacts(
  room: PullRequestRoom,
  repository: GitHubRepository,
  pull: Pull,
  stacks: readonly Stack[],
): Promise<Result<ReadFacts, Problem>> {
  const language = languageOf(stacks);
  const frame = frameOf(repository, pull, language);
  const nothing = { stacks: [], untouched: stacks.map(({ name }) => name), failedLookups: [] };
  // Whoever may push to a fork may be anybody: nothing that they wrote is read before somebody here merged it.
  if (frame.fork && frame.status !== 'merged')
    return ok({ facts: { ...frame, ...nothing }, files: new Map() });
  const affectedBy = await affectedByPull(room, repository, pull, stacks);
  if (!affectedBy.ok && PASSING.includes(affectedBy.error.code)) return affectedBy;
  if (!affectedBy.ok) {
    const failedLookups = affectedBy.error.reasons;
    return ok({ facts: { ...frame, ...nothing, failedLookups }, files: new Map() });
  }
  const { affected, noMerge, before, after } = affectedBy.value;
  const plans = await plansOf(room, stacks, stateOf(pull));
  const touched = new Map(affected.stacks.map((one) => [one.stack, one]));
  const shown: StackFacts[] = [];
  for (const { stack: name } of affected.stacks) {
    const stack = stacks.find((one) => one.name === name);
    const why = touched.get(name);
    if (stack === undefined || why === undefined) continue;
    const plan = await planFacts(room, repository, plans.get(name), { language, url: frame.repository.url });
    const { people } = room.changes.organization();
    const approvers = approversOf(stack, people, plan.plan);
    shown.push(stackFacts(stack, { touched: touchedOf(why), approvers, ...plan }, pull.number));
  }
  const untouched = stacks.flatMap(({ name }) => (touched.has(name) ? [] : [name]));
  const facts: PullRequestFacts = {
    ...{ ...frame, stacks: shown, untouched, failedLookups: [] },
    ...(noMerge !== undefined && { noMerge }),
  };
  const files = await headFiles(room, repository, facts, affectedBy.value);
  if (!files.ok) return files;
  return ok({
    facts: { ...facts, stacks: shown.map((one) => ({ ...one, waitsFor: waitsFor(one, stacks, facts) })) },
    files: files.value,
    judged: { before, after },
  });
}

const frameOf = (repository: GitHubRepository, pull: Pull, language: Language) =>
  ({
    repository: {
      owner: repository.owner,
      name: repository.name,
      url: `${siteOfHost(repository.host)}/${repository.owner}/${repository.name}`,
    },
    number: pull.number,
    head: pull.head.sha,
    ...(pull.merged && pull.merge_commit_sha !== null ? { merge: pull.merge_commit_sha } : {}),
    ...(pull.base.ref === repository.defaultBranch ? {} : { otherBase: pull.base.ref }),
    status: pull.merged ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    fork: pull.head.repo?.id !== pull.base.repo.id,
    language,
  }) as const;

interface AffectedByPull extends AffectedBy, TwoCommits {
  readonly noMerge?: NonNullable<PullRequestFacts['noMerge']>;
}

async function affectedByPull(
  room: PullRequestRoom,
  repository: GitHubRepository,
  pull: Pull,
  stacks: readonly Stack[],
): Promise<Result<AffectedByPull, Problem>> {
  const commits = await comparedCommits(repository, pull);
  if (!commits.ok) return commits;
  const read = await readAffected(repository, room.blobs, { ...commits.value, stacks });
  return read.ok ? ok({ ...read.value, ...commits.value }) : read;
}

/** Lines are shown on the head commit, where those of the merge commit may stand elsewhere; read only where there is a line to show. */
async function headFiles(
  { blobs }: PullRequestRoom,
  repository: GitHubRepository,
  { head, stacks }: PullRequestFacts,
  { after, files }: AffectedByPull,
): Promise<Result<FileTexts, Problem>> {
  if (after === head) return ok(files);
  const hasFindings = stacks.some(({ plan }) => (plan?.review?.findings.length ?? 0) > 0);
  return hasFindings ? filesAt(repository, blobs, head) : ok(new Map());
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
  known: Pick<StackFacts, 'touched' | 'approvers' | 'plan' | 'unreadable'>,
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

/** As `sekisho.yaml` has them; whether a team of GitHub has them too is asked where something is decided. */
const approversOf = (
  { approval: { team, accept } }: Stack,
  people: readonly Person[],
  plan: StackPlan | undefined,
): StackFacts['approvers'] =>
  people
    .filter(({ teams, keys }) => teams.includes(team) && (keys.length > 0 || accept.includes('review')))
    .flatMap(({ name }) => (name === plan?.details.author.person ? [] : [name]));

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
