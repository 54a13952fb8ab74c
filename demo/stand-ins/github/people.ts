import { addAccount, addRepository, addTeam, type NewRepository } from './accounts.ts';
import { addCommit, changedBy, commitOf } from './git.ts';
import { toldOfRun } from './happenings/checks.ts';
import { addComment, deleteComment, editComment } from './happenings/issues.ts';
import {
  addPull,
  closePull,
  enqueuePull,
  type MergeMethod,
  mergePull,
  moveBranch,
  reopenPull,
  setDraft,
} from './happenings/pulls.ts';
import { addReview, dismissReview, editReview, type Verdict } from './happenings/reviews.ts';
import { endRun } from './happenings/runs.ts';
import { userShape } from './shapes/common.ts';
import { teamShape } from './shapes/teams.ts';
import {
  type Account,
  accountOf,
  type CheckRun,
  type Comment,
  type Commit,
  type PullRequest,
  pullOf,
  type Repository,
  type Review,
  type State,
  type Team,
  type WorkflowRun,
} from './state.ts';

/** Path → content; `null` removes the file. */
export type Changes = Readonly<Record<string, string | null>>;

export interface Opening {
  readonly repository: Repository;
  readonly author: string;
  readonly branch: string;
  readonly files: Changes;
  readonly title?: string;
  readonly body?: string;
  readonly base?: string;
  readonly isDraft?: boolean;
  /** A fork that the branch is in. */
  readonly fork?: Repository;
}

/** What people do on GitHub: each changes the state, and queues the webhooks that GitHub would send. */
export interface People {
  user(login: string, id?: number): Account;
  organization(login: string, id?: number): Account;
  team(organization: string, name: string, members: readonly string[]): Team;
  leaveTeam(organization: string, slug: string, login: string): void;
  joinTeam(organization: string, slug: string, login: string): void;
  leaveOrganization(organization: string, login: string): void;
  /** With a first commit on the default branch. */
  repository(options: NewRepository & { readonly files: Readonly<Record<string, string>> }): Repository;
  fork(repository: Repository, owner: string): Repository;
  /** A commit on top of a branch; a branch that is not there starts at the default branch. */
  push(repository: Repository, author: string, branch: string, changes: Changes, message?: string): Commit;
  openPullRequest(opening: Opening): PullRequest;
  comment(repository: Repository, number: number, author: string, body: string): Comment;
  editComment(repository: Repository, comment: Comment, sender: string, body: string): void;
  deleteComment(repository: Repository, comment: Comment, sender: string): void;
  /** Of the pull request's head as it is now. */
  review(repository: Repository, number: number, author: string, verdict: Verdict, body?: string): Review;
  dismiss(repository: Repository, number: number, review: Review, sender: string): void;
  editReview(repository: Repository, number: number, review: Review, body: string): void;
  merge(repository: Repository, number: number, sender: string, method?: MergeMethod): Commit;
  enqueue(repository: Repository, number: number, sender: string): Commit;
  close(repository: Repository, number: number, sender: string): void;
  reopen(repository: Repository, number: number, sender: string): void;
  draft(repository: Repository, number: number, isDraft: boolean, sender: string): void;
  rerequestCheck(repository: Repository, run: CheckRun, sender: string): void;
  endRun(repository: Repository, run: WorkflowRun, conclusion: string): void;
}

function membership(
  state: State,
  organization: string,
  slug: string,
  login: string,
  action: 'added' | 'removed',
): void {
  const team = accountOf(state, organization).teams.get(slug);
  if (team === undefined) throw new Error(`${organization} has no team ${slug}`);
  if (action === 'added') team.members.add(login);
  else team.members.delete(login);
  const payload = {
    scope: 'team',
    member: userShape(state, login),
    team: teamShape(state, organization, team),
  };
  state.emit({ event: 'membership', action, sender: organization, organization, payload });
}

function leave(state: State, organization: string, login: string): void {
  const owner = accountOf(state, organization);
  owner.members.delete(login);
  for (const [slug, team] of owner.teams)
    if (team.members.has(login)) membership(state, organization, slug, login, 'removed');
  const payload = {
    membership: { role: 'member', state: 'active', user: userShape(state, login) },
  };
  state.emit({
    event: 'organization',
    action: 'member_removed',
    sender: organization,
    organization,
    payload,
  });
}

function push(
  state: State,
  repository: Repository,
  author: string,
  branch: string,
  changes: Changes,
  message = `Change ${Object.keys(changes).join(', ')}`,
): Commit {
  const parent = repository.branches.get(branch) ?? repository.branches.get(repository.defaultBranch);
  const before = parent === undefined ? new Map<string, string>() : commitOf(repository, parent).files;
  const commit = addCommit(state, repository, {
    author,
    message,
    parents: parent === undefined ? [] : [parent],
    files: changedBy(before, changes),
  });
  moveBranch(state, repository, branch, commit);
  return commit;
}

function fork(state: State, repository: Repository, owner: string): Repository {
  const { name, isPrivate, defaultBranch, id } = repository;
  const made = addRepository(state, { owner, name, isPrivate, defaultBranch, forkOf: id });
  for (const [sha, commit] of repository.commits) made.commits.set(sha, commit);
  const head = repository.branches.get(defaultBranch);
  if (head !== undefined) made.branches.set(defaultBranch, head);
  return made;
}

function openPullRequest(state: State, opening: Opening): PullRequest {
  const { repository, author, branch, files, title = `Change of ${branch}`, fork: headRepository } = opening;
  push(state, headRepository ?? repository, author, branch, files);
  return addPull(state, repository, {
    author,
    title,
    branch,
    ...(opening.body === undefined ? {} : { body: opening.body }),
    ...(opening.base === undefined ? {} : { base: opening.base }),
    ...(opening.isDraft === undefined ? {} : { isDraft: opening.isDraft }),
    ...(headRepository === undefined ? {} : { headRepository }),
  });
}

function issueOf(
  repository: Repository,
  number: number,
): NonNullable<ReturnType<Repository['issues']['get']>> {
  const found = repository.issues.get(number);
  if (found === undefined) throw new Error(`${repository.name} has no issue ${number}`);
  return found;
}

export const peopleOf = (state: State): People => ({
  user: (login, id) => addAccount(state, login, 'User', id),
  organization: (login, id) => addAccount(state, login, 'Organization', id),
  team: (organization, name, members) => addTeam(state, organization, name, members),
  leaveTeam: (organization, slug, login) => membership(state, organization, slug, login, 'removed'),
  joinTeam: (organization, slug, login) => membership(state, organization, slug, login, 'added'),
  leaveOrganization: (organization, login) => leave(state, organization, login),
  repository: ({ files, ...options }) => {
    const made = addRepository(state, options);
    push(state, made, made.owner, made.defaultBranch, files, 'First commit');
    return made;
  },
  fork: (repository, owner) => fork(state, repository, owner),
  push: (...about) => push(state, ...about),
  openPullRequest: (opening) => openPullRequest(state, opening),
  comment: (repository, number, author, body) =>
    addComment(state, repository, issueOf(repository, number), { author, body }),
  editComment: (...about) => editComment(state, ...about),
  deleteComment: (...about) => deleteComment(state, ...about),
  review: (repository, number, author, verdict, body = '') =>
    addReview(state, repository, pullOf(repository, number), { author, verdict, body }),
  dismiss: (repository, number, review, sender) =>
    dismissReview(state, repository, pullOf(repository, number), review, sender),
  editReview: (repository, number, review, body) =>
    editReview(state, repository, pullOf(repository, number), review, body),
  merge: (repository, number, sender, method) =>
    mergePull(state, repository, pullOf(repository, number), sender, method),
  enqueue: (repository, number, sender) => enqueuePull(state, repository, pullOf(repository, number), sender),
  close: (repository, number, sender) => closePull(state, repository, pullOf(repository, number), sender),
  reopen: (repository, number, sender) => reopenPull(state, repository, pullOf(repository, number), sender),
  draft: (repository, number, isDraft, sender) =>
    setDraft(state, repository, pullOf(repository, number), isDraft, sender),
  rerequestCheck: (repository, run, sender) => toldOfRun(state, repository, run, 'rerequested', sender),
  endRun: (repository, run, conclusion) => endRun(state, repository, run, conclusion),
});
