import type { EpochMs, Problem, Result } from '#core-values';
import { err, ok, problem, text } from '#core-values';
import type { Db, Keyring, SealedColumn, Tx } from '#platform';
import { z } from '#platform';
import type { AppRow, GitHubTables } from './tables.ts';

/** For key rotation. */
export const SEALED_APP_COLUMN: SealedColumn = {
  table: 'github_apps',
  id: 'id',
  column: 'secrets_sealed',
  purpose: 'github-app',
};

/** An App as anybody who is signed in may see it. */
export interface GitHubApp {
  /** Ours, `gha_` and a UUID: in the address of its webhooks. */
  readonly id: string;
  readonly host: string;
  /** GitHub's. */
  readonly appId: number;
  readonly slug: string;
  readonly connectedAt: Date;
  readonly connectedBy: string;
}

export interface AppSecrets {
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
}

/** Sealed together, so that neither the host nor the id can be changed behind our back: the key would sign for somebody else's server. */
const sealed = z.strictObject({
  host: z.string(),
  appId: z.number(),
  privateKey: z.string(),
  webhookSecret: z.string(),
});

export async function sealSecrets(
  keyring: Pick<Keyring, 'encrypt'>,
  { id, host, appId }: Pick<GitHubApp, 'id' | 'host' | 'appId'>,
  { privateKey, webhookSecret }: AppSecrets,
): Promise<Result<Uint8Array, Problem>> {
  const plain = JSON.stringify({ host, appId, privateKey, webhookSecret });
  return keyring.encrypt(Buffer.from(plain, 'utf8'), { purpose: SEALED_APP_COLUMN.purpose, id });
}

export interface SealedApp extends GitHubApp {
  readonly sealed: Uint8Array;
}

export async function openSecrets(
  keyring: Pick<Keyring, 'decrypt'>,
  app: SealedApp,
): Promise<Result<AppSecrets, Problem>> {
  const opened = await keyring.decrypt(app.sealed, { purpose: SEALED_APP_COLUMN.purpose, id: app.id });
  if (!opened.ok) return opened;
  const { host, appId, ...secrets } = sealed.parse(JSON.parse(Buffer.from(opened.value).toString('utf8')));
  return host === app.host && appId === app.appId ? ok(secrets) : err(changedRow(app.id));
}

const appOf = (row: AppRow): GitHubApp => ({
  id: row.id,
  host: row.host,
  appId: row.app_id,
  slug: row.slug,
  connectedAt: row.connected_at,
  connectedBy: row.connected_by,
});

/** Those that are connected, by host and id. */
export async function connectedApps(db: Db): Promise<readonly SealedApp[]> {
  const rows = await db
    .withTables<GitHubTables>()
    .selectFrom('github_apps')
    .selectAll()
    .where('disconnected_at', 'is', null)
    .orderBy('host')
    .orderBy('app_id')
    .execute();
  return rows.flatMap((row) =>
    row.secrets_sealed === null ? [] : [{ ...appOf(row), sealed: row.secrets_sealed }],
  );
}

export async function connectedApp(db: Db, id: string): Promise<SealedApp | undefined> {
  const row = await db
    .withTables<GitHubTables>()
    .selectFrom('github_apps')
    .selectAll()
    .where('id', '=', id)
    .where('disconnected_at', 'is', null)
    .executeTakeFirst();
  return row === undefined || row.secrets_sealed === null
    ? undefined
    : { ...appOf(row), sealed: row.secrets_sealed };
}

/** Whether it was not there yet: an App of a host is connected once. */
export async function insertApp(tx: Tx, app: SealedApp): Promise<boolean> {
  const inserted = await tx
    .withTables<GitHubTables>()
    .insertInto('github_apps')
    .values({
      id: app.id,
      host: app.host,
      app_id: app.appId,
      slug: app.slug,
      secrets_sealed: app.sealed,
      connected_at: app.connectedAt,
      connected_by: app.connectedBy,
      disconnected_at: null,
      disconnected_by: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Forgets its secrets and where its repositories are; what it delivered stays counted. `undefined` if it is not connected. */
export async function disconnectApp(
  tx: Tx,
  id: string,
  { by, at }: { readonly by: string; readonly at: EpochMs },
): Promise<GitHubApp | undefined> {
  const tables = tx.withTables<GitHubTables>();
  const row = await tables
    .updateTable('github_apps')
    .set({ secrets_sealed: null, disconnected_at: new Date(at), disconnected_by: by })
    .where('id', '=', id)
    .where('disconnected_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  await tables.deleteFrom('github_repositories').where('app', '=', id).execute();
  return row === undefined ? undefined : appOf(row);
}

const changedRow = (id: string): Problem =>
  problem('internal', {
    rule: 'github.app-tampered',
    message: text(
      `The row of the GitHub App ${id} is not as it was written: its host or its id was changed.`,
      `GitHub App ${id} の行が書き込み時と一致しません。ホストか ID が変更されています。`,
    ),
    remedy: text(
      'Somebody wrote into the database. Find out who, then disconnect the App and connect it again.',
      'データベースが直接書き換えられています。原因を調べたうえで、App を切断し、接続し直してください。',
    ),
  });
