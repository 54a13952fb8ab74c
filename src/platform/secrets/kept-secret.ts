import { ok, type Problem, type Result } from '#core-values';
import type { Db } from '../database/index.ts';
import type { Keyring, SealedColumn } from '../encryption/index.ts';

type SecretTables = { readonly server_secrets: { readonly name: string; readonly sealed: Uint8Array } };

/** For key rotation. */
export const SERVER_SECRETS: SealedColumn = {
  table: 'server_secrets',
  id: 'name',
  column: 'sealed',
  purpose: 'server-secret',
};

/**
 * A secret that the server makes once and keeps encrypted in the database. Replicas that start together agree on the one
 * that was stored first.
 */
export async function keptSecret(
  db: Db,
  keyring: Pick<Keyring, 'encrypt' | 'decrypt'>,
  name: string,
  make: () => string,
): Promise<Result<string, Problem>> {
  const binding = { purpose: SERVER_SECRETS.purpose, id: name };
  const tables = db.withTables<SecretTables>();
  const find = () => tables.selectFrom('server_secrets').select('sealed').where('name', '=', name);
  if ((await find().executeTakeFirst()) === undefined) {
    const sealed = await keyring.encrypt(Buffer.from(make(), 'utf8'), binding);
    if (!sealed.ok) return sealed;
    await tables
      .insertInto('server_secrets')
      .values({ name, sealed: sealed.value })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const { sealed } = await find().executeTakeFirstOrThrow();
  const opened = await keyring.decrypt(sealed, binding);
  return opened.ok ? ok(Buffer.from(opened.value).toString('utf8')) : opened;
}

/** All secrets whose names begin with `prefix`, by name. */
export async function keptSecrets(
  db: Db,
  keyring: Pick<Keyring, 'decrypt'>,
  prefix: string,
): Promise<Result<ReadonlyMap<string, string>, Problem>> {
  const rows = await db
    .withTables<SecretTables>()
    .selectFrom('server_secrets')
    .selectAll()
    .where(({ fn, val }) => fn<boolean>('starts_with', ['name', val(prefix)]))
    .orderBy('name')
    .execute();
  const secrets = new Map<string, string>();
  for (const { name, sealed } of rows) {
    const opened = await keyring.decrypt(sealed, { purpose: SERVER_SECRETS.purpose, id: name });
    if (!opened.ok) return opened;
    secrets.set(name, Buffer.from(opened.value).toString('utf8'));
  }
  return ok(secrets);
}
