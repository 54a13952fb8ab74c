import type { Kysely, Transaction } from 'kysely';
import type { Fingerprint, GrantId, PersonName, StackName } from '#core-values';
import type { Review } from '../core/review/port.ts';
import type { ChangesTables } from './tables.ts';

/** Ids of the reviews that have served a grant of this stack and fingerprint. */
export async function usedReviewsOf(
  db: Kysely<object>,
  {
    stack,
    fingerprint,
    issuer,
  }: { readonly stack: StackName; readonly fingerprint: Fingerprint; readonly issuer: string },
): Promise<ReadonlySet<string>> {
  const rows = await db
    .withTables<ChangesTables>()
    .selectFrom('used_reviews')
    .select('review_id')
    .where('stack', '=', stack)
    .where('fingerprint', '=', fingerprint)
    .where('issuer', '=', issuer)
    .execute();
  return new Set(rows.map(({ review_id }) => review_id));
}

export interface ReviewUse {
  readonly issuer: string;
  readonly stack: StackName;
  readonly fingerprint: Fingerprint;
  readonly grant: GrantId;
  readonly approver: PersonName;
  readonly pullRequest: number;
  readonly review: Review;
}

/** One review serves one grant of a stack; that it serves a second is an error of the database, whoever asks. */
export async function useReviews(tx: Transaction<object>, uses: readonly ReviewUse[]): Promise<void> {
  if (uses.length === 0) return;
  await tx
    .withTables<ChangesTables>()
    .insertInto('used_reviews')
    .values(
      uses.map(({ issuer, stack, fingerprint, grant, approver, pullRequest, review }) => ({
        ...{ issuer, stack, fingerprint, approver },
        review_id: review.id,
        pull_request: pullRequest,
        commit_sha: review.commit ?? '',
        given_at: new Date(review.at),
        grant_id: grant,
      })),
    )
    .execute();
}

/** Gives back what a grant used that came to nothing. */
export async function releaseReviews(tx: Transaction<object>, grant: GrantId): Promise<void> {
  await tx.withTables<ChangesTables>().deleteFrom('used_reviews').where('grant_id', '=', grant).execute();
}
