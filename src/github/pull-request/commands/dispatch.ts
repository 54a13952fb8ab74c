import { type Person, stackByName } from '#accounts/core';
import type { Problem, Reason, Result, StackName } from '#core-values';
import { decide, freezeFacts, personPrincipal, stackResource, timeFacts } from '#policy/core';
import { notNow } from '../../core/commands/refusals.ts';
import type { PullRequestFacts, StackFacts } from '../../core/facts.ts';
import { commandWorkflowOf, type PullRequestRoom } from '../room.ts';
import type { CommentScene } from './handle-comment.ts';
import { type Start, startWorkflow } from './start-workflow.ts';

export interface Dispatching {
  readonly verb: Start['purpose'];
  readonly person: Person;
  readonly stacks: readonly StackFacts[];
}

/** Why these stacks are not planned or applied now because this person asks for it; empty where they are. */
export const whyNotStarted = (
  room: PullRequestRoom,
  facts: PullRequestFacts,
  { verb, person, stacks }: Dispatching,
): readonly Reason[] =>
  stacks.flatMap((stack) => {
    const why = notNow(verb, stack, facts);
    return [...mayPlan(room, person, stack.name), ...(why === undefined ? [] : [why])];
  });

/** Whether the policy lets a person have a stack planned; who may apply is decided about the job that asks for the credentials. */
function mayPlan({ changes }: PullRequestRoom, person: Person, name: StackName): readonly Reason[] {
  const organization = changes.organization();
  const stack = stackByName(organization, name);
  const now = changes.clock.now();
  const time = timeFacts(now, changes.timeZone);
  if (stack === undefined || !time.ok) throw new Error('The stacks of a scene are configured.');
  return decide(changes.policySet(), {
    action: 'plan',
    principal: personPrincipal(organization, person),
    resource: stackResource(organization, stack),
    facts: { protectedWorkflow: true, freeze: freezeFacts(organization, stack, now), time: time.value },
  }).reasons;
}

/** The commit that is planned: the merge, once there is one. */
export const commitOf = ({ merge, head }: PullRequestFacts): string => merge ?? head;

/** Starts the protected workflow of the default branch; nothing that the pull request holds says how it runs. */
export const startFor = (
  { changes }: PullRequestRoom,
  { facts, repository, stacks }: CommentScene,
  { verb, stacks: wanted }: Dispatching,
): Promise<Result<void, Problem>> =>
  startWorkflow(changes, repository, {
    workflow: commandWorkflowOf(stacks),
    stacks: wanted.map(({ name }) => name),
    pullRequest: facts.number,
    commit: commitOf(facts),
    purpose: verb,
  });
