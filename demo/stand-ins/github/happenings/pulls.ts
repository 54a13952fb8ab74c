import type { JsonObject } from '../../../../src/core-values/index.ts';
import { addCommit, merged } from '../git.ts';
import { nodeId } from '../shapes/common.ts';
import { pullShape, wholePullShape } from '../shapes/pulls.ts';
import { type App, type Commit, isWithin, type PullRequest, type Repository, type State } from '../state.ts';
import { requestSuite } from './checks.ts';
import { numbered } from './issues.ts';

export function toldOfPull(
  state: State,
  repository: Repository,
  pull: PullRequest,
  action: string,
  sender: string,
  more: JsonObject = {},
): void {
  const payload = {
    number: pull.issue.number,
    pull_request: wholePullShape(state, repository, pull),
    ...more,
  };
  state.emit({ event: 'pull_request', action, sender, repository, payload });
}

/** GitHub merges the head into the base as `refs/pull/N/merge`, anew after each push to either. */
export function refreshMerge(state: State, repository: Repository, pull: PullRequest): void {
  if (pull.mergedAt !== null) return;
  const base = repository.branches.get(pull.base.branch) ?? pull.base.sha;
  copyCommits(pull.head.repository, repository);
  const files = merged(repository, base, pull.head.sha);
  pull.mergeCommit =
    files === undefined
      ? null
      : addCommit(state, repository, {
          author: pull.issue.author,
          committer: 'web-flow',
          message: `Merge ${pull.head.sha} into ${base}`,
          parents: [base, pull.head.sha],
          files,
        }).sha;
}

/** Commits of a fork can be read in the repository that it forks, too. */
function copyCommits(from: Repository, to: Repository): void {
  if (from === to) return;
  for (const [sha, commit] of from.commits) if (!to.commits.has(sha)) to.commits.set(sha, commit);
}

const appsOf = (state: State, repository: Repository): readonly App[] => [
  ...new Set(
    [...state.installations.values()]
      .filter((installation) => isWithin(installation, repository) && installation.suspendedAt === undefined)
      .filter(({ permissions }) => permissions.checks === 'write')
      .map(({ app }) => app),
  ),
];

function toldOfPush(
  state: State,
  repository: Repository,
  branch: string,
  before: string | undefined,
  commit: Commit,
): void {
  const short = {
    id: commit.sha,
    tree_id: commit.sha,
    message: commit.message,
    timestamp: commit.at,
    distinct: true,
    author: { name: commit.author, email: `${commit.author}@users.noreply.example` },
    committer: { name: commit.committer, email: `${commit.committer}@users.noreply.example` },
    url: `${state.site}/${repository.owner}/${repository.name}/commit/${commit.sha}`,
    added: [],
    removed: [],
    modified: [],
  };
  const payload = {
    ref: `refs/heads/${branch}`,
    before: before ?? '0'.repeat(40),
    after: commit.sha,
    created: before === undefined,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: short.url,
    commits: [short],
    head_commit: short,
    pusher: { name: commit.author, email: `${commit.author}@users.noreply.example` },
  };
  state.emit({ event: 'push', sender: commit.author, repository, payload });
  for (const app of appsOf(state, repository))
    requestSuite(state, repository, app, commit.sha, commit.author);
}

/** Moves a branch, and every pull request that stands on it or starts from it. */
export function moveBranch(state: State, repository: Repository, branch: string, commit: Commit): void {
  const before = repository.branches.get(branch);
  repository.branches.set(branch, commit.sha);
  toldOfPush(state, repository, branch, before, commit);
  for (const owner of state.repositories.values()) {
    for (const pull of owner.pulls.values()) {
      if (pull.issue.state === 'closed') continue;
      const isHead = pull.head.repository === repository && pull.head.branch === branch;
      if (!isHead && !(owner === repository && pull.base.branch === branch)) continue;
      if (isHead) {
        pull.head.sha = commit.sha;
        pull.base.sha = owner.branches.get(pull.base.branch) ?? pull.base.sha;
        pull.issue.updatedAt = state.now();
      }
      refreshMerge(state, owner, pull);
      if (isHead) {
        const ends = { before: before ?? '', after: commit.sha };
        toldOfPull(state, owner, pull, 'synchronize', commit.author, ends);
      }
    }
  }
}

export interface NewPull {
  readonly author: string;
  readonly title: string;
  readonly body?: string;
  readonly branch: string;
  readonly headRepository?: Repository;
  readonly base?: string;
  readonly isDraft?: boolean;
}

/** From a branch that is there already. */
export function addPull(state: State, repository: Repository, made: NewPull): PullRequest {
  const headRepository = made.headRepository ?? repository;
  const base = made.base ?? repository.defaultBranch;
  const sha = headRepository.branches.get(made.branch);
  const baseSha = repository.branches.get(base);
  if (sha === undefined || baseSha === undefined)
    throw new Error(`no branch ${made.branch} or ${base} to open a pull request with`);
  const issue = numbered(state, repository, {
    author: made.author,
    title: made.title,
    body: made.body ?? null,
  });
  const pull: PullRequest = {
    issue,
    head: { repository: headRepository, branch: made.branch, sha },
    base: { branch: base, sha: baseSha },
    isDraft: made.isDraft ?? false,
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    requestedReviewers: new Set(),
    requestedTeams: new Set(),
    reviews: [],
  };
  repository.pulls.set(issue.number, pull);
  refreshMerge(state, repository, pull);
  toldOfPull(state, repository, pull, 'opened', made.author);
  return pull;
}

export type MergeMethod = 'merge' | 'squash';

export function mergePull(
  state: State,
  repository: Repository,
  pull: PullRequest,
  sender: string,
  method: MergeMethod = 'merge',
): Commit {
  const base = repository.branches.get(pull.base.branch) ?? pull.base.sha;
  const files = merged(repository, base, pull.head.sha);
  if (files === undefined || pull.issue.state === 'closed')
    throw new Error(`pull request ${pull.issue.number} cannot be merged`);
  const commit = addCommit(state, repository, {
    author: method === 'squash' ? pull.issue.author : sender,
    committer: 'web-flow',
    message: `${pull.issue.title} (#${pull.issue.number})`,
    parents: method === 'squash' ? [base] : [base, pull.head.sha],
    files,
  });
  pull.mergedAt = state.now();
  pull.mergedBy = sender;
  pull.mergeCommit = commit.sha;
  closed(state, pull);
  moveBranch(state, repository, pull.base.branch, commit);
  toldOfPull(state, repository, pull, 'closed', sender);
  return commit;
}

function closed(state: State, pull: PullRequest): void {
  pull.issue.state = 'closed';
  pull.issue.closedAt = state.now();
  pull.issue.updatedAt = state.now();
}

export function closePull(state: State, repository: Repository, pull: PullRequest, sender: string): void {
  closed(state, pull);
  toldOfPull(state, repository, pull, 'closed', sender);
}

export function reopenPull(state: State, repository: Repository, pull: PullRequest, sender: string): void {
  pull.issue.state = 'open';
  pull.issue.closedAt = null;
  pull.issue.updatedAt = state.now();
  refreshMerge(state, repository, pull);
  toldOfPull(state, repository, pull, 'reopened', sender);
}

export function setDraft(
  state: State,
  repository: Repository,
  pull: PullRequest,
  isDraft: boolean,
  sender: string,
): void {
  pull.isDraft = isDraft;
  toldOfPull(state, repository, pull, isDraft ? 'converted_to_draft' : 'ready_for_review', sender);
}

/** Puts the pull request's merge into the queue's own branch, as a merge queue does before it merges. */
export function enqueuePull(state: State, repository: Repository, pull: PullRequest, sender: string): Commit {
  const base = repository.branches.get(pull.base.branch) ?? pull.base.sha;
  const files = merged(repository, base, pull.head.sha);
  if (files === undefined) throw new Error(`pull request ${pull.issue.number} conflicts`);
  const commit = addCommit(state, repository, {
    author: sender,
    committer: 'web-flow',
    message: `Merge pull request #${pull.issue.number}`,
    parents: [base, pull.head.sha],
    files,
  });
  const branch = `gh-readonly-queue/${pull.base.branch}/pr-${pull.issue.number}-${base}`;
  repository.branches.set(branch, commit.sha);
  const shape = pullShape(state, repository, pull);
  toldOfPull(state, repository, pull, 'enqueued', sender, { pull_request: shape });
  state.emit({
    event: 'merge_group',
    action: 'checks_requested',
    sender,
    repository,
    payload: {
      merge_group: {
        head_sha: commit.sha,
        head_ref: `refs/heads/${branch}`,
        base_sha: base,
        base_ref: `refs/heads/${pull.base.branch}`,
        head_commit: {
          id: commit.sha,
          tree_id: nodeId('Tree', pull.issue.id),
          message: commit.message,
          timestamp: commit.at,
          author: { name: sender, email: `${sender}@users.noreply.example` },
          committer: { name: 'GitHub', email: 'noreply@github.example' },
        },
      },
    },
  });
  return commit;
}
