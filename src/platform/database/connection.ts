import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Client, type CustomTypesConfig, Pool, types } from 'pg';
import { err, ok, type Problem, type Result } from '#core-values';
import { withFewerTurns } from './fewer-turns.ts';
import { badUrl, cannotConnect, serverTooOld } from './problems.ts';

/** Every room sees its own tables: `db.withTables<{ grant: GrantTable }>()`. */
export type Db = Kysely<object>;
/** A transaction of the same kind; also accepted wherever a `Db` is. */
export type Tx = Transaction<object>;

export interface Database {
  readonly db: Db;
  /** Waits for running queries, then closes all connections. */
  close(): Promise<void>;
}

export interface DatabaseLimits {
  /** @default 10 */
  readonly maxConnections?: number;
  /** A statement that runs longer is cancelled by the server. @default 30_000 */
  readonly statementTimeoutMs?: number;
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  readonly onConnectionLost?: (cause: Error) => void;
}

const OLDEST_SERVER = 15;
const CONNECT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

const INT8 = types.builtins.INT8;
const DATE = types.builtins.DATE;

/**
 * `int8` becomes a `number`, and one beyond 2^53 an error instead of a rounded value: our counts and ids
 * stay far below, and numbers go into JSON as they are. `date` stays `YYYY-MM-DD`: as a `Date` it would
 * be a moment in the server's time zone.
 */
const parsers: CustomTypesConfig = {
  getTypeParser: (id, format) => {
    if (id === INT8 && format !== 'binary') return parseInt8;
    if (id === DATE && format !== 'binary') return (words: string) => words;
    return types.getTypeParser(id, format);
  },
};

export function parseInt8(words: string): number {
  const value = Number(words);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${words} does not fit a JavaScript number`);
  return value;
}

/** Opens a pool on the database. Fails with a Problem if it is unreachable or older than PostgreSQL 15. */
export async function openDatabase(
  url: string,
  limits: DatabaseLimits = {},
): Promise<Result<Database, Problem>> {
  const checked = await checkServer(url);
  if (!checked.ok) return checked;
  const pool = new Pool({
    connectionString: url,
    max: limits.maxConnections ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    statement_timeout: limits.statementTimeoutMs ?? 30_000,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    application_name: 'sekisho',
    types: parsers,
    pipeline: true,
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (cause) => limits.onConnectionLost?.(cause));
  const db = new Kysely<object>({ dialect: new PostgresDialect({ pool: withFewerTurns(pool) }) });
  return ok({ db, close: () => db.destroy() });
}

/** One connection outside any pool, for work that needs a session of its own. The caller ends it. */
export async function connectClient(url: string): Promise<Result<Client, Problem>> {
  if (!/^postgres(?:ql)?:\/\//.test(url)) return err(badUrl());
  let client: Client;
  try {
    client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      types: parsers,
    });
  } catch {
    return err(badUrl());
  }
  client.on('error', () => undefined);
  try {
    await client.connect();
    return ok(client);
  } catch (cause) {
    await client.end().catch(() => undefined);
    return err(cannotConnect(describeServer(client), wordsOf(cause)));
  }
}

async function checkServer(url: string): Promise<Result<void, Problem>> {
  const client = await connectClient(url);
  if (!client.ok) return client;
  try {
    const { rows } = await client.value.query<{ server_version: string }>('SHOW server_version');
    const version = rows[0]?.server_version ?? '';
    if (Number.parseInt(version, 10) >= OLDEST_SERVER) return ok(undefined);
    return err(serverTooOld(describeServer(client.value), version));
  } catch (cause) {
    return err(cannotConnect(describeServer(client.value), wordsOf(cause)));
  } finally {
    await client.value.end();
  }
}

/** Host, port and database name; never user or password. */
const describeServer = (client: Client): string => `${client.host}:${client.port}/${client.database ?? ''}`;

/** Several addresses that all refuse come as one error with an empty message. */
const wordsOf = (cause: unknown): string => {
  if (cause instanceof AggregateError) return cause.errors.map(wordsOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
};
