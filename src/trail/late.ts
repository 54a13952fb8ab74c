import { sql } from 'kysely';
import { type EpochMs, epochMs, formatTime } from '#core-values';
import { inTransaction } from '#platform';
import { keepFindings } from './found.ts';
import { ofFile } from './read-log.ts';
import type { TrailRoom } from './room.ts';
import type { FindingFound } from './store.ts';

/** A digest comes every hour; with delivery and some patience. */
const DIGEST_LATE_MS = 3 * 3_600_000;
/** A log file that was late itself is named by a backfill digest. */
const UNSIGNED_AFTER_MS = 24 * 3_600_000;

/** What is missing: digests that stopped coming, accounts without any, log files that no digest names. Answers how many are new. */
export async function findWhatIsMissing(room: TrailRoom, now: EpochMs): Promise<number> {
  const late = new Date(now - DIGEST_LATE_MS);
  const found: readonly FindingFound[] = [
    ...(await accountsWithoutDigests(room, late)),
    ...(await chainsThatStopped(room, late)),
    ...(await unsignedFiles(room)),
  ];
  return found.length === 0 ? 0 : inTransaction(room.db, (tx) => keepFindings(tx, found, now));
}

async function accountsWithoutDigests({ db }: TrailRoom, late: Date): Promise<readonly FindingFound[]> {
  const { rows } = await sql<{ account: string }>`
    SELECT DISTINCT account_id AS account FROM trail_files AS logs WHERE kind = 'log' AND named_at < ${late}
      AND NOT EXISTS (SELECT 1 FROM trail_files WHERE kind = 'digest' AND account_id = logs.account_id)`.execute(
    db,
  );
  return rows.map(({ account }) => ({
    rule: 'trail.no-digests',
    severity: 'medium',
    facts: { account },
    key: `trail.no-digests|${account}`,
  }));
}

async function chainsThatStopped({ db }: TrailRoom, late: Date): Promise<readonly FindingFound[]> {
  const { rows } = await sql<{ chain: string; at: Date }>`
    SELECT chain, max(named_at) AS at FROM trail_files WHERE kind = 'digest' AND chain NOT LIKE '%\_backfill'
    GROUP BY chain HAVING max(named_at) < ${late}`.execute(db);
  return rows.map(({ chain, at: last }) => {
    const at = formatTime(epochMs(last.getTime()));
    return {
      rule: 'trail.digests-stopped',
      severity: 'high',
      facts: { chain, at },
      key: `trail.digests-stopped|${chain}|${at}`,
    };
  });
}

async function unsignedFiles({ db }: TrailRoom): Promise<readonly FindingFound[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM trail_files AS logs WHERE kind = 'log' AND vouched_by IS NULL
      AND named_at < (SELECT max(named_at) FROM trail_files AS digests WHERE kind = 'digest' AND signature IS NOT NULL
        AND digests.account_id = logs.account_id AND digests.region = logs.region)
        - make_interval(secs => ${UNSIGNED_AFTER_MS / 1000})
      AND NOT EXISTS (SELECT 1 FROM trail_findings
        WHERE key IN ('trail.file-unsigned|' || logs.name, 'trail.file-altered|' || logs.name))
    ORDER BY name LIMIT 1000`.execute(db);
  return rows.map(({ name }) => ofFile('trail.file-unsigned', 'high', name));
}
