import { sql } from 'kysely';
import type { Db } from '#platform';

/** Everything that counts, without what tells when and how it came to be. */
export async function allCounts(db: Db): Promise<unknown> {
  const ask = async (query: string) => (await sql.raw(query).execute(db)).rows;
  return {
    counts: await ask(`SELECT kind, name, customer, hour, good, total, encode(minutes, 'hex') AS minutes
      FROM slo_counts JOIN slo_series ON id = series ORDER BY kind, name, customer, hour`),
    screens: await ask('SELECT * FROM slo_screen_slots ORDER BY screen, customer, slot'),
    causes: await ask('SELECT * FROM slo_causes ORDER BY screen, customer, slot, kind, requests'),
    routes:
      await ask(`SELECT route, slot, total, failed, abandoned, measured, encode(latencies, 'hex') AS latencies
      FROM slo_route_slots ORDER BY route, slot`),
    spooled: await ask('SELECT slot, sum(requests) AS requests FROM slo_spool GROUP BY slot ORDER BY slot'),
    sources: await ask(
      'SELECT name, lines, requests, skipped, unparsed, too_late, too_early FROM slo_sources ORDER BY name',
    ),
  };
}
