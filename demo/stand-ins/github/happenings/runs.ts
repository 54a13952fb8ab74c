import { runShape } from '../shapes/runs.ts';
import type { Repository, State, WorkflowRun } from '../state.ts';

export function addRun(
  state: State,
  repository: Repository,
  made: Pick<WorkflowRun, 'workflow' | 'event' | 'branch' | 'sha' | 'actor'>,
): WorkflowRun {
  const run: WorkflowRun = {
    ...made,
    id: state.nextId(),
    status: 'queued',
    conclusion: null,
    attempt: 1,
    createdAt: state.now(),
  };
  repository.runs.set(run.id, run);
  told(state, repository, run, 'requested');
  return run;
}

function told(
  state: State,
  repository: Repository,
  run: WorkflowRun,
  action: 'requested' | 'completed',
): void {
  const commit = repository.commits.get(run.sha);
  const { at = run.createdAt, message = '', author = run.actor } = commit ?? {};
  const person = { name: author, email: `${author}@users.noreply.example` };
  const payload = {
    workflow_run: {
      ...runShape(state, repository, run),
      head_commit: {
        id: run.sha,
        tree_id: run.sha,
        message,
        timestamp: at,
        author: person,
        committer: person,
      },
    },
    workflow: null,
  };
  state.emit({ event: 'workflow_run', action, sender: run.actor, repository, payload });
}

export function endRun(state: State, repository: Repository, run: WorkflowRun, conclusion: string): void {
  run.status = 'completed';
  run.conclusion = conclusion;
  told(state, repository, run, 'completed');
}
