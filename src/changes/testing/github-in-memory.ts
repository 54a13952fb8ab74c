import { err, ok, type Problem, problem, type Result, verbatim } from '#core-values';
import type { HandClock } from '#platform';
import type { GitHubUser, PullRequestPlace, Review, ReviewsPort } from '../core/review/port.ts';

/** GitHub's reviews as a test tells them. */
export interface GitHubInMemory {
  readonly port: ReviewsPort;
  /** From now on a commit is known as the merge of this head. */
  merges(merge: string, head: string): void;
  /** A review that is submitted now; later ones of the same user follow it. */
  review(pullRequest: number, by: GitHubUser, state: Review['state'], commit: string): Review;
  dismiss(id: string): void;
  authors(pullRequest: number, authors: readonly GitHubUser[]): void;
  /** Who is in a team from now on: `shop/owners`, and ids of users. */
  team(name: string, ids: readonly string[]): void;
  /** What runs are started for from now on: `not-connected`, unless this was told. */
  dispatches(of: ReviewsPort['dispatchOf'] | undefined): void;
  /** One lookup fails from now on; `undefined` to answer well again. */
  breakWith(lookup: keyof ReviewsPort | undefined): void;
  /** How often anything was asked. */
  asked(): number;
  startOver(): void;
}

export function gitHubInMemory(clock: HandClock): GitHubInMemory {
  const heads = new Map<string, string>();
  const reviews = new Map<number, Review[]>();
  const authors = new Map<number, readonly GitHubUser[]>();
  const teams = new Map<string, readonly string[]>();
  let dispatchOf: ReviewsPort['dispatchOf'] | undefined;
  let broken: keyof ReviewsPort | undefined;
  let asked = 0;
  let lastId = 5_000;
  const answer = async <T>(
    lookup: keyof ReviewsPort,
    value: () => T | undefined,
  ): Promise<Result<T, Problem>> => {
    asked += 1;
    if (broken === lookup) return err(DOWN);
    const found = value();
    return found === undefined ? err(UNKNOWN) : ok(found);
  };
  return {
    port: {
      pullRequestUrl: ({ repositoryName, pullRequest }) =>
        `https://github.com/${repositoryName}/pull/${pullRequest}`,
      reviewsOf: ({ pullRequest }: PullRequestPlace) =>
        answer('reviewsOf', () => reviews.get(pullRequest) ?? []),
      authorsOf: ({ pullRequest }: PullRequestPlace) =>
        answer('authorsOf', () => authors.get(pullRequest) ?? []),
      headOf: ({ commit }) => answer('headOf', () => heads.get(commit)),
      dispatchOf: async (run) => dispatchOf?.(run) ?? ok({ kind: 'not-connected' }),
      membersOf: ({ team: { organization, slug } }) =>
        answer('membersOf', () => teams.get(`${organization}/${slug}`)),
    },
    merges: (merge, head) => {
      heads.set(merge, head);
    },
    review: (pullRequest, by, state, commit) => {
      lastId += 1;
      const url = `https://github.com/shop/infra/pull/${pullRequest}#pullrequestreview-${lastId}`;
      const review = { id: String(lastId), by, state, commit, at: clock.now(), url };
      reviews.set(pullRequest, [...(reviews.get(pullRequest) ?? []), review]);
      return review;
    },
    dismiss: (id) => {
      for (const [pullRequest, of] of reviews) {
        const dismissed = of.map((one) => (one.id === id ? { ...one, state: 'dismissed' as const } : one));
        reviews.set(pullRequest, dismissed);
      }
    },
    authors: (pullRequest, of) => {
      authors.set(pullRequest, of);
    },
    team: (name, ids) => {
      teams.set(name, ids);
    },
    dispatches: (of) => {
      dispatchOf = of;
    },
    breakWith: (lookup) => {
      broken = lookup;
    },
    asked: () => asked,
    startOver: () => {
      heads.clear();
      reviews.clear();
      authors.clear();
      teams.clear();
      dispatchOf = undefined;
      broken = undefined;
      asked = 0;
    },
  };
}

const DOWN: Problem = problem('outside-failed', {
  rule: 'github.failed',
  message: verbatim('GitHub does not answer'),
  remedy: verbatim('wait'),
});

const UNKNOWN: Problem = problem('not-found', {
  rule: 'github.not-found',
  message: verbatim('GitHub does not know it'),
  remedy: verbatim('look'),
});
