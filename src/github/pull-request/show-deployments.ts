import { ok, type Problem, type Result } from '#core-values';
import type { GitHubRepository } from '../api/port.ts';
import type { Deployment } from '../core/deployments.ts';

/** Tells ours from those of other tools. */
const TASK = 'sekisho:apply';

/** Makes the repository's deployments show these applies. */
export async function showDeployments(
  repository: GitHubRepository,
  deployments: readonly Deployment[],
  signal: AbortSignal,
): Promise<Result<void, Problem>> {
  for (const deployment of deployments) {
    if (signal.aborted) return ok(undefined);
    const id = await deploymentId(repository, deployment);
    if (!id.ok) return id;
    const shown = await showState(repository, id.value, deployment);
    if (!shown.ok) return shown;
  }
  return ok(undefined);
}

async function deploymentId(
  repository: GitHubRepository,
  { plan, environment, commit, isProduction, description }: Deployment,
): Promise<Result<number, Problem>> {
  const listed = await repository.all('GET /repos/{owner}/{repo}/deployments', {
    sha: commit,
    task: TASK,
    environment,
  });
  if (!listed.ok) return listed;
  const known = listed.value.find(({ payload }) => planOf(payload) === plan);
  if (known !== undefined) return ok(Number(known.id));
  const made = await repository.request('POST /repos/{owner}/{repo}/deployments', {
    ref: commit,
    task: TASK,
    environment,
    description,
    payload: { plan },
    auto_merge: false,
    required_contexts: [],
    production_environment: isProduction,
  });
  if (!made.ok) return made;
  if ('id' in made.value) return ok(Number(made.value.id));
  throw new Error('GitHub merged a branch although it was asked not to.');
}

/** GitHub gives an object back as it was, or as its JSON. */
function planOf(payload: unknown): unknown {
  const parsed = typeof payload === 'string' && payload.startsWith('{') ? JSON.parse(payload) : payload;
  return typeof parsed === 'object' && parsed !== null && 'plan' in parsed ? parsed.plan : undefined;
}

async function showState(
  repository: GitHubRepository,
  deployment_id: number,
  { state, description, environment, logUrl }: Deployment,
): Promise<Result<void, Problem>> {
  const statuses = await repository.all('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    deployment_id,
  });
  if (!statuses.ok) return statuses;
  const newest = statuses.value.toSorted((a, b) => (a.id < b.id ? 1 : -1))[0];
  if (newest?.state === state) return ok(undefined);
  const made = await repository.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    deployment_id,
    state,
    description,
    environment,
    auto_inactive: true,
    ...(logUrl === undefined ? {} : { log_url: logUrl }),
  });
  return made.ok ? ok(undefined) : made;
}
