import { sql } from 'kysely';
import type { Db } from '../database/connection.ts';
import { inTransaction } from '../database/transaction.ts';
import { retireKey } from './key-check.ts';
import type { Keyring } from './keyring.ts';

/** Where ciphertexts are: each bound to its purpose and to the key of its row. Named by the room whose table it is. */
export interface SealedColumn {
  readonly table: string;
  /** The primary key's column, of type text. */
  readonly id: string;
  readonly column: string;
  readonly purpose: string;
}

export interface RotationStep {
  /** How many were brought under the newest key this time. */
  readonly reencrypted: number;
  /** How many are still under another key, those that do not open included. */
  readonly left: number;
  /** `plan-file pln_…`: what does not open, and stays as it is. */
  readonly unopened: readonly string[];
  /** Earlier keys that nothing is under any more; from now on the database does not ask for them. */
  readonly retired: readonly string[];
}

// Behind the four bytes of the format's name.
const KEY_ID = { from: 5, bytes: 8 } as const;

const keyIdOf = ({ column }: SealedColumn) =>
  sql`substring(${sql.ref(column)} from ${sql.lit(KEY_ID.from)} for ${sql.lit(KEY_ID.bytes)})`;

/**
 * Brings what is under earlier keys under the newest one, row by row, until all is done or `isEnough` says so. What was done
 * stays done, so it can be stopped at any time and called again; two at once do no harm. When nothing is left under an earlier
 * key, that key is retired.
 */
export async function rotateEncryption(
  db: Db,
  keyring: Keyring,
  columns: readonly SealedColumn[],
  isEnough: () => boolean,
): Promise<RotationStep> {
  const [newest, ...earlier] = keyring.keys.map(({ keyId }) => keyId);
  if (newest === undefined) throw new Error('A keyring has a key.');
  let reencrypted = 0;
  const unopened: string[] = [];
  for (const column of columns) {
    let last = '';
    while (!isEnough()) {
      const found = await nextRow(db, column, newest, last);
      if (found === undefined) break;
      last = found;
      const outcome = await reencryptRow(db, keyring, column, found);
      if (outcome === 'unopened') unopened.push(`${column.purpose} ${found}`);
      if (outcome === 'reencrypted') reencrypted += 1;
    }
  }
  const retired: string[] = [];
  for (const keyId of earlier) {
    if ((await countRows(db, columns, (column) => sql`${keyIdOf(column)} = decode(${keyId}, 'hex')`)) > 0)
      continue;
    await retireKey(db, keyId);
    retired.push(keyId);
  }
  const left = await countRows(db, columns, (column) => sql`${keyIdOf(column)} <> decode(${newest}, 'hex')`);
  return { reencrypted, left, unopened, retired };
}

async function nextRow(
  db: Db,
  column: SealedColumn,
  newest: string,
  after: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    SELECT ${sql.ref(column.id)} AS id FROM ${sql.table(column.table)}
    WHERE ${keyIdOf(column)} <> decode(${newest}, 'hex') AND ${sql.ref(column.id)} COLLATE "C" > ${after}
    ORDER BY ${sql.ref(column.id)} COLLATE "C" LIMIT 1`.execute(db);
  return rows[0]?.id;
}

/** Under the row's lock: what a request writes in the meantime must not be overwritten by what we read before. */
const reencryptRow = (
  db: Db,
  keyring: Keyring,
  { table, id, column, purpose }: SealedColumn,
  row: string,
): Promise<'reencrypted' | 'gone' | 'unopened'> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<{ sealed: Uint8Array | null }>`
      SELECT ${sql.ref(column)} AS sealed FROM ${sql.table(table)}
      WHERE ${sql.ref(id)} = ${row} FOR UPDATE`.execute(tx);
    const sealed = rows[0]?.sealed ?? null;
    if (sealed === null) return 'gone';
    const fresh = await keyring.reencrypt(sealed, { purpose, id: row });
    if (!fresh.ok) return 'unopened';
    if (fresh.value === undefined) return 'gone';
    await sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${Buffer.from(fresh.value)}
      WHERE ${sql.ref(id)} = ${row}`.execute(tx);
    return 'reencrypted';
  });

async function countRows(
  db: Db,
  columns: readonly SealedColumn[],
  where: (column: SealedColumn) => ReturnType<typeof sql>,
): Promise<number> {
  let count = 0;
  for (const column of columns) {
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::int AS count FROM ${sql.table(column.table)} WHERE ${where(column)}`.execute(db);
    count += rows[0]?.count ?? 0;
  }
  return count;
}
