import { ok, type Problem, type Result } from '#core-values';
import type { Db } from '../database/connection.ts';
import type { KeySourceKind } from './key-source.ts';
import type { Binding, Keyring } from './keyring.ts';

type Tables = {
  encryption_key: { key_id: string; source: KeySourceKind; check_value: Uint8Array };
};

const CHECK_TEXT = Buffer.from('sekisho');
const bindingOf = (keyId: string): Binding => ({ purpose: 'key-check', id: keyId });

/**
 * To be called at every start, before anything is encrypted: refuses a ring that lacks a key this
 * database has data under, or whose key is another one. Notes the newest key when it is new.
 */
export async function checkKeys(db: Db, keyring: Keyring): Promise<Result<void, Problem>> {
  const tables = db.withTables<Tables>();
  const known = await tables.selectFrom('encryption_key').select(['key_id', 'check_value']).execute();
  for (const { key_id, check_value } of known) {
    const opened = await keyring.decrypt(check_value, bindingOf(key_id));
    if (!opened.ok) return opened;
  }
  const newest = keyring.keys[0];
  if (newest === undefined || known.some(({ key_id }) => key_id === newest.keyId)) return ok(undefined);
  const check = await keyring.encrypt(CHECK_TEXT, bindingOf(newest.keyId));
  if (!check.ok) return check;
  await tables
    .insertInto('encryption_key')
    .values({ key_id: newest.keyId, source: newest.kind, check_value: check.value })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return ok(undefined);
}

/** After everything was re-encrypted: the old key need no longer be configured. */
export async function retireKey(db: Db, keyId: string): Promise<void> {
  await db.withTables<Tables>().deleteFrom('encryption_key').where('key_id', '=', keyId).execute();
}
