import type { JsonObject } from '../../../../src/core-values/index.ts';
import type { Comment, Issue, Repository, State } from '../state.ts';
import { apiOf, appShape, associationOf, nodeId, siteOf, userShape } from './common.ts';

export function labelShape(state: State, repository: Repository, name: string): JsonObject {
  return {
    id: 1,
    node_id: nodeId('Label', 1),
    url: `${apiOf(state, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    color: repository.labels.get(name) ?? 'ededed',
    default: false,
    description: null,
  };
}

export function issueShape(state: State, repository: Repository, issue: Issue): JsonObject {
  const api = apiOf(state, repository);
  const isPull = repository.pulls.has(issue.number);
  const page = `${siteOf(state, repository)}/${isPull ? 'pull' : 'issues'}/${issue.number}`;
  const url = `${api}/issues/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.isLocked,
    active_lock_reason: null,
    assignee: null,
    assignees: issue.assignees.map((login) => userShape(state, login)),
    milestone: null,
    labels: issue.labels.map((name) => labelShape(state, repository, name)),
    user: userShape(state, issue.author),
    performed_via_github_app: issue.app === undefined ? null : appShape(state, issue.app),
    author_association: associationOf(state, repository, issue.author),
    comments: [...repository.comments.values()].filter((each) => each.issue === issue.number).length,
    url,
    repository_url: api,
    html_url: page,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    ...(isPull
      ? {
          pull_request: {
            url: `${api}/pulls/${issue.number}`,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
          },
        }
      : {}),
  };
}

export function commentShape(state: State, repository: Repository, comment: Comment): JsonObject {
  const isPull = repository.pulls.has(comment.issue);
  const page = `${siteOf(state, repository)}/${isPull ? 'pull' : 'issues'}/${comment.issue}`;
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    body: comment.body,
    user: userShape(state, comment.author),
    performed_via_github_app: comment.app === undefined ? null : appShape(state, comment.app),
    author_association: associationOf(state, repository, comment.author),
    url: `${apiOf(state, repository)}/issues/comments/${comment.id}`,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${apiOf(state, repository)}/issues/${comment.issue}`,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
  };
}

export function reactionShape(state: State, reaction: Comment['reactions'][number]): JsonObject {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: userShape(state, reaction.author),
    content: reaction.content,
    created_at: state.now(),
  };
}
