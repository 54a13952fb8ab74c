import {
  appOf,
  botOf,
  empty,
  inRepository,
  listed,
  notFound,
  ok,
  type Routes,
  refused,
  textOf,
} from '../call.ts';
import { resolved } from '../git.ts';
import { addRun } from '../happenings/runs.ts';
import { objectAt } from '../json.ts';
import { apiOf, nodeId, siteOf } from '../shapes/common.ts';
import { runShape } from '../shapes/runs.ts';
import type { Repository, State } from '../state.ts';

/** By file name or id; a workflow is there as soon as the default branch holds its file. */
function workflowOf(state: State, repository: Repository, asked: string): string | undefined {
  const files = resolved(repository, repository.defaultBranch)?.files ?? new Map<string, string>();
  for (const path of files.keys()) {
    const [, name] = /^\.github\/workflows\/([^/]+\.ya?ml)$/.exec(path) ?? [];
    if (name !== undefined && !repository.workflows.has(name)) repository.workflows.set(name, state.nextId());
  }
  return [...repository.workflows].find(([name, id]) => name === asked || String(id) === asked)?.[0];
}

export const actionRoutes: Routes = {
  'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches': {
    needs: 'actions:write',
    handle: inRepository((state, call, repository) => {
      const workflow = workflowOf(state, repository, call.path.workflow_id ?? '');
      if (workflow === undefined) return notFound;
      const branch = textOf(call, 'ref').replace(/^refs\/heads\//, '');
      const sha = repository.branches.get(branch);
      if (sha === undefined) return refused(422, `No ref found for: ${textOf(call, 'ref')}`);
      const content = repository.commits.get(sha)?.files.get(`.github/workflows/${workflow}`);
      if (content === undefined || !content.includes('workflow_dispatch'))
        return refused(422, "Workflow does not have 'workflow_dispatch' trigger");
      const actor = botOf(appOf(call));
      const run = addRun(state, repository, { workflow, event: 'workflow_dispatch', branch, sha, actor });
      const inputs = Object.fromEntries(
        Object.entries(objectAt(call.body, 'inputs')).map(([name, value]) => [name, String(value)]),
      );
      const dispatch = { repository, workflow, ref: `refs/heads/${branch}`, inputs, actor, run };
      state.dispatches.push(dispatch);
      state.onDispatch(dispatch);
      return call.body.return_run_details === true
        ? ok({
            workflow_run_id: run.id,
            run_url: `${apiOf(state, repository)}/actions/runs/${run.id}`,
            html_url: `${siteOf(state, repository)}/actions/runs/${run.id}`,
          })
        : empty;
    }),
  },
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}': {
    needs: 'actions:read',
    handle: inRepository((state, { path }, repository) => {
      const name = workflowOf(state, repository, path.workflow_id ?? '');
      if (name === undefined) return notFound;
      const id = repository.workflows.get(name) ?? 0;
      const url = `${apiOf(state, repository)}/actions/workflows/${id}`;
      return ok({
        id,
        node_id: nodeId('Workflow', id),
        name,
        path: `.github/workflows/${name}`,
        state: 'active',
        url,
        html_url: url,
        badge_url: url,
        created_at: state.now(),
        updated_at: state.now(),
      });
    }),
  },
  'GET /repos/{owner}/{repo}/actions/runs': {
    needs: 'actions:read',
    handle: inRepository((state, { query }, repository) =>
      listed(
        [...repository.runs.values()]
          .filter(({ sha }) => query.head_sha === undefined || sha === query.head_sha)
          .filter(({ event }) => query.event === undefined || event === query.event)
          .toReversed()
          .map((run) => runShape(state, repository, run)),
        'workflow_runs',
      ),
    ),
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': {
    needs: 'actions:read',
    handle: inRepository((state, { path }, repository) => {
      const run = repository.runs.get(Number(path.run_id));
      return run === undefined ? notFound : ok(runShape(state, repository, run));
    }),
  },
};
