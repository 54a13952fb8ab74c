import { ok, type Problem, type Result } from '#core-values';
import type { GitHubRepository } from '../api/port.ts';
import type { PullRequestFacts } from '../core/facts.ts';
import { isGone, type Pull } from './pull.ts';

export interface ComparedCommits {
  readonly before: string;
  readonly after: string;
  /** Why an open pull request is not judged by its merge commit. */
  readonly noMerge?: NonNullable<PullRequestFacts['noMerge']>;
}

/**
 * The merge commit and its first parent, which is what a job of the pull request checks out and compares: what else came to the base is on both
 * sides. Without a merge commit of this head, the head and where it left the base.
 */
export async function comparedCommits(
  repository: GitHubRepository,
  pull: Pull,
): Promise<Result<ComparedCommits, Problem>> {
  const merge = await mergeOf(repository, pull);
  if (!merge.ok) return merge;
  if (merge.value !== undefined) return ok(merge.value);
  const compared = await repository.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    basehead: `${pull.base.sha}...${pull.head.sha}`,
    per_page: 1,
  });
  if (!compared.ok) return compared;
  const noMerge = pull.mergeable === false ? 'conflict' : 'not-yet';
  return ok({
    before: compared.value.merge_base_commit.sha,
    after: pull.head.sha,
    ...(pull.state === 'open' && { noMerge }),
  });
}

/**
 * GitHub makes it anew, some time after a push to either branch. Until then it names the one before, which counts only if it is of this head: also a
 * squashed merge has another.
 */
async function mergeOf(
  repository: GitHubRepository,
  { mergeable, merge_commit_sha: merge, head }: Pull,
): Promise<Result<ComparedCommits | undefined, Problem>> {
  if (mergeable === false || merge === null) return ok(undefined);
  const commit = await repository.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: merge,
  });
  if (!commit.ok) return isGone(commit.error) ? ok(undefined) : commit;
  const [base, of] = commit.value.parents;
  return ok(base !== undefined && of?.sha === head.sha ? { before: base.sha, after: merge } : undefined);
}
