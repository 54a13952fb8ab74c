import { setTimeout as delay } from 'node:timers/promises';
import { type IsolationLevel, sql } from 'kysely';
import { DatabaseError } from 'pg';
import type { Db, Tx } from './connection.ts';
import { AND_GO_ON } from './fewer-turns.ts';

export interface TransactionOptions {
  /** @default 'read committed' */
  readonly isolation?: IsolationLevel;
}

const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 10;

/** Serialization failure and deadlock: the server undid everything and asks to be asked again. */
const RETRYABLE = new Set(['40001', '40P01']);

/**
 * Runs `work` in one transaction and answers what it answers. Whatever it returns is committed, an `err`
 * too: a refusal is kept together with its audit entry. To undo instead, throw, or call `rollBack` with the
 * answer to give. Up to five attempts when transactions collide, so `work` must do nothing outside the
 * database; no attempt is repeated whose commit may have succeeded.
 */
export async function inTransaction<T>(
  db: Db,
  work: (tx: Tx, rollBack: (answer: T) => never) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(db, work, options.isolation ?? 'read committed');
    } catch (cause) {
      if (attempt === MAX_ATTEMPTS || !isRetryable(cause)) throw cause;
      await delay(FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}

/**
 * PostgreSQL plans a prepared statement anew whenever it takes few values for cheaper than the ten of an array it does not know. In this
 * transaction a statement keeps its first plan. Only for statements that find rows by keys: a kept plan knows no value, and so no
 * index that is limited to some of them.
 */
export async function keepPlans(tx: Tx): Promise<void> {
  await sql`SET LOCAL plan_cache_mode = force_generic_plan ${sql.raw(AND_GO_ON)}`.execute(tx);
}

async function runOnce<T>(
  db: Db,
  work: (tx: Tx, rollBack: (answer: T) => never) => Promise<T>,
  isolation: IsolationLevel,
): Promise<T> {
  let rolledBack: { readonly answer: T; readonly signal: Error } | undefined;
  const rollBack = (answer: T): never => {
    rolledBack = { answer, signal: new Error('rolled back as asked') };
    throw rolledBack.signal;
  };
  try {
    return await db
      .transaction()
      .setIsolationLevel(isolation)
      .execute((tx) => work(tx, rollBack));
  } catch (cause) {
    if (rolledBack !== undefined && cause === rolledBack.signal) return rolledBack.answer;
    throw cause;
  }
}

const isRetryable = (cause: unknown): boolean =>
  cause instanceof DatabaseError && cause.code !== undefined && RETRYABLE.has(cause.code);
