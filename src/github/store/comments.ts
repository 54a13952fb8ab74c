import { type ExternalId, parseExternalId } from '#accounts/core';
import type { EpochMs } from '#core-values';
import type { Db, Tx } from '#platform';
import type { RepositoryAt } from '../api/port.ts';
import type { NewComment } from '../webhooks/events.ts';
import type { GitHubTables } from './tables.ts';

/** A comment that may hold commands and was not handled yet. */
export interface ReceivedComment {
  readonly at: RepositoryAt;
  /** Of the pull request. */
  readonly number: string;
  readonly commentId: ExternalId;
  /** GitHub's id of who wrote it. */
  readonly authorId: ExternalId;
  readonly bodySha256: string;
  readonly receivedAt: Date;
}

/** A comment is taken once, however often it is delivered or found; answers whether it was new. */
export async function insertComment(
  tx: Tx,
  host: string,
  comment: NewComment,
  now: EpochMs,
): Promise<boolean> {
  const inserted = await tx
    .withTables<GitHubTables>()
    .insertInto('github_comments')
    .values({
      host,
      comment_id: comment.commentId,
      repository_id: comment.repositoryId,
      number: comment.number,
      author_id: comment.authorId,
      body_sha256: comment.bodySha256,
      received_at: new Date(now),
      handled_at: null,
      outcome: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('comment_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Those of one pull request, in the order in which they were written. */
export async function commentsToHandle(
  db: Db,
  at: RepositoryAt,
  number: string,
): Promise<readonly ReceivedComment[]> {
  const rows = await db
    .withTables<GitHubTables>()
    .selectFrom('github_comments')
    .selectAll()
    .where('host', '=', at.host)
    .where('repository_id', '=', at.id)
    .where('number', '=', number)
    .where('handled_at', 'is', null)
    .execute();
  return rows
    .map((row) => ({
      at,
      number,
      commentId: idOf(row.comment_id),
      authorId: idOf(row.author_id),
      bodySha256: row.body_sha256,
      receivedAt: row.received_at,
    }))
    .toSorted((a, b) => (BigInt(a.commentId) < BigInt(b.commentId) ? -1 : 1));
}

function idOf(words: string): ExternalId {
  const id = parseExternalId(words);
  if (id === undefined) throw new Error('The database keeps only ids.');
  return id;
}

/**
 * Takes a comment for handled, with a word of what came of it; answers whether it was this call that did. Call it in the transaction of what the
 * command does here, or before what it does outside: a command is done once or not at all, never twice.
 */
export async function settleComment(
  tx: Tx,
  { at, commentId }: Pick<ReceivedComment, 'at' | 'commentId'>,
  { outcome, now }: { readonly outcome: string; readonly now: EpochMs },
): Promise<boolean> {
  const row = await tx
    .withTables<GitHubTables>()
    .updateTable('github_comments')
    .set({ handled_at: new Date(now), outcome })
    .where('host', '=', at.host)
    .where('comment_id', '=', commentId)
    .where('handled_at', 'is', null)
    .returning('comment_id')
    .executeTakeFirst();
  return row !== undefined;
}
