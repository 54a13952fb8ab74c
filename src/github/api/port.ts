import type { Endpoints } from '@octokit/types';
import type { ExternalId } from '#accounts/core';
import type { Problem, Result } from '#core-values';

/** A route of GitHub's REST API with its method: `GET /repos/{owner}/{repo}/pulls/{pull_number}`. */
export type Route = keyof Endpoints;

/**
 * One repository among several GitHubs: ids are unique within a host only, and a token's issuer says its host, see
 * `hostOfIssuer`. Two of them are the same if both fields are.
 */
export interface RepositoryAt {
  /** `github.com`, or the host name of a GitHub Enterprise Server. */
  readonly host: string;
  readonly id: ExternalId;
}

/** What is asked of a route; `owner` and `repo` are the repository's own and cannot be given. */
export type ParametersOf<R extends Route> = Omit<Endpoints[R]['parameters'], 'owner' | 'repo'>;

export type AnswerOf<R extends Route> = Endpoints[R]['response']['data'];

/** What one page lists, whether the answer is a list or an object with one (`{ total_count, check_runs }`). */
export type ItemOf<Answer> = Answer extends readonly (infer Item)[]
  ? Item
  : Answer extends object
    ? Extract<Answer[keyof Answer], readonly unknown[]>[number]
    : never;

/**
 * One repository, through its installation, with a token for this repository alone.
 *
 * Every failure is a problem, and what depends on the lookup is denied: `not-found` (404, which GitHub also answers where our
 * App may not look), `denied` (403), `bad-input` (422), `conflict` (409), `too-many-requests` (a rate limit that lasts longer than we wait),
 * `outside-failed` (GitHub is down, or answered what cannot be). Nothing here is tried again that could act twice.
 */
export interface GitHubRepository extends RepositoryAt {
  /** As GitHub names it now: for routes and for people, never for trust. */
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  /** Of the App that we are here: `slug[bot]` writes our comments, and its checks carry this id. */
  readonly app: { readonly id: number; readonly slug: string };
  request<R extends Route>(route: R, parameters: ParametersOf<R>): Promise<Result<AnswerOf<R>, Problem>>;
  /** The items of every page, 100 at a time; more than `most` (10,000 if left out) is a problem and not a shorter list. */
  all<R extends Route>(
    route: R,
    parameters: ParametersOf<R>,
    most?: number,
  ): Promise<Result<readonly ItemOf<AnswerOf<R>>[], Problem>>;
}

export interface GitHubConnections {
  /** Looks the repository up by its id; a repository that none of our installations holds is a problem (`not-found`). */
  repository(at: RepositoryAt): Promise<Result<GitHubRepository, Problem>>;
}
