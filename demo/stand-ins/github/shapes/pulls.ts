import type { JsonObject } from '../../../../src/core-values/index.ts';
import { commitOf, difference, history, mergeBase } from '../git.ts';
import {
  accountOf,
  type PullRequest,
  type Repository,
  type Review,
  type State,
  type Team,
} from '../state.ts';
import { apiOf, associationOf, nodeId, repositoryShape, siteOf, userShape } from './common.ts';
import { teamShape } from './teams.ts';

export interface End {
  readonly repository: Repository;
  readonly branch: string;
  readonly sha: string;
}

export const endShape = (state: State, { repository, branch, sha }: End): JsonObject => ({
  label: `${repository.owner}:${branch}`,
  ref: branch,
  sha,
  user: userShape(state, repository.owner),
  repo: repositoryShape(state, repository),
});

/** What the list of pull requests and the webhooks say; one pull request alone says more. */
export function pullShape(state: State, repository: Repository, pull: PullRequest): JsonObject {
  const { issue, head, base } = pull;
  const number = issue.number;
  const api = apiOf(state, repository);
  const site = siteOf(state, repository);
  const teams = [...pull.requestedTeams].flatMap((slug): Team[] => {
    const team = accountOf(state, repository.owner).teams.get(slug);
    return team === undefined ? [] : [team];
  });
  return {
    id: issue.id,
    node_id: nodeId('PullRequest', issue.id),
    number,
    state: issue.state,
    locked: issue.isLocked,
    title: issue.title,
    body: issue.body,
    user: userShape(state, issue.author),
    url: `${api}/pulls/${number}`,
    html_url: `${site}/pull/${number}`,
    diff_url: `${site}/pull/${number}.diff`,
    patch_url: `${site}/pull/${number}.patch`,
    issue_url: `${api}/issues/${number}`,
    commits_url: `${api}/pulls/${number}/commits`,
    review_comments_url: `${api}/pulls/${number}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${number}/comments`,
    statuses_url: `${api}/statuses/${head.sha}`,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    draft: pull.isDraft,
    head: endShape(state, head),
    base: endShape(state, { repository, ...base }),
    author_association: associationOf(state, repository, issue.author),
    auto_merge: null,
    requested_reviewers: [...pull.requestedReviewers].map((login) => userShape(state, login)),
    requested_teams: teams.map((team) => teamShape(state, repository.owner, team)),
    labels: issue.labels.map((name) => ({
      id: 1,
      node_id: nodeId('Label', 1),
      url: `${api}/labels/${name}`,
      name,
      color: 'ededed',
      default: false,
      description: null,
    })),
    _links: Object.fromEntries(
      ['comments', 'commits', 'statuses', 'html', 'issue', 'review_comments', 'review_comment', 'self'].map(
        (name) => [name, { href: `${api}/pulls/${number}` }],
      ),
    ),
  };
}

export function wholePullShape(state: State, repository: Repository, pull: PullRequest): JsonObject {
  const changed = filesOf(repository, pull);
  const isMerged = pull.mergedAt !== null;
  return {
    ...pullShape(state, repository, pull),
    merged: isMerged,
    mergeable: isMerged ? null : pull.mergeCommit !== null,
    mergeable_state: isMerged ? 'unknown' : pull.mergeCommit === null ? 'dirty' : 'clean',
    rebaseable: null,
    merged_by: pull.mergedBy === null ? null : userShape(state, pull.mergedBy),
    comments: [...repository.comments.values()].filter(({ issue }) => issue === pull.issue.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: commitsOf(repository, pull).length,
    additions: changed.length,
    deletions: 0,
    changed_files: changed.length,
  };
}

export function filesOf(repository: Repository, pull: PullRequest): ReturnType<typeof difference> {
  const parted = mergeBase(repository, pull.head.sha, pull.base.sha)?.files ?? new Map<string, string>();
  return difference(parted, commitOf(repository, pull.head.sha).files);
}

export function commitsOf(repository: Repository, pull: PullRequest): readonly ReturnType<typeof commitOf>[] {
  const known = new Set(history(repository, pull.base.sha).map(({ sha }) => sha));
  return history(repository, pull.head.sha)
    .filter(({ sha }) => !known.has(sha))
    .toReversed();
}

export function reviewShape(
  state: State,
  repository: Repository,
  pull: PullRequest,
  review: Review,
): JsonObject {
  const page = `${siteOf(state, repository)}/pull/${pull.issue.number}`;
  const url = `${apiOf(state, repository)}/pulls/${pull.issue.number}`;
  return {
    id: review.id,
    node_id: nodeId('Review', review.id),
    user: userShape(state, review.author),
    body: review.body,
    state: review.state,
    html_url: `${page}#pullrequestreview-${review.id}`,
    pull_request_url: url,
    author_association: associationOf(state, repository, review.author),
    submitted_at: review.submittedAt,
    commit_id: review.commit,
    _links: { html: { href: page }, pull_request: { href: url } },
  };
}
