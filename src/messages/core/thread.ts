import type { MessageDestination, NewsKind } from '#accounts/core';
import type { PlanAnswer } from '#changes/core';
import type { Environment, TeamName } from '#core-values';
import type { News } from './news.ts';

export interface StackFacts {
  readonly environment: Environment;
  readonly team: TeamName;
}

/** Whether a destination is to be told. News about no stack concern everybody who wants their kind. */
export const isWanted = (
  { kinds, environments, teams }: MessageDestination,
  kind: NewsKind,
  stack: StackFacts | undefined,
): boolean =>
  kinds.includes(kind) &&
  (stack === undefined ||
    ((environments === undefined || environments.includes(stack.environment)) &&
      (teams === undefined || teams.includes(stack.team))));

/** `known` is the thread in which the same meaning was told of before. */
export function threadOf(news: News, plan: PlanAnswer | undefined, known: string | undefined): string {
  const request = plan === undefined ? undefined : /^refs\/pull\/(\d+)\//.exec(plan.ref)?.[1];
  if (plan !== undefined && request !== undefined) return `pull ${plan.repository.id} ${request}`;
  if (known !== undefined) return known;
  if (plan !== undefined) return `commit ${plan.repository.id} ${plan.commit}`;
  return news.stack === undefined ? `entry ${news.position}` : `stack ${news.stack}`;
}
