import type { EpochMs } from '#core-values';
import type { Tx } from '#platform';
import type { GitHubTables } from './tables.ts';

/** A connection that was begun. Secrets are only known by their SHA-256. */
export interface Connect {
  readonly app: string;
  readonly host: string;
  readonly organization?: string;
  readonly begunBy: string;
}

interface NewConnect extends Connect {
  readonly ticketSha256: string;
  readonly now: EpochMs;
  readonly expiresAt: EpochMs;
}

const connectOf = (
  row: { app: string; host: string; organization: string | null; begun_by: string } | undefined,
): Connect | undefined =>
  row === undefined
    ? undefined
    : {
        app: row.app,
        host: row.host,
        begunBy: row.begun_by,
        ...(row.organization !== null && { organization: row.organization }),
      };

/** Forgets what was begun long ago, too. */
export async function insertConnect(tx: Tx, one: NewConnect): Promise<void> {
  const tables = tx.withTables<GitHubTables>();
  await tables.deleteFrom('github_connects').where('expires_at', '<', new Date(one.now)).execute();
  await tables
    .insertInto('github_connects')
    .values({
      app: one.app,
      ticket_sha256: one.ticketSha256,
      host: one.host,
      organization: one.organization ?? null,
      begun_by: one.begunBy,
      begun_at: new Date(one.now),
      expires_at: new Date(one.expiresAt),
      browser_sha256: null,
      state_sha256: null,
      used_at: null,
    })
    .execute();
}

/** Binds a connection to the first browser that opens its link; the same one may open it again, and gets a new state. */
export async function openConnect(
  tx: Tx,
  by: { readonly ticketSha256: string; readonly browserSha256: string; readonly stateSha256: string },
  now: EpochMs,
): Promise<Connect | undefined> {
  const row = await tx
    .withTables<GitHubTables>()
    .updateTable('github_connects')
    .set({ browser_sha256: by.browserSha256, state_sha256: by.stateSha256 })
    .where('ticket_sha256', '=', by.ticketSha256)
    .where('expires_at', '>', new Date(now))
    .where('used_at', 'is', null)
    .where(({ or, eb }) =>
      or([eb('browser_sha256', 'is', null), eb('browser_sha256', '=', by.browserSha256)]),
    )
    .returning(['app', 'host', 'organization', 'begun_by'])
    .executeTakeFirst();
  return connectOf(row);
}

/** Uses a state up: once, in time, and only by the browser that it was given to. */
export async function useConnect(
  tx: Tx,
  by: { readonly stateSha256: string; readonly browserSha256: string },
  now: EpochMs,
): Promise<Connect | undefined> {
  const row = await tx
    .withTables<GitHubTables>()
    .updateTable('github_connects')
    .set({ used_at: new Date(now) })
    .where('state_sha256', '=', by.stateSha256)
    .where('browser_sha256', '=', by.browserSha256)
    .where('expires_at', '>', new Date(now))
    .where('used_at', 'is', null)
    .returning(['app', 'host', 'organization', 'begun_by'])
    .executeTakeFirst();
  return connectOf(row);
}
