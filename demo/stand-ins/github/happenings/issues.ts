import { commentShape, issueShape } from '../shapes/issues.ts';
import type { App, Comment, Issue, Repository, State } from '../state.ts';

export interface NewIssue {
  readonly author: string;
  readonly app?: App;
  readonly title: string;
  readonly body: string | null;
  readonly labels?: readonly string[];
}

/** The next number, which issues and pull requests share; tells nobody. */
export function numbered(state: State, repository: Repository, made: NewIssue): Issue {
  const issue: Issue = {
    id: state.nextId(),
    number: repository.nextNumber,
    author: made.author,
    app: made.app,
    title: made.title,
    body: made.body,
    state: 'open',
    stateReason: null,
    labels: [...(made.labels ?? [])],
    assignees: [],
    isLocked: false,
    createdAt: state.now(),
    updatedAt: state.now(),
    closedAt: null,
  };
  repository.nextNumber += 1;
  repository.issues.set(issue.number, issue);
  return issue;
}

function told(state: State, repository: Repository, issue: Issue, action: string, sender: string): void {
  const payload = { issue: issueShape(state, repository, issue) };
  state.emit({ event: 'issues', action, sender, repository, payload });
}

export function addIssue(state: State, repository: Repository, made: NewIssue): Issue {
  const issue = numbered(state, repository, made);
  told(state, repository, issue, 'opened', made.author);
  return issue;
}

export interface IssueChange {
  readonly title: string | undefined;
  readonly body: string | undefined;
  readonly state: string | undefined;
  readonly stateReason: string | undefined;
  readonly labels: readonly string[] | undefined;
}

export function changeIssue(
  state: State,
  repository: Repository,
  issue: Issue,
  sender: string,
  change: IssueChange,
): void {
  const isEdited = change.title !== undefined || change.body !== undefined;
  issue.title = change.title ?? issue.title;
  issue.body = change.body ?? issue.body;
  if (change.labels !== undefined) issue.labels = [...change.labels];
  issue.updatedAt = state.now();
  if (isEdited) told(state, repository, issue, 'edited', sender);
  if (change.state === 'closed' && issue.state === 'open') {
    issue.state = 'closed';
    issue.stateReason = change.stateReason ?? 'completed';
    issue.closedAt = state.now();
    told(state, repository, issue, 'closed', sender);
  }
  if (change.state === 'open' && issue.state === 'closed') {
    issue.state = 'open';
    issue.stateReason = 'reopened';
    issue.closedAt = null;
    told(state, repository, issue, 'reopened', sender);
  }
}

function toldOfComment(
  state: State,
  repository: Repository,
  comment: Comment,
  action: string,
  sender: string,
): void {
  const issue = repository.issues.get(comment.issue);
  if (issue === undefined) return;
  state.emit({
    event: 'issue_comment',
    action,
    sender,
    repository,
    payload: {
      issue: issueShape(state, repository, issue),
      comment: commentShape(state, repository, comment),
      ...(action === 'edited' ? { changes: { body: { from: '' } } } : {}),
    },
  });
}

export function addComment(
  state: State,
  repository: Repository,
  issue: Issue,
  made: { readonly author: string; readonly app?: App; readonly body: string },
): Comment {
  const comment: Comment = {
    id: state.nextId(),
    issue: issue.number,
    author: made.author,
    app: made.app,
    body: made.body,
    createdAt: state.now(),
    updatedAt: state.now(),
    reactions: [],
  };
  repository.comments.set(comment.id, comment);
  toldOfComment(state, repository, comment, 'created', made.author);
  return comment;
}

export function editComment(
  state: State,
  repository: Repository,
  comment: Comment,
  sender: string,
  body: string,
): void {
  comment.body = body;
  comment.updatedAt = state.now();
  toldOfComment(state, repository, comment, 'edited', sender);
}

export function deleteComment(state: State, repository: Repository, comment: Comment, sender: string): void {
  repository.comments.delete(comment.id);
  toldOfComment(state, repository, comment, 'deleted', sender);
}
