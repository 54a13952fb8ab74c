import { sql } from 'kysely';
import { type EpochMs, epochMs, type GrantId } from '#core-values';
import type { Db, Tx } from '#platform';
import type { FindingFacts, FindingRule, KnownDigest, Severity, TrailFinding } from './core/index.ts';

/** A delivered file that was read, or that there was nothing to read of. */
export interface FileRead {
  readonly name: string;
  readonly kind: 'log' | 'digest';
  readonly account: string;
  readonly region: string;
  readonly at: EpochMs;
  readonly sha256?: string;
  readonly chain?: string;
  readonly signature?: string;
  readonly calls?: number;
}

/** `false` when the file was read before: nothing of it counts again. */
export async function insertFile(tx: Tx, file: FileRead, readAt: EpochMs): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO trail_files (name, kind, account_id, region, named_at, read_at, content_sha256, chain, signature, calls)
    VALUES (${file.name}, ${file.kind}, ${file.account}, ${file.region}, ${new Date(file.at)}, ${new Date(readAt)},
      ${file.sha256 ?? null}, ${file.chain ?? null}, ${file.signature ?? null}, ${file.calls ?? 0})
    ON CONFLICT DO NOTHING RETURNING 1`.execute(tx);
  return rows.length === 1;
}

/** Those of the names that were not read yet, in their order. */
export async function unreadOf(db: Db, names: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM trail_files WHERE name = ANY (${names})`.execute(db);
  const known = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !known.has(name));
}

/** The content hashes of log files that were read; `null` where there was none to read. */
export async function hashesOf(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await sql<{ name: string; content_sha256: string | null }>`
    SELECT name, content_sha256 FROM trail_files WHERE name = ANY (${names})`.execute(db);
  return new Map(rows.map(({ name, content_sha256 }) => [name, content_sha256]));
}

export async function vouch(tx: Tx, names: readonly string[], digest: string): Promise<void> {
  await sql`UPDATE trail_files SET vouched_by = ${digest} WHERE name = ANY (${names}) AND vouched_by IS NULL`.execute(
    tx,
  );
}

export async function knownDigest(db: Db, name: string): Promise<KnownDigest | undefined> {
  const { rows } = await sql<{ sha256: string; signature: string }>`
    SELECT content_sha256 AS sha256, signature FROM trail_files
    WHERE name = ${name} AND content_sha256 IS NOT NULL AND signature IS NOT NULL`.execute(db);
  return rows[0];
}

/** Whether a proven digest of the chain was read: one that somebody planted begins no chain. */
export async function isChainKnown(db: Db, chain: string): Promise<boolean> {
  const { rows } =
    await sql`SELECT 1 FROM trail_files WHERE chain = ${chain} AND signature IS NOT NULL LIMIT 1`.execute(db);
  return rows.length > 0;
}

export interface CallRead {
  readonly eventId: string;
  readonly file: string;
  readonly at: EpochMs;
  readonly grant?: GrantId;
  readonly roleArn: string;
  readonly session: string;
  readonly account: string;
  readonly region: string;
  readonly action: string;
  readonly resource?: string;
  readonly readOnly: boolean;
  readonly errorCode?: string;
  readonly rule?: FindingRule;
}

/** `false` when CloudTrail delivered the call before. */
export async function insertCall(tx: Tx, call: CallRead): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO trail_calls (event_id, file, at, grant_id, role_arn, session_name, account_id, region, action, resource,
      read_only, error_code, rule)
    VALUES (${call.eventId}, ${call.file}, ${new Date(call.at)}, ${call.grant ?? null}, ${call.roleArn}, ${call.session},
      ${call.account}, ${call.region}, ${call.action}, ${call.resource ?? null}, ${call.readOnly},
      ${call.errorCode ?? null}, ${call.rule ?? null})
    ON CONFLICT DO NOTHING RETURNING 1`.execute(tx);
  return rows.length === 1;
}

/** A finding with what it was found in. */
export interface FindingFound extends TrailFinding {
  /** The same for the same thing: it is found once. */
  readonly key: string;
  readonly grant?: GrantId;
  readonly file?: string;
  readonly eventId?: string;
}

/** `false` when it was found before. */
export async function insertFinding(tx: Tx, found: FindingFound, at: EpochMs): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO trail_findings (key, rule, severity, found_at, grant_id, file, event_id, facts)
    VALUES (${found.key}, ${found.rule}, ${found.severity}, ${new Date(at)}, ${found.grant ?? null},
      ${found.file ?? null}, ${found.eventId ?? null}, ${JSON.stringify(found.facts)}::jsonb)
    ON CONFLICT DO NOTHING RETURNING 1`.execute(tx);
  return rows.length === 1;
}

export interface KeptFinding {
  readonly key: string;
  readonly rule: FindingRule;
  readonly severity: Severity;
  readonly foundAt: EpochMs;
  readonly grant?: GrantId;
  readonly file?: string;
  readonly eventId?: string;
  readonly facts: FindingFacts;
}

interface FindingRow {
  readonly key: string;
  readonly rule: FindingRule;
  readonly severity: Severity;
  readonly found_at: Date;
  readonly grant_id: GrantId | null;
  readonly file: string | null;
  readonly event_id: string | null;
  readonly facts: FindingFacts;
}

/** Newest first. */
export async function selectFindings(db: Db, since: EpochMs, limit: number): Promise<readonly KeptFinding[]> {
  const { rows } = await sql<FindingRow>`
    SELECT * FROM trail_findings WHERE found_at >= ${new Date(since)}
    ORDER BY found_at DESC, key LIMIT ${limit}`.execute(db);
  return rows.map(findingOf);
}

/** About one grant, newest first; far more than anybody reads. */
export async function findingsOfGrant(db: Db, grant: GrantId): Promise<readonly KeptFinding[]> {
  const { rows } = await sql<FindingRow>`
    SELECT * FROM trail_findings WHERE grant_id = ${grant} ORDER BY found_at DESC, key LIMIT 200`.execute(db);
  return rows.map(findingOf);
}

/** What people must still be told. */
export async function selectUnalarmed(db: Db): Promise<readonly KeptFinding[]> {
  const { rows } = await sql<FindingRow>`
    SELECT * FROM trail_findings WHERE alarmed_at IS NULL ORDER BY found_at, key LIMIT 1000`.execute(db);
  return rows.map(findingOf);
}

export async function updateAlarmed(db: Db, keys: readonly string[], at: EpochMs): Promise<void> {
  await sql`UPDATE trail_findings SET alarmed_at = ${new Date(at)} WHERE key = ANY (${keys})`.execute(db);
}

const findingOf = (row: FindingRow): KeptFinding => ({
  key: row.key,
  rule: row.rule,
  severity: row.severity,
  foundAt: epochMs(row.found_at.getTime()),
  facts: row.facts,
  ...(row.grant_id !== null && { grant: row.grant_id }),
  ...(row.file !== null && { file: row.file }),
  ...(row.event_id !== null && { eventId: row.event_id }),
});

export interface RunDone {
  readonly startedAt: EpochMs;
  readonly since: EpochMs;
  readonly complete: boolean;
  readonly files: number;
  readonly calls: number;
  readonly findings: number;
}

export async function insertRun(tx: Tx, run: RunDone, endedAt: EpochMs): Promise<void> {
  await sql`
    INSERT INTO trail_runs (started_at, ended_at, since, complete, files, calls, findings)
    VALUES (${new Date(run.startedAt)}, ${new Date(endedAt)}, ${new Date(run.since)}, ${run.complete}, ${run.files},
      ${run.calls}, ${run.findings})`.execute(tx);
}
