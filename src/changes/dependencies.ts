import type { Kysely } from 'kysely';
import type { Organization, Stack } from '#accounts/core';
import type { StackName } from '#core-values';
import { isFinal, PLAN_STATES, type PlanState } from './core/life.ts';
import { newestPlansOfCommit, type StoredPlan, stacksAppliedSince, stacksInFlight } from './store/plans.ts';

export interface DependencyFacts {
  readonly dependenciesOpen: readonly StackName[];
  readonly dependenciesAppliedSince: readonly StackName[];
}

/** In these states a dependency of the same change still has something to do. */
const LEAVES_WORK: readonly PlanState[] = PLAN_STATES.filter(
  (state) => !isFinal(state) || state === 'failed' || state === 'refused',
);

/**
 * What the stacks this one depends on are doing: still open in the same change (repository and commit) or being applied by any,
 * so they go first; or changed, by whatever change, after this plan was made, so that it must be made again.
 */
export async function dependencyFacts(
  db: Kysely<object>,
  stack: Stack,
  plan: StoredPlan,
  organization: Organization,
): Promise<DependencyFacts> {
  const names = allDependencies(organization, stack);
  if (names.length === 0) return { dependenciesOpen: [], dependenciesAppliedSince: [] };
  const newest = await newestPlansOfCommit(db, names, plan.job);
  const open = newest.filter(({ state }) => LEAVES_WORK.includes(state)).map((other) => other.stack);
  return {
    dependenciesOpen: [...new Set([...open, ...(await stacksInFlight(db, names))])],
    dependenciesAppliedSince: await stacksAppliedSince(db, names, plan.plannedAt ?? plan.uploadedAt),
  };
}

/** Not only the direct ones: a stack in between may have nothing to do in this change. */
function allDependencies(organization: Organization, stack: Stack): readonly StackName[] {
  const found = new Set<StackName>();
  const queue = [...stack.dependsOn];
  for (const name of queue) {
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...(organization.stacks.find((other) => other.name === name)?.dependsOn ?? []));
  }
  return [...found];
}
