import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { type EpochMs, epochMs, type PersonName, parsePersonName } from '#core-values';
import { LINK_PURPOSES, type LinkPurpose } from '../core/index.ts';

type LinkTables = {
  readonly sign_in_links: {
    readonly id: string;
    readonly token_sha256: string;
    readonly person: string;
    readonly purpose: string;
    readonly made_by: string | null;
    readonly reason: string | null;
    readonly statement_sha256: string | null;
    readonly made_at: Date;
    readonly expires_at: Date;
    readonly used_at: Date | null;
    readonly withdrawn_at: Date | null;
    readonly code: Uint8Array | null;
  };
};

export interface SignInLink {
  readonly id: string;
  readonly tokenSha256: string;
  readonly person: PersonName;
  readonly purpose: LinkPurpose;
  /** `null`: the server's own terminal. */
  readonly madeBy: PersonName | null;
  readonly reason: string | null;
  readonly statementSha256: string | null;
  readonly madeAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** What a link is, under the server's key: whoever can only write to the database makes none. */
const codeOf = (link: SignInLink, key: string): Uint8Array =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        'sekisho-sign-in-link/1',
        ...[link.id, link.tokenSha256, link.person, link.purpose, link.madeBy, link.reason],
        ...[link.statementSha256, link.madeAt, link.expiresAt],
      ]),
    )
    .digest();

/** `false` when the statement has made a link before. Takes the place of links for this person that nobody opened. */
export async function insertLink(tx: Transaction<object>, link: SignInLink, key: string): Promise<boolean> {
  const inserted = await tx
    .withTables<LinkTables>()
    .insertInto('sign_in_links')
    .values({
      id: link.id,
      token_sha256: link.tokenSha256,
      person: link.person,
      purpose: link.purpose,
      made_by: link.madeBy,
      reason: link.reason,
      statement_sha256: link.statementSha256,
      made_at: new Date(link.madeAt),
      expires_at: new Date(link.expiresAt),
      used_at: null,
      withdrawn_at: null,
      code: codeOf(link, key),
    })
    .onConflict((conflict) => conflict.column('statement_sha256').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) return false;
  await tx
    .withTables<LinkTables>()
    .updateTable('sign_in_links')
    .set({ withdrawn_at: new Date(link.madeAt), code: null })
    .where('person', '=', link.person)
    .where('id', '<>', link.id)
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .execute();
  return true;
}

/** Whether these signed words have made a link before. */
export async function statementMadeLink(tx: Transaction<object>, statementSha256: string): Promise<boolean> {
  const row = await tx
    .withTables<LinkTables>()
    .selectFrom('sign_in_links')
    .select('id')
    .where('statement_sha256', '=', statementSha256)
    .executeTakeFirst();
  return row !== undefined;
}

/** Uses a link up, for one caller only; `undefined` for one that is spent, over, withdrawn or not ours. */
export async function spendLink(
  tx: Transaction<object>,
  { tokenSha256, key, now }: { readonly tokenSha256: string; readonly key: string; readonly now: EpochMs },
): Promise<SignInLink | undefined> {
  const row = await tx
    .withTables<LinkTables>()
    .selectFrom('sign_in_links')
    .selectAll()
    .where('token_sha256', '=', tokenSha256)
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  const link = row === undefined ? undefined : linkOf(row);
  if (link === undefined || row?.code == null || !timingSafeEqual(row.code, codeOf(link, key)))
    return undefined;
  if (now >= link.expiresAt) return undefined;
  await tx
    .withTables<LinkTables>()
    .updateTable('sign_in_links')
    .set({ used_at: new Date(now), code: null })
    .where('id', '=', link.id)
    .execute();
  return link;
}

function linkOf(row: LinkTables['sign_in_links']): SignInLink | undefined {
  const person = parsePersonName(row.person);
  const purpose = LINK_PURPOSES.find((known) => known === row.purpose);
  const madeBy = row.made_by === null ? null : parsePersonName(row.made_by);
  if (person === undefined || purpose === undefined || madeBy === undefined) return undefined;
  return {
    ...{ id: row.id, tokenSha256: row.token_sha256, person, purpose, madeBy, reason: row.reason },
    statementSha256: row.statement_sha256,
    madeAt: epochMs(row.made_at.getTime()),
    expiresAt: epochMs(row.expires_at.getTime()),
  };
}

/** Forgets links long over; their statements are over too. */
export async function pruneLinks(db: Kysely<object>, before: EpochMs): Promise<void> {
  await db
    .withTables<LinkTables>()
    .deleteFrom('sign_in_links')
    .where('expires_at', '<', new Date(before))
    .execute();
}
