import { sql } from 'kysely';
import { slotOf } from '../core/spool/rows.ts';
import type { SloRoom } from '../room.ts';
import { forgetSpool } from '../store/spool.ts';

/** Logs are known for longer than their requests are kept: an old one that is copied back must not count again. */
const LOGS_KEPT_MS = 400 * 86_400_000;

/** Forgets requests, deliveries, lines that could not be read, and counts, each after its time. */
export async function forgetOldRequests(room: SloRoom): Promise<void> {
  const now = room.clock.now();
  const { retentionMs, countsRetentionMs } = room.keeping();
  const before = new Date(now - retentionMs);
  const countsBefore = now - countsRetentionMs;
  await room.inTransaction((tx) => forgetSpool(tx, slotOf(now - retentionMs)));
  await room.inTransaction(async (tx) => {
    // Their requests would be too late by now in any case.
    await sql`DELETE FROM slo_deliveries WHERE taken_at < ${before}`.execute(tx);
    await sql`DELETE FROM slo_unparsed WHERE last_at < ${before}`.execute(tx);
    await sql`DELETE FROM slo_logs WHERE last_at < ${new Date(now - LOGS_KEPT_MS)}`.execute(tx);
    await sql`DELETE FROM slo_log_places WHERE seen_at < ${new Date(now - LOGS_KEPT_MS)}`.execute(tx);
    await sql`DELETE FROM slo_counts WHERE hour < ${Math.floor(countsBefore / 3_600_000)}`.execute(tx);
    for (const table of ['slo_screen_slots', 'slo_causes', 'slo_route_slots'])
      await sql`DELETE FROM ${sql.table(table)} WHERE slot < ${slotOf(countsBefore)}`.execute(tx);
  });
}
