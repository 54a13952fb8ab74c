import type { Stack } from '#accounts/core';
import { listPlans, plansOfPullRequest, type StoredPlan } from '#changes';
import type { StackName } from '#core-values';
import type { PullRequestRoom } from './room.ts';

/** What of a pull request decides which plans are its own. */
export interface PullRequestState {
  readonly number: number;
  readonly head: string;
  /** Absent while it is not merged. */
  readonly merge?: { readonly commit: string; readonly atMs: number };
}

const MOST_PLANS = 500;

/**
 * The newest plan of each stack: of the head commit, and after the merge of the merge commit, or of whoever planned for the pull request since.
 * What was applied before the merge stays what counts.
 */
export async function plansOf(
  room: PullRequestRoom,
  stacks: readonly Stack[],
  { number, head, merge }: PullRequestState,
): Promise<ReadonlyMap<StackName, StoredPlan>> {
  const [first] = stacks;
  if (first === undefined) return new Map();
  const { issuer, id } = first.repository;
  const of = { issuer: issuer.name, repositoryId: id, limit: MOST_PLANS };
  const { db } = room.changes;
  const own = await plansOfPullRequest(db, { issuer: issuer.name, repositoryId: id, pullRequest: number });
  const merged = merge === undefined ? [] : await listPlans(db, { ...of, commit: merge.commit });
  const beforeMerge = new Set(
    stacks.filter(({ apply }) => apply.when === 'before-merge').map(({ name }) => name),
  );
  const isCurrent = (plan: StoredPlan): boolean =>
    merge === undefined || beforeMerge.has(plan.stack)
      ? plan.job.headCommit === head
      : plan.uploadedAt >= merge.atMs && plan.job.event !== 'pull_request';
  const newest = new Map<StackName, StoredPlan>();
  const candidates = [...merged, ...own.filter(isCurrent)].toSorted((a, b) => (a.id < b.id ? 1 : -1));
  for (const plan of candidates) if (!newest.has(plan.stack)) newest.set(plan.stack, plan);
  return newest;
}
