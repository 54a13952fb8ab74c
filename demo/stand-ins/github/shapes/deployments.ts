import type { Json, JsonObject } from '../../../../src/core-values/index.ts';
import type { Deployment, DeploymentStatus, Repository, State } from '../state.ts';
import { apiOf, appShape, nodeId, userShape } from './common.ts';

export const payloadOf = (payload: Json): Json =>
  typeof payload === 'string' || payload !== null ? payload : {};

export function deploymentShape(state: State, repository: Repository, deployment: Deployment): JsonObject {
  const url = `${apiOf(state, repository)}/deployments/${deployment.id}`;
  return {
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    url,
    statuses_url: `${url}/statuses`,
    repository_url: apiOf(state, repository),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: payloadOf(deployment.payload),
    environment: deployment.environment,
    original_environment: deployment.environment,
    description: deployment.description,
    creator: userShape(state, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.statuses.at(-1)?.at ?? deployment.createdAt,
    transient_environment: deployment.isTransient,
    production_environment: deployment.isProduction,
    performed_via_github_app: deployment.app === undefined ? null : appShape(state, deployment.app),
  };
}

export function deploymentStatusShape(
  state: State,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
): JsonObject {
  const url = `${apiOf(state, repository)}/deployments/${deployment.id}`;
  return {
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    url: `${url}/statuses/${status.id}`,
    deployment_url: url,
    repository_url: apiOf(state, repository),
    state: status.state,
    description: status.description,
    environment: deployment.environment,
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    creator: userShape(state, status.creator),
    created_at: status.at,
    updated_at: status.at,
    performed_via_github_app: deployment.app === undefined ? null : appShape(state, deployment.app),
  };
}
