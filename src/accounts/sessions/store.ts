import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { type EpochMs, epochMs, type PersonName, parsePersonName } from '#core-values';

type SessionTables = {
  readonly person_sessions: {
    readonly token_sha256: string;
    readonly person: string;
    readonly statement_sha256: string;
    readonly opened_at: Date;
    readonly expires_at: Date;
    readonly closed_at: Date | null;
    readonly code: Uint8Array | null;
  };
};

export interface NewSession {
  readonly tokenSha256: string;
  readonly statementSha256: string;
  readonly person: PersonName;
  readonly openedAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/**
 * What a session is, under the server's key: who can write to the database but has not the key makes no session, and none into
 * another. That one is closed is not covered; reopening it takes its token.
 */
const codeOf = (session: NewSession, key: string): Uint8Array =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        'sekisho-session/1',
        ...[session.tokenSha256, session.person, session.statementSha256],
        ...[session.openedAt, session.expiresAt],
      ]),
    )
    .digest();

/** `false` when the statement has opened a session before. */
export async function insertSession(
  tx: Transaction<object>,
  session: NewSession,
  key: string,
): Promise<boolean> {
  const inserted = await tx
    .withTables<SessionTables>()
    .insertInto('person_sessions')
    .values({
      token_sha256: session.tokenSha256,
      person: session.person,
      statement_sha256: session.statementSha256,
      opened_at: new Date(session.openedAt),
      expires_at: new Date(session.expiresAt),
      closed_at: null,
      code: codeOf(session, key),
    })
    .onConflict((conflict) => conflict.column('statement_sha256').doNothing())
    .returning('person')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Whose session it is; one that `insertSession` did not write as it stands is nobody's. */
export async function findSession(
  db: Kysely<object>,
  { tokenSha256, key }: { readonly tokenSha256: string; readonly key: string },
  now: EpochMs,
): Promise<PersonName | undefined> {
  const row = await openSessions(db, now).where('token_sha256', '=', tokenSha256).executeTakeFirst();
  return row === undefined ? undefined : ownSession(row, key)?.person;
}

/** The open sessions of a person, newest first. */
export async function sessionsOf(
  db: Kysely<object>,
  { person, key }: { readonly person: PersonName; readonly key: string },
  now: EpochMs,
): Promise<readonly NewSession[]> {
  const rows = await openSessions(db, now)
    .where('person', '=', person)
    .orderBy('opened_at', 'desc')
    .orderBy('token_sha256')
    .execute();
  return rows.flatMap((row) => ownSession(row, key) ?? []);
}

/** How people name a session without knowing its token: half of the token's hash leads to neither. */
export const sessionId = ({ tokenSha256 }: Pick<NewSession, 'tokenSha256'>): string =>
  `cls_${tokenSha256.slice(0, 32)}`;

export async function sessionById(
  tx: Transaction<object>,
  { id, key }: { readonly id: string; readonly key: string },
  now: EpochMs,
): Promise<NewSession | undefined> {
  const rows = await openSessions(tx, now)
    .where(({ fn, val }) => fn<boolean>('starts_with', ['token_sha256', val(id.replace(/^cls_/, ''))]))
    .forUpdate()
    .execute();
  return rows.flatMap((row) => ownSession(row, key) ?? [])[0];
}

const openSessions = (db: Kysely<object>, now: EpochMs) =>
  db
    .withTables<SessionTables>()
    .selectFrom('person_sessions')
    .selectAll()
    .where('expires_at', '>', new Date(now))
    .where('closed_at', 'is', null);

/** `undefined` for a row that we did not write as it stands. */
function ownSession(row: SessionTables['person_sessions'], key: string): NewSession | undefined {
  const person = parsePersonName(row.person);
  if (person === undefined || row.code === null) return undefined;
  const session = {
    ...{ tokenSha256: row.token_sha256, person, statementSha256: row.statement_sha256 },
    openedAt: epochMs(row.opened_at.getTime()),
    expiresAt: epochMs(row.expires_at.getTime()),
  };
  return timingSafeEqual(row.code, codeOf(session, key)) ? session : undefined;
}

/** Ends one session at once; answers whose it was, `undefined` when there was none to end. */
export async function closeSession(
  tx: Transaction<object>,
  tokenSha256: string,
  now: EpochMs,
): Promise<PersonName | undefined> {
  const row = await tx
    .withTables<SessionTables>()
    .updateTable('person_sessions')
    .set({ closed_at: new Date(now) })
    .where('token_sha256', '=', tokenSha256)
    .where('expires_at', '>', new Date(now))
    .where('closed_at', 'is', null)
    .returning('person')
    .executeTakeFirst();
  return row === undefined ? undefined : parsePersonName(row.person);
}

/** Forgets sessions long over (their statements with them); the audit log keeps who opened them. */
export async function pruneSessions(db: Kysely<object>, before: EpochMs): Promise<void> {
  await db
    .withTables<SessionTables>()
    .deleteFrom('person_sessions')
    .where('expires_at', '<', new Date(before))
    .execute();
}
