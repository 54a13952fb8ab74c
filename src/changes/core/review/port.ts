import type { ExternalId, GitHubTeam, Issuer } from '#accounts/core';
import type { EpochMs, Problem, Result } from '#core-values';

/** One pull request of one repository, which jobs prove by tokens of the issuer. */
export interface PullRequestPlace {
  readonly issuer: Pick<Issuer, 'name' | 'url'>;
  readonly repositoryId: ExternalId;
  readonly pullRequest: number;
}

/** A submitted review as GitHub has it now. */
export interface Review {
  /** Decimal digits. */
  readonly id: string;
  readonly by: GitHubUser;
  /** A dismissed review is no longer what it was; states that are not known are taken for dismissed. */
  readonly state: 'approved' | 'changes-requested' | 'commented' | 'dismissed';
  /** The pull request's head when it was given; absent where GitHub no longer says. */
  readonly commit?: string;
  readonly at: EpochMs;
  readonly url: string;
}

export interface GitHubUser {
  /** Decimal digits: what `actor_id` is in tokens. */
  readonly id: string;
  /** For people, never for trust. */
  readonly login: string;
}

/**
 * What GitHub says of pull requests, asked anew every time. Everything that cannot be had, or not wholly, is a problem: nothing that
 * matters is ever assumed.
 */
export interface ReviewsPort {
  /** Where people see it; nothing is asked. `undefined` where the issuer is no GitHub. */
  pullRequestUrl(place: PullRequestPlace & { readonly repositoryName: string }): string | undefined;
  /** Every submitted review of the pull request. */
  reviewsOf(place: PullRequestPlace): Promise<Result<readonly Review[], Problem>>;
  /** Who opened it, and authors and co-authors of all its commits, as far as GitHub knows them as users. */
  authorsOf(place: PullRequestPlace): Promise<Result<readonly GitHubUser[], Problem>>;
  /** The pull request's own commit in the merge that GitHub made for its jobs: the second parent. */
  headOf(
    merge: Omit<PullRequestPlace, 'pullRequest'> & { readonly commit: string },
  ): Promise<Result<string, Problem>>;
  /** Ids of the users in a team of the organization that has the repository; nobody is in a team of any other. */
  membersOf(
    of: Omit<PullRequestPlace, 'pullRequest'> & { readonly team: GitHubTeam },
  ): Promise<Result<readonly string[], Problem>>;
  /** What a run of `workflow_dispatch` was started for; a problem where our App's own actor started it and we do not know of it. */
  dispatchOf(run: ManualRun): Promise<Result<Dispatch, Problem>>;
}

/** A run of `workflow_dispatch`, as its token has it. */
export interface ManualRun extends Omit<PullRequestPlace, 'pullRequest'> {
  readonly runId: string;
  /** Login of who started it; an App's is `slug[bot]`, which no person can have. */
  readonly actorName: string;
}

/** Who started a run, and what for. */
export type Dispatch =
  | { readonly kind: 'by-app'; readonly pullRequest: number; readonly commit: string }
  /** By a person, or by a machine that is not ours: nobody knows what for. */
  | { readonly kind: 'by-hand' }
  /** There is no App of ours on that GitHub, and never was one that started the run. */
  | { readonly kind: 'not-connected' };
