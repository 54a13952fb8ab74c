import type { Person } from '#accounts/core';
import { cancelPlan, unlockStack } from '#changes';
import { type JsonObject, type Problem, type Reason, type Text, text } from '#core-values';
import {
  decideAnswer,
  explainAnswer,
  problemAnswer,
  refusalAnswer,
  targetsOf,
} from '../../core/commands/answers.ts';
import type { PullRequestCommand } from '../../core/commands/command.ts';
import { NEEDS_REASON, whyUnread } from '../../core/commands/refusals.ts';
import type { StackFacts } from '../../core/facts.ts';
import type { ReceivedComment } from '../../store/comments.ts';
import type { PullRequestRoom } from '../room.ts';
import { type Dispatching, startFor, whyNotStarted } from './dispatch.ts';
import type { CommentScene, Outcome } from './handle-comment.ts';
import { settle } from './settle.ts';

/** A command that reads well, of a person of `sekisho.yaml`, about the commit that they saw. */
export interface Asking {
  readonly command: PullRequestCommand;
  readonly person: Person;
  readonly received: ReceivedComment;
  readonly url: string;
}

/** Does what a command asks for, as far as the policy and the use-cases of changes allow. `undefined` if somebody else did already. */
export async function follow(
  room: PullRequestRoom,
  scene: CommentScene,
  asking: Asking,
): Promise<Outcome | undefined> {
  const { facts } = scene;
  const say = (words: Text): string => words[facts.language];
  const unread = whyUnread(facts);
  const targets = unread === undefined ? targetsOf(asking.command, facts.stacks) : { refused: unread };
  if ('refused' in targets) return refuse(room, scene, asking, [targets.refused]);
  const { stacks } = targets;
  const { verb } = asking.command;
  switch (verb) {
    case 'explain':
      return quietly(room, asking, explainAnswer(stacks, facts, say));
    case 'approve':
    case 'reject':
      return quietly(room, asking, decideAnswer(stacks, verb, say));
    case 'plan':
    case 'apply':
      return dispatch(room, scene, asking, verb, stacks);
    case 'cancel':
      return cancel(room, scene, asking, stacks);
    case 'unlock':
      return unlock(room, scene, asking, stacks);
    case 'help':
      return undefined;
  }
}

async function quietly(room: PullRequestRoom, asking: Asking, answer: string): Promise<Outcome | undefined> {
  const isSettled = await settle(room, asking.received, { kind: 'ignored', why: asking.command.verb });
  return isSettled ? { isFollowed: true, answer } : undefined;
}

async function refuse(
  room: PullRequestRoom,
  { facts }: CommentScene,
  { received, person, url, command }: Asking,
  reasons: readonly Reason[],
): Promise<Outcome | undefined> {
  const evidence: JsonObject = { command: command.verb };
  const isSettled = await settle(room, received, { kind: 'refused', reasons, person, url, evidence });
  const answer = refusalAnswer(reasons, (words) => words[facts.language]);
  return isSettled ? { isFollowed: false, answer } : undefined;
}

const followed = (
  room: PullRequestRoom,
  { facts }: CommentScene,
  { received, person, url, command }: Asking,
  stacks: readonly StackFacts[],
): Promise<boolean> =>
  settle(room, received, {
    kind: 'followed',
    person,
    url,
    evidence: {
      command: command.verb,
      stacks: stacks.map(({ name }) => name),
      commit: facts.head,
      ...(command.reason === undefined ? {} : { reason: command.reason }),
    },
  });

async function dispatch(
  room: PullRequestRoom,
  scene: CommentScene,
  asking: Asking,
  verb: Dispatching['verb'],
  stacks: readonly StackFacts[],
): Promise<Outcome | undefined> {
  const { facts } = scene;
  const dispatching = { verb, person: asking.person, stacks };
  const reasons = whyNotStarted(room, facts, dispatching);
  if (reasons.length > 0) return refuse(room, scene, asking, reasons);
  // Before it is done: a dispatch that may have happened must not happen again.
  if (!(await followed(room, scene, asking, stacks))) return undefined;
  const started = await startFor(room, scene, dispatching);
  return told(facts.language, started.ok ? [] : [started.error], STARTED);
}

const STARTED = text(
  'Started the protected workflow. This pull request shows what comes of it.',
  '保護されたワークフローを起動しました。結果はこのプルリクエストに表示されます。',
);

async function cancel(
  room: PullRequestRoom,
  scene: CommentScene,
  asking: Asking,
  stacks: readonly StackFacts[],
): Promise<Outcome | undefined> {
  if (!(await followed(room, scene, asking, stacks))) return undefined;
  const problems: Problem[] = [];
  for (const { plan } of stacks) {
    if (plan === undefined) continue;
    const done = await cancelPlan(room.changes, { plan: plan.id, person: asking.person });
    if (!done.ok) problems.push(done.error.problem);
  }
  return told(scene.facts.language, problems, CANCELLED);
}

const CANCELLED = text('The plan is cancelled.', 'プランを取り消しました。');

async function unlock(
  room: PullRequestRoom,
  scene: CommentScene,
  asking: Asking,
  stacks: readonly StackFacts[],
): Promise<Outcome | undefined> {
  const { reason } = asking.command;
  if (reason === undefined) return refuse(room, scene, asking, [NEEDS_REASON]);
  if (!(await followed(room, scene, asking, stacks))) return undefined;
  const problems: Problem[] = [];
  for (const { name } of stacks) {
    const done = await unlockStack(room.changes, { stack: name, person: asking.person, reason });
    if (!done.ok) problems.push(done.error.problem);
  }
  return told(scene.facts.language, problems, UNLOCKED);
}

const UNLOCKED = text('The stack is free.', 'スタックのロックを解除しました。');

function told(language: keyof Text, problems: readonly Problem[], done: Text): Outcome {
  const say = (words: Text): string => words[language];
  return problems.length === 0
    ? { isFollowed: true, answer: `✅ ${say(done)}` }
    : { isFollowed: false, answer: problems.map((problem) => problemAnswer(problem, say)).join('\n\n') };
}
