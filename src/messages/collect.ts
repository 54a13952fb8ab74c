import { auditAfter, auditSize } from '#audit';
import { type EpochMs, epochMs, parsePlanId, parseTime } from '#core-values';
import { inTransaction, type Tx } from '#platform';
import { destinationsFor, GIVE_UP_MS, type News, newsOf, REPEATED_MS, threadOf } from './core/index.ts';
import type { MessagesRoom } from './room.ts';
import { insertMessage, lockCursor, setCursor, threadOfMeaning, wasSaid } from './store/messages.ts';

const ENTRIES_AT_ONCE = 500;

/**
 * Reads what the audit log has gained and makes messages of it, in one transaction with the cursor: each entry is looked at once,
 * whatever dies. The first time, it begins at the log's end: nobody wants to be told of last year. Answers whether there may be more.
 */
export const collect = (room: MessagesRoom): Promise<boolean> =>
  inTransaction(room.db, async (tx) => {
    const now = room.clock.now();
    const position = await lockCursor(tx);
    if (position === undefined) {
      await setCursor(tx, await auditSize(tx));
      return false;
    }
    const entries = await auditAfter(tx, position, ENTRIES_AT_ONCE);
    for (const entry of entries) {
      const news = newsOf(entry);
      // What happened while nobody was to be told, or the server was off, is in the log.
      const isRecent = now - (parseTime(entry.at) ?? 0) < GIVE_UP_MS;
      if (news !== undefined && isRecent) await tell(room, tx, news, now);
    }
    const last = entries.at(-1);
    if (last !== undefined) await setCursor(tx, last.position + 1);
    return entries.length === ENTRIES_AT_ONCE;
  });

async function tell(room: MessagesRoom, tx: Tx, news: News, now: EpochMs): Promise<void> {
  const stack = news.stack === undefined ? undefined : room.stack(news.stack);
  const wanting = destinationsFor(room.destinations, news, stack);
  if (wanting.length === 0) return;
  const thread = await threadFor(room, tx, news, now);
  for (const { destination } of wanting) {
    const { key } = news;
    const since = epochMs(now - REPEATED_MS);
    if (key !== undefined && (await wasSaid(tx, { destination: destination.name, key, since }))) continue;
    await insertMessage(tx, { ...news, destination: destination.name, thread, madeAt: now });
  }
}

/** One thread a change: its pull request; else that of the same meaning, as after a merge; else its commit. */
async function threadFor(room: MessagesRoom, tx: Tx, news: News, now: EpochMs): Promise<string> {
  const id = news.plan === undefined ? undefined : parsePlanId(news.plan);
  const plan = id === undefined ? undefined : await room.plan(id);
  const { stack, fingerprint } = news;
  const known =
    stack === undefined || fingerprint === undefined
      ? undefined
      : await threadOfMeaning(tx, { stack, fingerprint, since: epochMs(now - REPEATED_MS) });
  return threadOf(news, plan, known);
}
