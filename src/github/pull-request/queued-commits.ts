import type { Stack } from '#accounts/core';
import { ok, type Problem, type Result } from '#core-values';
import type { GitHubRepository } from '../api/port.ts';
import type { QueueVerdict } from '../core/checks/queue.ts';
import type { BlobTexts } from './blob-texts.ts';
import { isGone, type Pull } from './pull.ts';
import { PASSING, stacksOfOtherChange, type TwoCommits } from './read-affected.ts';

export interface QueuedCommit {
  readonly sha: string;
  readonly verdict: QueueVerdict;
}

/** What decides whether a commit of the queue is the change that was judged. */
export interface Queued {
  readonly pull: Pull;
  readonly stacks: readonly Stack[];
  /** Absent where nothing was read. */
  readonly judged?: TwoCommits | undefined;
  /** Of the check for all stacks. */
  readonly externalId: string;
}

interface QueueBranch {
  readonly sha: string;
  /** The commit on which GitHub says to have built it; absent if the name has none. */
  readonly named?: string;
}

/**
 * The commits that stand in the queue for this pull request. GitHub names the branch `gh-readonly-queue/BASE/pr-NUMBER-SHA` after the commit it built
 * on: the base branch's, or in a group that of the pull request in front. Whoever may push might make such a branch, so its name is worth nothing by
 * itself: the commit must be built on what the name says, or on another queue head; that must be of the base branch, or be such a head with our own
 * passed check; and it must change what was judged.
 */
export async function queuedCommits(
  repository: GitHubRepository,
  blobs: BlobTexts,
  queued: Queued,
): Promise<Result<readonly QueuedCommit[], Problem>> {
  const { base, number } = queued.pull;
  const queue = `heads/gh-readonly-queue/${base.ref}/`;
  const refs = await repository.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ref: queue });
  if (!refs.ok) return refs;
  const queueHeads = new Set(refs.value.map(({ object }) => object.sha));
  const own = `refs/${queue}pr-${number}-`;
  const found: QueuedCommit[] = [];
  for (const { ref, object } of refs.value) {
    if (!ref.startsWith(own)) continue;
    const on = ref.slice(own.length);
    const branch = { sha: object.sha, ...(COMMIT.test(on) ? { named: on } : {}) };
    const verdict = await verdictOf(repository, blobs, { ...queued, branch, queueHeads });
    if (!verdict.ok) return verdict;
    found.push({ sha: object.sha, verdict: verdict.value });
  }
  return ok(found);
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

async function verdictOf(
  repository: GitHubRepository,
  blobs: BlobTexts,
  at: Queued & { readonly branch: QueueBranch; readonly queueHeads: ReadonlySet<string> },
): Promise<Result<QueueVerdict, Problem>> {
  const { pull, stacks, judged, branch, queueHeads } = at;
  const { sha, named } = branch;
  if (named === undefined) return ok({ kind: 'unknown' });
  const built = await builtOn(repository, sha, pull, new Set([named, ...queueHeads]));
  if (!built.ok) return built;
  const base = built.value;
  if (base === undefined) return ok({ kind: 'unknown' });
  const isOfBase = await isOnBase(repository, base, pull.base.ref);
  if (!isOfBase.ok) return isOfBase;
  if (!isOfBase.value && !queueHeads.has(base)) return ok({ kind: 'unknown' });
  const isPassed = isOfBase.value ? ok(true) : await hasOwnSuccess(repository, base, at.externalId);
  if (!isPassed.ok) return isPassed;
  if (!isPassed.value) return ok({ kind: 'behind' });
  if (judged === undefined) return ok({ kind: 'unreadable', reasons: [] });
  const others = await stacksOfOtherChange(repository, blobs, {
    ...{ judged, stacks },
    made: { before: base, after: sha },
  });
  if (!others.ok)
    return PASSING.includes(others.error.code)
      ? others
      : ok({ kind: 'unreadable', reasons: others.error.reasons });
  if (others.value.length === 0) return ok({ kind: 'judged' });
  // Once what is in front is merged, the pull request is judged together with it.
  return ok(isOfBase.value ? { kind: 'differs', stacks: others.value } : { kind: 'behind' });
}

/** GitHub rebases no more. */
const MOST_REBASED = 100;

/**
 * On which of these it is a merge of this head, or its commits put anew, or one that holds them all: nothing else may come in by its history. None if
 * on none.
 */
async function builtOn(
  repository: GitHubRepository,
  sha: string,
  { head, commits }: Pull,
  bases: ReadonlySet<string>,
): Promise<Result<string | undefined, Problem>> {
  let at: string | undefined = sha;
  for (let left = Math.min(commits, MOST_REBASED); left > 0 && at !== undefined; left -= 1) {
    const commit = await parentsOf(repository, at);
    if (!commit.ok) return commit;
    const [first, second, third] = commit.value;
    const base = first !== undefined && bases.has(first) ? first : undefined;
    const isMerge = at === sha && second === head.sha && third === undefined;
    if (second !== undefined) return ok(isMerge ? base : undefined);
    if (base !== undefined) return ok(base);
    at = first;
  }
  return ok(undefined);
}

async function parentsOf(
  repository: GitHubRepository,
  commit_sha: string,
): Promise<Result<readonly string[], Problem>> {
  const commit = await repository.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha,
  });
  if (!commit.ok) return isGone(commit.error) ? ok([]) : commit;
  return ok(commit.value.parents.map(({ sha }) => sha));
}

async function isOnBase(
  repository: GitHubRepository,
  commit: string,
  base: string,
): Promise<Result<boolean, Problem>> {
  const tip = await repository.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ref: `heads/${base}` });
  if (!tip.ok) return tip;
  const { sha } = tip.value.object;
  if (sha === commit) return ok(true);
  const compared = await repository.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    basehead: `${commit}...${sha}`,
    per_page: 1,
  });
  if (!compared.ok) return isGone(compared.error) ? ok(false) : compared;
  return ok(compared.value.merge_base_commit.sha === commit);
}

/** Nobody else can make a check that carries our App's id. */
async function hasOwnSuccess(
  repository: GitHubRepository,
  commit: string,
  externalId: string,
): Promise<Result<boolean, Problem>> {
  const shown = await repository.all('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    ref: commit,
    app_id: repository.app.id,
  });
  if (!shown.ok) return shown;
  const newest = shown.value
    .filter((run) => run.external_id === externalId && run.app?.id === repository.app.id)
    .reduce<(typeof shown.value)[number] | undefined>(
      (a, b) => (a === undefined || b.id > a.id ? b : a),
      undefined,
    );
  return ok(newest?.conclusion === 'success');
}
