import { sql } from 'kysely';
import { z } from 'zod';
import { type EpochMs, epochMs, type Text, verbatim } from '#core-values';
import type { Db, Tx } from '#platform';
import type { MessageTables } from './tables.ts';

/** Longer than any way of sending takes before it gives up. */
const LEASE_MS = 60_000;

/**
 * Takes or prolongs the right to send to a destination; `false` while another replica has it or the destination rests. A replica that dies
 * loses it after a minute.
 */
export async function leaseDestination(db: Db, name: string, now: EpochMs): Promise<boolean> {
  const until = new Date(now + LEASE_MS);
  const { rows } = await sql`
    INSERT INTO message_destinations AS d (name, leased_until) VALUES (${name}, ${until})
    ON CONFLICT (name) DO UPDATE SET leased_until = excluded.leased_until
      WHERE (d.leased_until IS NULL OR d.leased_until <= ${new Date(now)})
        AND (d.next_try_at IS NULL OR d.next_try_at <= ${new Date(now)})
    RETURNING name`.execute(db);
  return rows.length === 1;
}

export async function prolongLease(tx: Tx, name: string, now: EpochMs): Promise<void> {
  await tx
    .withTables<MessageTables>()
    .updateTable('message_destinations')
    .set({ leased_until: new Date(now + LEASE_MS), attempts: 0, next_try_at: null, problem: null })
    .where('name', '=', name)
    .execute();
}

export async function releaseDestination(db: Db, name: string): Promise<void> {
  await db
    .withTables<MessageTables>()
    .updateTable('message_destinations')
    .set({ leased_until: null })
    .where('name', '=', name)
    .execute();
}

/** How often in a row it failed, this time included. */
export async function countFailure(tx: Tx, name: string): Promise<number> {
  const { rows } = await sql<{ attempts: number }>`
    SELECT attempts FROM message_destinations WHERE name = ${name} FOR UPDATE`.execute(tx);
  return (rows[0]?.attempts ?? 0) + 1;
}

export async function restDestination(
  tx: Tx,
  name: string,
  rest: { readonly attempts: number; readonly until: EpochMs; readonly why: Text },
): Promise<void> {
  await tx
    .withTables<MessageTables>()
    .updateTable('message_destinations')
    .set({
      attempts: rest.attempts,
      next_try_at: new Date(rest.until),
      problem: JSON.stringify(rest.why),
      leased_until: null,
    })
    .where('name', '=', name)
    .execute();
}

export interface DestinationHealth {
  readonly name: string;
  readonly open: number;
  readonly oldestAt?: EpochMs;
  readonly lastSentAt?: EpochMs;
  readonly attempts: number;
  readonly nextTryAt?: EpochMs;
  readonly problem?: Text;
}

const bothLanguages = z.object({ en: z.string(), ja: z.string() });

/** What was kept before it was kept in both languages is English. */
function textOf(kept: string): Text {
  if (!kept.startsWith('{')) return verbatim(kept);
  return bothLanguages.parse(JSON.parse(kept));
}

/** How each destination does that ever had a message. */
export async function destinationHealth(db: Db): Promise<readonly DestinationHealth[]> {
  const { rows } = await sql<{
    name: string;
    open: number;
    oldest: Date | null;
    sent: Date | null;
    attempts: number | null;
    next_try_at: Date | null;
    problem: string | null;
  }>`
    SELECT m.destination AS name, count(*) FILTER (WHERE m.ended_at IS NULL)::int AS open,
      min(m.made_at) FILTER (WHERE m.ended_at IS NULL) AS oldest,
      max(m.ended_at) FILTER (WHERE m.ending = 'sent') AS sent, d.attempts, d.next_try_at, d.problem
    FROM messages AS m LEFT JOIN message_destinations AS d ON d.name = m.destination
    GROUP BY m.destination, d.attempts, d.next_try_at, d.problem ORDER BY m.destination`.execute(db);
  return rows.map(({ name, open, oldest, sent, attempts, next_try_at, problem }) => ({
    name,
    open,
    attempts: attempts ?? 0,
    ...(oldest === null ? {} : { oldestAt: epochMs(oldest.getTime()) }),
    ...(sent === null ? {} : { lastSentAt: epochMs(sent.getTime()) }),
    ...(next_try_at === null ? {} : { nextTryAt: epochMs(next_try_at.getTime()) }),
    ...(problem === null ? {} : { problem: textOf(problem) }),
  }));
}
