import { sql } from 'kysely';
import type { AuditEntryId, EpochMs } from '#core-values';
import type { Tx } from '#platform';
import { appendAudit } from './append.ts';
import type { AuditEntry } from './core/index.ts';

/** How many entries of a topic one hour may bring. */
export interface AuditBound {
  /** What is counted together, in words for people: `refusals of repository 700100`. */
  readonly topic: string;
  readonly mostPerHour: number;
}

const HOUR_MS = 3_600_000;
const hourOf = (at: EpochMs): Date => new Date(Math.floor(at / HOUR_MS) * HOUR_MS);

/**
 * `appendAudit` for what strangers can cause as often as they like: once a topic is full, an entry is only counted, and
 * `undefined` answered; `appendLeftOut` writes the count when the hour is over. `bounds` go from the widest to the narrowest, and
 * the first that is full counts.
 */
export async function appendBounded(
  tx: Tx,
  entry: AuditEntry,
  bounds: readonly AuditBound[],
): Promise<AuditEntryId | undefined> {
  const hour = hourOf(entry.at);
  for (const { topic, mostPerHour } of bounds) {
    if ((await lockTally(tx, topic, hour)) < mostPerHour) continue;
    const at = new Date(entry.at);
    await sql`UPDATE audit_tallies SET left_out = left_out + 1, first_left_out = coalesce(first_left_out, ${at}),
      last_left_out = ${at} WHERE topic = ${topic} AND hour = ${hour}`.execute(tx);
    return undefined;
  }
  const topics = bounds.map(({ topic }) => topic);
  await sql`UPDATE audit_tallies SET written = written + 1 WHERE topic = ANY (${topics}) AND hour = ${hour}`.execute(
    tx,
  );
  return appendAudit(tx, entry);
}

/** Holds the row of the topic, made where there is none, until the transaction ends; answers how many were written. */
async function lockTally(tx: Tx, topic: string, hour: Date): Promise<number> {
  const { rows } = await sql<{ written: number }>`
    INSERT INTO audit_tallies (topic, hour) VALUES (${topic}, ${hour})
    ON CONFLICT (topic, hour) DO UPDATE SET written = audit_tallies.written RETURNING written`.execute(tx);
  return rows[0]?.written ?? 0;
}

/** Ends the hours that are over: one entry for each topic of which something was left out. Safe to repeat. */
export async function appendLeftOut(tx: Tx, now: EpochMs): Promise<void> {
  const { rows } = await sql<{ topic: string; written: number; left_out: number; since: Date; until: Date }>`
    DELETE FROM audit_tallies WHERE hour < ${hourOf(now)}
    RETURNING topic, written, left_out, first_left_out AS since, last_left_out AS until`.execute(tx);
  for (const { topic, written, left_out, since, until } of rows) {
    if (left_out === 0) continue;
    const time = (at: Date): string => at.toISOString();
    await appendAudit(tx, {
      at: now,
      kind: 'audit.entries-left-out',
      actor: { kind: 'server', name: 'sekisho' },
      subject: { other: topic },
      outcome: 'done',
      evidence: { topic, written, leftOut: left_out, since: time(since), until: time(until) },
    });
  }
}
