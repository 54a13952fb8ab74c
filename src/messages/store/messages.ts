import { sql } from 'kysely';
import type { EpochMs } from '#core-values';
import type { Db, Tx } from '#platform';
import type { News } from '../core/index.ts';
import type { Ending, MessageTables } from './tables.ts';

/** Where following the log goes on; the row is locked until the transaction ends. `undefined` before the first time. */
export async function lockCursor(tx: Tx): Promise<number | undefined> {
  const row = await tx
    .withTables<MessageTables>()
    .selectFrom('message_cursor')
    .select('position')
    .forUpdate()
    .executeTakeFirst();
  return row?.position;
}

export async function setCursor(tx: Tx, position: number): Promise<void> {
  await tx
    .withTables<MessageTables>()
    .insertInto('message_cursor')
    .values({ position })
    .onConflict((conflict) => conflict.column('one').doUpdateSet({ position }))
    .execute();
}

export interface NewMessage extends News {
  readonly destination: string;
  readonly thread: string;
  readonly madeAt: EpochMs;
}

export async function insertMessage(tx: Tx, message: NewMessage): Promise<void> {
  await tx
    .withTables<MessageTables>()
    .insertInto('messages')
    .values({
      destination: message.destination,
      position: message.position,
      kind: message.kind,
      thread: message.thread,
      key: message.key ?? null,
      stack: message.stack ?? null,
      fingerprint: message.fingerprint ?? null,
      made_at: new Date(message.madeAt),
      ended_at: null,
      ending: null,
      problem: null,
    })
    .onConflict((conflict) => conflict.constraint('messages_once').doNothing())
    .execute();
}

/** Whether a destination was told the same since then, or is about to be. What was no longer true when its turn came was not told. */
export async function wasSaid(
  tx: Tx,
  {
    destination,
    key,
    since,
  }: { readonly destination: string; readonly key: string; readonly since: EpochMs },
): Promise<boolean> {
  const row = await tx
    .withTables<MessageTables>()
    .selectFrom('messages')
    .select('id')
    .where('destination', '=', destination)
    .where('key', '=', key)
    .where('made_at', '>=', new Date(since))
    .where(({ or, eb }) => or([eb('ending', 'is', null), eb('ending', '!=', 'no-longer-true')]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The thread in which something of the same meaning was told last. */
export async function threadOfMeaning(
  tx: Tx,
  {
    stack,
    fingerprint,
    since,
  }: { readonly stack: string; readonly fingerprint: string; readonly since: EpochMs },
): Promise<string | undefined> {
  const row = await tx
    .withTables<MessageTables>()
    .selectFrom('messages')
    .select('thread')
    .where('stack', '=', stack)
    .where('fingerprint', '=', fingerprint)
    .where('made_at', '>=', new Date(since))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.thread;
}

export interface OpenMessage {
  readonly id: number;
  readonly position: number;
  readonly thread: string;
  readonly madeAt: number;
  /** What the other side calls its thread. */
  readonly reference: string | undefined;
}

/** What a destination is to be told next: in the order in which it happened. */
export async function nextMessage(db: Db, destination: string): Promise<OpenMessage | undefined> {
  const row = await db
    .withTables<MessageTables>()
    .selectFrom('messages as m')
    .leftJoin('message_threads as t', (join) =>
      join.onRef('t.destination', '=', 'm.destination').onRef('t.thread', '=', 'm.thread'),
    )
    .select(['m.id', 'm.position', 'm.thread', 'm.made_at', 't.reference'])
    .where('m.destination', '=', destination)
    .where('m.ended_at', 'is', null)
    .orderBy('m.id')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { made_at, reference, ...message } = row;
  return { ...message, madeAt: made_at.getTime(), reference: reference ?? undefined };
}

export interface MessageEnd {
  readonly ending: Ending;
  readonly at: EpochMs;
  readonly why?: string;
}

export async function endMessage(tx: Tx, id: number, { ending, at, why }: MessageEnd): Promise<void> {
  await tx
    .withTables<MessageTables>()
    .updateTable('messages')
    .set({ ending, ended_at: new Date(at), problem: why?.slice(0, 1000) ?? null })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

/** The first message of a thread is what later ones are put below. */
export async function keepThread(
  tx: Tx,
  thread: { readonly destination: string; readonly thread: string; readonly reference: string },
): Promise<void> {
  await tx
    .withTables<MessageTables>()
    .insertInto('message_threads')
    .values(thread)
    .onConflict((conflict) => conflict.columns(['destination', 'thread']).doNothing())
    .execute();
}

/** Forgets what ended before then, and threads that nothing is left of. */
export async function forgetMessages(db: Db, before: EpochMs): Promise<void> {
  await sql`DELETE FROM messages WHERE ended_at < ${new Date(before)}`.execute(db);
  await sql`DELETE FROM message_threads AS t WHERE NOT EXISTS
    (SELECT FROM messages AS m WHERE m.destination = t.destination AND m.thread = t.thread)`.execute(db);
}
