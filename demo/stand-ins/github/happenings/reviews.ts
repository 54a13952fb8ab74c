import { pullShape, reviewShape } from '../shapes/pulls.ts';
import type { PullRequest, Repository, Review, State } from '../state.ts';

function told(
  state: State,
  repository: Repository,
  pull: PullRequest,
  review: Review,
  action: string,
  sender: string,
): void {
  const shape = reviewShape(state, repository, pull, review);
  state.emit({
    event: 'pull_request_review',
    action,
    sender,
    repository,
    payload: {
      pull_request: pullShape(state, repository, pull),
      // Webhooks write the state in small letters, the API in capitals.
      review: { ...shape, state: review.state.toLowerCase() },
      ...(action === 'edited' ? { changes: {} } : {}),
    },
  });
}

export type Verdict = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

/** Of the head as it is now, unless another commit is named. GitHub lets nobody approve their own pull request. */
export function addReview(
  state: State,
  repository: Repository,
  pull: PullRequest,
  made: {
    readonly author: string;
    readonly verdict: Verdict;
    readonly body?: string;
    readonly commit?: string;
  },
): Review {
  if (made.verdict !== 'COMMENT' && made.author === pull.issue.author)
    throw new Error(`${made.author} cannot ${made.verdict} their own pull request`);
  const review: Review = {
    id: state.nextId(),
    author: made.author,
    commit: made.commit ?? pull.head.sha,
    body: made.body ?? '',
    state: STATES[made.verdict],
    submittedAt: state.now(),
  };
  pull.reviews.push(review);
  pull.requestedReviewers.delete(made.author);
  told(state, repository, pull, review, 'submitted', made.author);
  return review;
}

export function dismissReview(
  state: State,
  repository: Repository,
  pull: PullRequest,
  review: Review,
  sender: string,
): void {
  review.state = 'DISMISSED';
  told(state, repository, pull, review, 'dismissed', sender);
}

export function editReview(
  state: State,
  repository: Repository,
  pull: PullRequest,
  review: Review,
  body: string,
): void {
  review.body = body;
  told(state, repository, pull, review, 'edited', review.author);
}
