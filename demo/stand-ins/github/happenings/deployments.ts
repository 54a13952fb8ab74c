import type { Json } from '../../../../src/core-values/index.ts';
import { deploymentShape, deploymentStatusShape } from '../shapes/deployments.ts';
import type { App, Deployment, DeploymentStatus, Repository, State } from '../state.ts';

export interface NewDeployment {
  readonly app: App;
  readonly sha: string;
  readonly ref: string;
  readonly environment: string;
  readonly task: string;
  readonly description: string | null;
  readonly payload: Json;
  readonly isProduction: boolean;
  readonly isTransient: boolean;
}

export function addDeployment(state: State, repository: Repository, made: NewDeployment): Deployment {
  const creator = `${made.app.slug}[bot]`;
  const deployment: Deployment = {
    ...made,
    id: state.nextId(),
    creator,
    createdAt: state.now(),
    statuses: [],
  };
  repository.deployments.set(deployment.id, deployment);
  const payload = {
    deployment: deploymentShape(state, repository, deployment),
    workflow: null,
    workflow_run: null,
  };
  state.emit({ event: 'deployment', action: 'created', sender: creator, repository, payload });
  return deployment;
}

/** A success makes the earlier ones of the same environment inactive, unless they are transient or production. */
export function addDeploymentStatus(
  state: State,
  repository: Repository,
  deployment: Deployment,
  made: Omit<DeploymentStatus, 'id' | 'at'>,
): DeploymentStatus {
  const status = { ...made, id: state.nextId(), at: state.now() };
  deployment.statuses.push(status);
  state.emit({
    event: 'deployment_status',
    action: 'created',
    sender: made.creator,
    repository,
    payload: {
      deployment: deploymentShape(state, repository, deployment),
      deployment_status: deploymentStatusShape(state, repository, deployment, status),
    },
  });
  return status;
}
