import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import { type EpochMs, epochMs, type PersonName, parsePersonName } from '#core-values';
import { LINK_PURPOSES, type SessionTokens, type SignInHow } from '../core/index.ts';

type BrowserTables = {
  readonly browser_sessions: {
    readonly id: string;
    readonly person: string;
    readonly how: string;
    readonly device: string;
    readonly opened_at: Date;
    readonly ends_at: Date;
    readonly token_sha256: string;
    readonly issued_at: Date;
    readonly first_used_at: Date | null;
    readonly former_sha256: string | null;
    readonly spent_sha256: string[];
    readonly last_used_at: Date;
    readonly closed_at: Date | null;
    readonly closed_why: CloseWhy | null;
    readonly code: Uint8Array | null;
  };
};

export type CloseWhy = 'signed-out' | 'replaced' | 'revoked' | 'stolen' | 'over';

export interface StoredSession {
  readonly id: string;
  readonly person: PersonName;
  readonly how: SignInHow;
  readonly device: string;
  readonly openedAt: EpochMs;
  readonly tokens: SessionTokens;
}

type Row = BrowserTables['browser_sessions'];

/** What a session is, under the server's key: see `codeOf` in store.ts. The tokens too, or a planted one would sign in. */
const codeOf = ({ id, person, how, openedAt, tokens }: StoredSession, key: string): Uint8Array =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        'sekisho-browser-session/1',
        ...[id, person, howText(how), openedAt, tokens.endsAt],
        ...[tokens.current, tokens.issuedAt, tokens.firstUsedAt ?? null, tokens.former ?? null],
        ...[tokens.spent, tokens.lastUsedAt],
      ]),
    )
    .digest();

const name = z.string().transform((value, context) => {
  const parsed = parsePersonName(value);
  if (parsed !== undefined) return parsed;
  context.addIssue('not a name');
  return z.NEVER;
});

const howSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('link'),
    link: z.string(),
    purpose: z.enum(LINK_PURPOSES),
    vouchedBy: name.nullable(),
  }),
  z.strictObject({ kind: z.literal('passkey'), credential: z.string() }),
  z.strictObject({ kind: z.literal('provider'), provider: z.string(), subject: z.string() }),
]);

/** Members in one order: the text is what the code is made of. */
const howText = (how: SignInHow): string => JSON.stringify(howSchema.parse(how));

const tokenColumns = (session: StoredSession, key: string) => ({
  token_sha256: session.tokens.current,
  issued_at: new Date(session.tokens.issuedAt),
  first_used_at: session.tokens.firstUsedAt === undefined ? null : new Date(session.tokens.firstUsedAt),
  former_sha256: session.tokens.former ?? null,
  spent_sha256: [...session.tokens.spent],
  last_used_at: new Date(session.tokens.lastUsedAt),
  code: codeOf(session, key),
});

export async function insertBrowserSession(
  tx: Transaction<object>,
  session: StoredSession,
  key: string,
): Promise<void> {
  await tx
    .withTables<BrowserTables>()
    .insertInto('browser_sessions')
    .values({
      id: session.id,
      person: session.person,
      how: howText(session.how),
      device: session.device,
      opened_at: new Date(session.openedAt),
      ends_at: new Date(session.tokens.endsAt),
      closed_at: null,
      closed_why: null,
      ...tokenColumns(session, key),
    })
    .execute();
}

/** The open session that a token is or was of; `lock` holds its row until the transaction ends. */
export async function findBrowserSession(
  db: Kysely<object>,
  {
    tokenSha256,
    key,
    lock = false,
  }: { readonly tokenSha256: string; readonly key: string; readonly lock?: boolean },
): Promise<StoredSession | undefined> {
  const query = db
    .withTables<BrowserTables>()
    .selectFrom('browser_sessions')
    .selectAll()
    .where((row) =>
      row.or([
        row('token_sha256', '=', tokenSha256),
        row('former_sha256', '=', tokenSha256),
        row('spent_sha256', '@>', row.val([tokenSha256])),
      ]),
    )
    .where('closed_at', 'is', null);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  return row === undefined ? undefined : ownSession(row, key);
}

/** `undefined` for a row that we did not write as it stands. */
function ownSession(row: Row, key: string): StoredSession | undefined {
  const session = sessionOf(row);
  if (session === undefined || row.code === null) return undefined;
  return timingSafeEqual(row.code, codeOf(session, key)) ? session : undefined;
}

function sessionOf(row: Row): StoredSession | undefined {
  const person = parsePersonName(row.person);
  const how = howSchema.safeParse(jsonOf(row.how));
  if (person === undefined || !how.success) return undefined;
  const time = (at: Date): EpochMs => epochMs(at.getTime());
  return {
    ...{ id: row.id, person, how: how.data, device: row.device, openedAt: time(row.opened_at) },
    tokens: {
      current: row.token_sha256,
      issuedAt: time(row.issued_at),
      firstUsedAt: row.first_used_at === null ? undefined : time(row.first_used_at),
      former: row.former_sha256 ?? undefined,
      spent: row.spent_sha256,
      lastUsedAt: time(row.last_used_at),
      endsAt: time(row.ends_at),
    },
  };
}

function jsonOf(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

export async function keepTokens(
  tx: Transaction<object>,
  session: StoredSession,
  key: string,
): Promise<void> {
  await tx
    .withTables<BrowserTables>()
    .updateTable('browser_sessions')
    .set(tokenColumns(session, key))
    .where('id', '=', session.id)
    .execute();
}

/** Open sessions of a person that are ours and not over, newest use first. */
export async function browserSessionsOf(
  db: Kysely<object>,
  {
    person,
    key,
    lock = false,
  }: { readonly person: PersonName; readonly key: string; readonly lock?: boolean },
): Promise<readonly StoredSession[]> {
  const query = db
    .withTables<BrowserTables>()
    .selectFrom('browser_sessions')
    .selectAll()
    .where('person', '=', person)
    .where('closed_at', 'is', null)
    .orderBy('last_used_at', 'desc')
    .orderBy('id');
  const rows = await (lock ? query.forUpdate() : query).execute();
  return rows.flatMap((row) => ownSession(row, key) ?? []);
}

export async function browserSessionById(
  tx: Transaction<object>,
  { id, key }: { readonly id: string; readonly key: string },
): Promise<StoredSession | undefined> {
  const row = await tx
    .withTables<BrowserTables>()
    .selectFrom('browser_sessions')
    .selectAll()
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : ownSession(row, key);
}

/** Ends it; its code goes, so that nobody opens it again by the columns alone. */
export async function closeBrowserSession(
  tx: Transaction<object>,
  { id, why, now }: { readonly id: string; readonly why: CloseWhy; readonly now: EpochMs },
): Promise<void> {
  await tx
    .withTables<BrowserTables>()
    .updateTable('browser_sessions')
    .set({ closed_at: new Date(now), closed_why: why, code: null })
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .execute();
}

export async function pruneBrowserSessions(db: Kysely<object>, before: EpochMs): Promise<void> {
  await db
    .withTables<BrowserTables>()
    .deleteFrom('browser_sessions')
    .where('ends_at', '<', new Date(before))
    .execute();
}
