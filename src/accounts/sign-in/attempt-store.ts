import { type Kysely, sql, type Transaction } from 'kysely';
import type { EpochMs } from '#core-values';

type AttemptTables = {
  readonly sign_in_attempts: {
    readonly state_sha256: string;
    readonly browser_sha256: string;
    readonly provider: string;
    readonly return_to: string;
    readonly expires_at: Date;
  };
};

export interface Attempt {
  readonly stateSha256: string;
  readonly browserSha256: string;
  readonly provider: string;
}

/** Anybody may begin; more than this many at once are somebody's play. */
const MOST_ATTEMPTS = 10_000;

/** `false` when too many have begun. */
export async function insertAttempt(
  tx: Transaction<object>,
  attempt: Attempt & { readonly returnTo: string; readonly expiresAt: EpochMs },
  now: EpochMs,
): Promise<boolean> {
  await pruneAttempts(tx, now);
  const { rows } = await sql<{ begun: string }>`SELECT count(*) AS begun FROM sign_in_attempts`.execute(tx);
  if (Number(rows[0]?.begun) >= MOST_ATTEMPTS) return false;
  await tx
    .withTables<AttemptTables>()
    .insertInto('sign_in_attempts')
    .values({
      state_sha256: attempt.stateSha256,
      browser_sha256: attempt.browserSha256,
      provider: attempt.provider,
      return_to: attempt.returnTo,
      expires_at: new Date(attempt.expiresAt),
    })
    .execute();
  return true;
}

/** Ends the attempt, once, for the browser that began it at this provider; answers where it wanted to go. */
export async function takeAttempt(
  tx: Transaction<object>,
  { stateSha256, browserSha256, provider }: Attempt,
  now: EpochMs,
): Promise<string | undefined> {
  const row = await tx
    .withTables<AttemptTables>()
    .deleteFrom('sign_in_attempts')
    .where('state_sha256', '=', stateSha256)
    .where('browser_sha256', '=', browserSha256)
    .where('provider', '=', provider)
    .where('expires_at', '>', new Date(now))
    .returning('return_to')
    .executeTakeFirst();
  return row?.return_to;
}

export async function pruneAttempts(db: Kysely<object>, now: EpochMs): Promise<void> {
  await db
    .withTables<AttemptTables>()
    .deleteFrom('sign_in_attempts')
    .where('expires_at', '<=', new Date(now))
    .execute();
}
