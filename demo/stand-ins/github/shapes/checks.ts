import type { JsonObject } from '../../../../src/core-values/index.ts';
import type { CheckRun, CheckSuite, CommitStatus, Repository, State } from '../state.ts';
import { apiOf, appShape, nodeId, repositoryShape, siteOf, userShape } from './common.ts';

export function pullsOf(state: State, repository: Repository, sha: string): readonly JsonObject[] {
  const short = ({ id, name }: Repository, url: string): JsonObject => ({ id, name, url });
  return [...repository.pulls.values()]
    .filter(({ head, issue }) => head.sha === sha && issue.state === 'open')
    .map(({ issue, head, base }) => ({
      id: issue.id,
      number: issue.number,
      url: `${apiOf(state, repository)}/pulls/${issue.number}`,
      head: { ref: head.branch, sha: head.sha, repo: short(head.repository, apiOf(state, head.repository)) },
      base: { ref: base.branch, sha: base.sha, repo: short(repository, apiOf(state, repository)) },
    }));
}

export function checkRunShape(state: State, repository: Repository, run: CheckRun): JsonObject {
  const url = `${apiOf(state, repository)}/check-runs/${run.id}`;
  const page = `${siteOf(state, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    name: run.name,
    head_sha: run.suite.sha,
    external_id: run.externalId,
    url,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: appShape(state, run.suite.app),
    pull_requests: pullsOf(state, repository, run.suite.sha),
  };
}

export function checkSuiteShape(state: State, repository: Repository, suite: CheckSuite): JsonObject {
  const runs = [...repository.checkRuns.values()].filter((run) => run.suite === suite);
  const isDone = runs.length > 0 && runs.every(({ status }) => status === 'completed');
  const conclusions = runs.map(({ conclusion }) => conclusion);
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.branch,
    head_sha: suite.sha,
    status: isDone ? 'completed' : runs.length === 0 ? 'queued' : 'in_progress',
    conclusion: !isDone ? null : (conclusions.find((each) => each !== 'success') ?? 'success'),
    url: `${apiOf(state, repository)}/check-suites/${suite.id}`,
    before: null,
    after: suite.sha,
    pull_requests: pullsOf(state, repository, suite.sha),
    app: appShape(state, suite.app),
    repository: repositoryShape(state, repository),
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
    latest_check_runs_count: runs.length,
    check_runs_url: `${apiOf(state, repository)}/check-suites/${suite.id}/check-runs`,
    head_commit: {
      id: suite.sha,
      tree_id: suite.sha,
      message: '',
      timestamp: suite.createdAt,
      author: { name: 'x', email: 'x@example.com' },
      committer: { name: 'x', email: 'x@example.com' },
    },
  };
}

export function statusShape(state: State, repository: Repository, status: CommitStatus): JsonObject {
  return {
    id: status.id,
    node_id: nodeId('Status', status.id),
    url: `${apiOf(state, repository)}/statuses/${status.sha}`,
    avatar_url: null,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.at,
    updated_at: status.at,
    creator: userShape(state, status.creator),
  };
}
