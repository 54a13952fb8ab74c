import type { JsonObject } from '../../../../src/core-values/index.ts';
import type { Repository, State, WorkflowRun } from '../state.ts';
import { apiOf, nodeId, repositoryShape, siteOf, userShape } from './common.ts';

export function runShape(state: State, repository: Repository, run: WorkflowRun): JsonObject {
  const url = `${apiOf(state, repository)}/actions/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('WorkflowRun', run.id),
    name: run.workflow,
    path: `.github/workflows/${run.workflow}`,
    event: run.event,
    head_branch: run.branch,
    head_sha: run.sha,
    status: run.status,
    conclusion: run.conclusion,
    run_number: run.id,
    run_attempt: run.attempt,
    workflow_id: repository.workflows.get(run.workflow) ?? 1,
    display_title: run.workflow,
    url,
    html_url: `${siteOf(state, repository)}/actions/runs/${run.id}`,
    actor: userShape(state, run.actor),
    triggering_actor: userShape(state, run.actor),
    created_at: run.createdAt,
    updated_at: run.createdAt,
    run_started_at: run.createdAt,
    repository: repositoryShape(state, repository),
    head_repository: repositoryShape(state, repository),
    head_commit: null,
    pull_requests: [],
  };
}
