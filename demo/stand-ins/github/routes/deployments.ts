import type { JsonObject } from '../../../../src/core-values/index.ts';
import {
  type Answer,
  appOf,
  botOf,
  type Call,
  created,
  inRepository,
  listed,
  notFound,
  ok,
  type Routes,
  refused,
  textOf,
} from '../call.ts';
import { resolved } from '../git.ts';
import { addDeployment, addDeploymentStatus } from '../happenings/deployments.ts';
import { textAt } from '../json.ts';
import { deploymentShape, deploymentStatusShape } from '../shapes/deployments.ts';
import type { Deployment, Repository, State } from '../state.ts';

const inDeployment = (
  handle: (state: State, call: Call, repository: Repository, deployment: Deployment) => Answer,
) =>
  inRepository((state, call, repository) => {
    const found = repository.deployments.get(Number(call.path.deployment_id));
    return found === undefined ? notFound : handle(state, call, repository, found);
  });

const flag = (body: JsonObject, name: string): boolean | undefined => {
  const value = body[name];
  return typeof value === 'boolean' ? value : undefined;
};

const matches = (deployment: Deployment, query: Call['query']): boolean =>
  (query.sha === undefined || deployment.sha === query.sha) &&
  (query.ref === undefined || deployment.ref === query.ref) &&
  (query.task === undefined || deployment.task === query.task) &&
  (query.environment === undefined || deployment.environment === query.environment);

export const deploymentRoutes: Routes = {
  'GET /repos/{owner}/{repo}/deployments': {
    needs: 'deployments:read',
    handle: inRepository((state, { query }, repository) =>
      listed(
        [...repository.deployments.values()]
          .filter((each) => matches(each, query))
          .toReversed()
          .map((each) => deploymentShape(state, repository, each)),
      ),
    ),
  },
  'POST /repos/{owner}/{repo}/deployments': {
    needs: 'deployments:write',
    handle: inRepository((state, call, repository) => {
      const ref = textOf(call, 'ref');
      const commit = resolved(repository, ref);
      if (commit === undefined) return refused(422, `No ref found for: ${ref}`);
      const environment = textAt(call.body, 'environment') ?? 'production';
      // By default GitHub merges the default branch into the ref first (and answers 202), and needs all checks to be green (409).
      if (call.body.auto_merge !== false)
        return refused(409, 'Conflict merging main into the ref: give auto_merge false');
      if (!Array.isArray(call.body.required_contexts))
        return refused(409, `Conflict: Commit status checks failed for ${ref}.`);
      const deployment = addDeployment(state, repository, {
        app: appOf(call),
        sha: commit.sha,
        ref,
        environment,
        task: textAt(call.body, 'task') ?? 'deploy',
        description: textAt(call.body, 'description') ?? null,
        payload: call.body.payload ?? {},
        isProduction: flag(call.body, 'production_environment') ?? environment === 'production',
        isTransient: flag(call.body, 'transient_environment') ?? false,
      });
      return created(deploymentShape(state, repository, deployment));
    }),
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}': {
    needs: 'deployments:read',
    handle: inDeployment((state, _, repository, deployment) =>
      ok(deploymentShape(state, repository, deployment)),
    ),
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': {
    needs: 'deployments:read',
    handle: inDeployment((state, _, repository, deployment) =>
      listed(
        deployment.statuses
          .toReversed()
          .map((status) => deploymentStatusShape(state, repository, deployment, status)),
      ),
    ),
  },
  'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': {
    needs: 'deployments:write',
    handle: inDeployment((state, call, repository, deployment) => {
      const status = addDeploymentStatus(state, repository, deployment, {
        state: textOf(call, 'state'),
        description: textOf(call, 'description'),
        logUrl: textOf(call, 'log_url'),
        environmentUrl: textOf(call, 'environment_url'),
        creator: botOf(appOf(call)),
      });
      return created(deploymentStatusShape(state, repository, deployment, status));
    }),
  },
};
