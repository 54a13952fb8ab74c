import type { MessageDestination, NewsKind } from '#accounts/core';
import type { PlanAnswer } from '#changes/core';
import type { Environment, TeamName } from '#core-values';
import type { News } from './news.ts';

export interface StackFacts {
  readonly environment: Environment;
  readonly team: TeamName;
}

/** Whether a destination is to be told. News about no stack concern everybody who wants their kind. */
const isWanted = (
  { kinds, environments, teams }: MessageDestination,
  kind: NewsKind,
  stack: StackFacts | undefined,
): boolean =>
  kinds.includes(kind) &&
  (stack === undefined ||
    ((environments === undefined || environments.includes(stack.environment)) &&
      (teams === undefined || teams.includes(stack.team))));

/**
 * Of all destinations, those that are to be told. Of an incident whom its alert policies name; whoever wants incidents, where they say
 * nothing or name nobody who is there: a page must not be lost to a slip of the pen.
 */
export function destinationsFor<T extends { readonly destination: MessageDestination }>(
  all: readonly T[],
  { kind, incident }: News,
  stack: StackFacts | undefined,
): readonly T[] {
  const wanting = all.filter(({ destination }) => isWanted(destination, kind, stack));
  const { targets, ends = targets } = incident ?? {};
  if (targets === undefined || ends === undefined) return wanting;
  const isNamed = ({ name, way }: MessageDestination): boolean =>
    (way.kind === 'pagerduty' ? ends : targets).includes(name);
  const named = all.filter(({ destination }) => isNamed(destination));
  const isSomebodyThere = all.some(({ destination }) => ends.includes(destination.name));
  return isSomebodyThere ? named : wanting;
}

/** `known` is the thread in which the same meaning was told of before. */
export function threadOf(news: News, plan: PlanAnswer | undefined, known: string | undefined): string {
  if (news.incident !== undefined) return `incident ${news.incident.id}`;
  const request = plan === undefined ? undefined : /^refs\/pull\/(\d+)\//.exec(plan.ref)?.[1];
  if (plan !== undefined && request !== undefined) return `pull ${plan.repository.id} ${request}`;
  if (known !== undefined) return known;
  if (plan !== undefined) return `commit ${plan.repository.id} ${plan.commit}`;
  return news.stack === undefined ? `entry ${news.position}` : `stack ${news.stack}`;
}
