import { type Person, personByIdentity, type Stack } from '#accounts/core';
import { ok, type Problem, type Reason, type Result, type Text } from '#core-values';
import type { AnswerOf, GitHubRepository } from '../../api/port.ts';
import { ANSWER_MARKER, answerComment, helpAnswer, refusalAnswer } from '../../core/commands/answers.ts';
import { readComment } from '../../core/commands/command.ts';
import { ACTING, EDITED, UNKNOWN_PERSON, unseen } from '../../core/commands/refusals.ts';
import type { PullRequestFacts } from '../../core/facts.ts';
import type { ReceivedComment } from '../../store/comments.ts';
import { shownHead } from '../../store/shown-heads.ts';
import { sha256 } from '../../webhooks/events.ts';
import type { PullRequestRoom } from '../room.ts';
import { ownComments, showComment } from '../show-comment.ts';
import { type Asking, follow } from './follow.ts';
import { settle } from './settle.ts';

export interface CommentScene {
  readonly repository: GitHubRepository;
  readonly facts: PullRequestFacts;
  readonly stacks: readonly Stack[];
}

type IssueComment = AnswerOf<'GET /repos/{owner}/{repo}/issues/comments/{comment_id}'>;

/** What came of a comment. */
export interface Outcome {
  readonly isFollowed: boolean;
  /** Markdown; absent where nobody is answered. */
  readonly answer?: string;
}

/**
 * Follows one comment, once: what it says is read from GitHub, and must be what was first written. A lookup that fails leaves it for
 * later; once it is settled, whatever fails is told and not tried again.
 */
export async function handleComment(
  room: PullRequestRoom,
  scene: CommentScene,
  received: ReceivedComment,
): Promise<Result<void, Problem>> {
  const { repository } = scene;
  const comment = await repository.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    comment_id: Number(received.commentId),
  });
  if (!comment.ok && comment.error.code !== 'not-found') return comment;
  if (!comment.ok || String(comment.value.user?.id) !== received.authorId) {
    await settle(room, received, { kind: 'ignored', why: 'gone' });
    return ok(undefined);
  }
  const outcome = await outcomeOf(room, scene, received, comment.value);
  if (outcome !== undefined) await tell(scene, comment.value, outcome);
  return ok(undefined);
}

async function outcomeOf(
  room: PullRequestRoom,
  { repository, facts, stacks }: CommentScene,
  received: ReceivedComment,
  { body = '', created_at, html_url, author_association }: IssueComment,
): Promise<Outcome | undefined> {
  const say = (words: Text): string => words[facts.language];
  const person = personOf(room, stacks, received);
  const refuse = async (reason: Reason): Promise<Outcome | undefined> => {
    const isSettled = await settle(room, received, {
      kind: 'refused',
      reasons: [reason],
      ...(person === undefined ? {} : { person }),
      url: html_url,
    });
    if (!isSettled) return undefined;
    // Whoever may not even write to the repository is not answered: strangers would write our comments.
    const isKnown = person !== undefined || ASSOCIATED.includes(author_association ?? '');
    return { isFollowed: false, ...(isKnown ? { answer: refusalAnswer([reason], say) } : {}) };
  };
  if (sha256(body) !== received.bodySha256) return refuse(EDITED);
  const read = readComment(body);
  if (read.kind === 'none') {
    await settle(room, received, { kind: 'ignored', why: 'no command' });
    return undefined;
  }
  if (read.kind === 'refused') return refuse(read.reason);
  if (person === undefined) return refuse(UNKNOWN_PERSON);
  const { command } = read;
  const stale = ACTING.includes(command.verb)
    ? unseen(facts, await seenBy(room, received, created_at))
    : undefined;
  if (stale !== undefined) return refuse(stale);
  if (command.verb === 'help')
    return (await settle(room, received, { kind: 'ignored', why: 'help' }))
      ? { isFollowed: true, answer: helpAnswer(say) }
      : undefined;
  const asking: Asking = { command, person, received, url: html_url };
  return follow(room, { repository, facts, stacks }, asking);
}

const ASSOCIATED: readonly string[] = ['OWNER', 'MEMBER', 'COLLABORATOR'];

function personOf(
  room: PullRequestRoom,
  [stack]: readonly Stack[],
  { authorId }: ReceivedComment,
): Person | undefined {
  if (stack === undefined) return undefined;
  return personByIdentity(room.changes.organization(), stack.repository.issuer.name, authorId);
}

async function seenBy(room: PullRequestRoom, { at, number }: ReceivedComment, createdAt: string) {
  const shown = await shownHead(room.changes.db, at, number);
  return {
    writtenAtMs: Date.parse(createdAt),
    ...(shown === undefined ? {} : { shown: { head: shown.head, atMs: shown.shownAt.getTime() } }),
  };
}

/** The command is settled; that somebody cannot be told is no reason to follow it again. */
async function tell(
  { repository, facts }: CommentScene,
  { id, html_url: url, body = '', user }: IssueComment,
  { isFollowed, answer }: Outcome,
): Promise<void> {
  await repository.request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', {
    comment_id: Number(id),
    content: isFollowed ? '+1' : '-1',
  });
  if (answer === undefined) return;
  const own = await ownComments(repository, facts.number, ANSWER_MARKER);
  if (!own.ok) return;
  const words = answerComment({ login: user?.login ?? '', url, words: body }, answer);
  await showComment(repository, facts.number, own.value[0], words);
}
