import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type EpochMs, epochMs, type PersonName } from '#core-values';
import type { Passkey, PasskeyFingerprint, PasskeyState, PasskeyWay } from '../core/passkey.ts';

type PasskeyTables = {
  readonly passkeys: {
    readonly credential_id: string;
    readonly person: string;
    readonly name: string;
    readonly public_key: Uint8Array;
    readonly transports: readonly string[];
    readonly added_at: Date;
    readonly added_by: PasskeyWay;
    readonly stands_on: readonly string[];
    readonly counter: number;
    readonly last_sha256: string | null;
    readonly last_used_at: Date | null;
    readonly state: PasskeyState;
    readonly code: Uint8Array;
  };
};

/** A passkey with everything that is kept of it. */
export interface StoredPasskey extends Passkey {
  /** In the owner's words. */
  readonly name: string;
  /** Hints for browsers. */
  readonly transports: readonly string[];
  readonly addedAt: EpochMs;
  readonly addedBy: PasskeyWay;
  readonly counter: number;
  /** SHA-256 of the last assertion. */
  readonly lastSha256?: string;
  readonly lastUsedAt?: EpochMs;
}

type Row = PasskeyTables['passkeys'];

/** What `ssh-keygen -l` would show for it, were it an SSH key. */
export const passkeyFingerprint = (publicKey: Uint8Array): PasskeyFingerprint =>
  `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}` as PasskeyFingerprint;

const codeOf = (row: Omit<Row, 'code' | 'name' | 'transports'>, key: string): Uint8Array =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        'sekisho-passkey/1',
        ...[row.credential_id, row.person, Buffer.from(row.public_key).toString('base64')],
        ...[row.added_at.getTime(), row.added_by, row.stands_on, row.counter],
        ...[row.last_sha256, row.last_used_at?.getTime() ?? null, row.state],
      ]),
    )
    .digest();

/** `undefined` for a row that the server did not write as it stands. */
function passkeyOf(row: Row, key: string): StoredPasskey | undefined {
  if (!timingSafeEqual(row.code, codeOf(row, key))) return undefined;
  return {
    credentialId: row.credential_id,
    person: row.person as PersonName,
    publicKey: row.public_key,
    fingerprint: passkeyFingerprint(row.public_key),
    state: row.state,
    standsOn: row.stands_on.map((name) => name as PersonName),
    name: row.name,
    transports: row.transports,
    addedAt: epochMs(row.added_at.getTime()),
    addedBy: row.added_by,
    counter: row.counter,
    ...(row.last_sha256 === null ? {} : { lastSha256: row.last_sha256 }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: epochMs(row.last_used_at.getTime()) }),
  };
}

const rowOf = (passkey: StoredPasskey, key: string): Row => {
  const row = {
    credential_id: passkey.credentialId,
    person: passkey.person,
    name: passkey.name,
    public_key: Buffer.from(passkey.publicKey),
    transports: [...passkey.transports],
    added_at: new Date(passkey.addedAt),
    added_by: passkey.addedBy,
    stands_on: [...passkey.standsOn],
    counter: passkey.counter,
    last_sha256: passkey.lastSha256 ?? null,
    last_used_at: passkey.lastUsedAt === undefined ? null : new Date(passkey.lastUsedAt),
    state: passkey.state,
  };
  return { ...row, code: codeOf(row, key) };
};

/** `false` when the credential, or its public key, is known already: nothing is taken over from anybody. */
export async function insertPasskey(
  tx: Transaction<object>,
  passkey: StoredPasskey,
  key: string,
): Promise<boolean> {
  const inserted = await tx
    .withTables<PasskeyTables>()
    .insertInto('passkeys')
    .values(rowOf(passkey, key))
    .onConflict((conflict) => conflict.doNothing())
    .returning('credential_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Writes what may change of a passkey that the transaction holds. */
export async function updatePasskey(
  tx: Transaction<object>,
  passkey: StoredPasskey,
  key: string,
): Promise<void> {
  const { name, counter, last_sha256, last_used_at, state, code } = rowOf(passkey, key);
  await tx
    .withTables<PasskeyTables>()
    .updateTable('passkeys')
    .set({ name, counter, last_sha256, last_used_at, state, code })
    .where('credential_id', '=', passkey.credentialId)
    .execute();
}

/** Passkeys by their credentials' ids, in any state; one that was planted or changed is not there. */
export async function findPasskeys(
  db: Kysely<object>,
  ids: readonly string[],
  key: string,
): Promise<ReadonlyMap<string, StoredPasskey>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .withTables<PasskeyTables>()
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', 'in', ids)
    .execute();
  return new Map(genuine(rows, key).map((passkey) => [passkey.credentialId, passkey]));
}

/** The same for one, held until the transaction ends. */
export async function lockPasskey(
  tx: Transaction<object>,
  credentialId: string,
  key: string,
): Promise<StoredPasskey | undefined> {
  const rows = await tx
    .withTables<PasskeyTables>()
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .forUpdate()
    .execute();
  return genuine(rows, key)[0];
}

/** Everything that a person ever enrolled, oldest first. */
export async function passkeysOf(
  db: Kysely<object>,
  person: PersonName,
  key: string,
): Promise<readonly StoredPasskey[]> {
  const rows = await db
    .withTables<PasskeyTables>()
    .selectFrom('passkeys')
    .selectAll()
    .where('person', '=', person)
    .orderBy('added_at')
    .orderBy('credential_id')
    .execute();
  return genuine(rows, key);
}

/** Everybody's that were not removed. */
export async function passkeysOfAll(db: Kysely<object>, key: string): Promise<readonly StoredPasskey[]> {
  const rows = await db
    .withTables<PasskeyTables>()
    .selectFrom('passkeys')
    .selectAll()
    .where('state', '!=', 'removed')
    .execute();
  return genuine(rows, key);
}

const genuine = (rows: readonly Row[], key: string): readonly StoredPasskey[] =>
  rows.flatMap((row) => passkeyOf(row, key) ?? []);

/** What is decided about one person's passkeys happens one after the other. */
export const lockPasskeysOf = (tx: Transaction<object>, person: PersonName): Promise<unknown> =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${`sekisho passkeys of ${person}`}, 0))`.execute(tx);
