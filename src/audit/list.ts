import { sql } from 'kysely';
import { type AuditEntryId, err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Db } from '#platform';
import { type AuditRecord, parseLeaf } from './core/index.ts';
import { auditSize } from './counts.ts';

export interface AuditFilter {
  /** `grant.refused`, or `grant` for everything about grants. */
  readonly kind?: string;
  readonly stack?: string;
  readonly grant?: string;
  readonly actor?: string;
  readonly outcome?: string;
  readonly plan?: string;
  /** In the whole text of an entry, upper and lower case alike. */
  readonly text?: string;
  /** ISO 8601 times: at or after, and before. */
  readonly since?: string;
  readonly until?: string;
}

export interface AuditPageRequest {
  readonly filter?: AuditFilter;
  /** The last position of the page before; newest first, so what follows is older. */
  readonly before?: number;
  /** At most 500. */
  readonly limit?: number;
  /** How many entries a search in texts looks at; 20,000 if left out. */
  readonly mostSearched?: number;
}

export interface AuditPage {
  readonly entries: readonly AuditRecord[];
  /** Give it as `before` for the next page; absent on the last. */
  readonly next?: number;
}

const MOST_PER_PAGE = 500;
const PER_PAGE = 50;
/** What no index knows is looked for in so many entries; the next page goes on before them. */
const MOST_SEARCHED = 20_000;

/** Newest entries first. A page of a search in texts may hold fewer than asked for, and yet not be the last. */
export async function listAudit(db: Db, request: AuditPageRequest = {}): Promise<AuditPage> {
  const { filter = {}, before, limit = PER_PAGE, mostSearched = MOST_SEARCHED } = request;
  const many = Math.min(Math.max(1, limit), MOST_PER_PAGE);
  if (filter.text === undefined && filter.plan === undefined) return page(db, filter, before, many, 0);
  const end = before ?? (await auditSize(db));
  const from = Math.max(0, end - mostSearched);
  const found = await page(db, filter, end, many, from);
  return found.next === undefined && from > 0 ? { ...found, next: from } : found;
}

async function page(
  db: Db,
  filter: AuditFilter,
  before: number | undefined,
  many: number,
  from: number,
): Promise<AuditPage> {
  const conditions = [
    from === 0 ? undefined : sql`position >= ${from}`,
    filter.plan === undefined
      ? undefined
      : sql`CASE WHEN strpos(leaf, ${filter.plan}) > 0 THEN leaf::jsonb -> 'subject' ->> 'plan' = ${filter.plan} ELSE false END`,
    filter.text === undefined ? undefined : sql`strpos(lower(leaf), ${inJson(filter.text)}) > 0`,
    before === undefined ? undefined : sql`position < ${before}`,
    filter.kind === undefined ? undefined : kindCondition(filter.kind),
    filter.stack === undefined ? undefined : sql`stack = ${filter.stack}`,
    filter.grant === undefined ? undefined : sql`grant_id = ${filter.grant}`,
    filter.actor === undefined ? undefined : sql`actor_name = ${filter.actor}`,
    filter.outcome === undefined ? undefined : sql`outcome = ${filter.outcome}`,
    filter.since === undefined ? undefined : sql`at >= ${filter.since}`,
    filter.until === undefined ? undefined : sql`at < ${filter.until}`,
  ].filter((condition) => condition !== undefined);
  const where = conditions.length === 0 ? sql`` : sql`WHERE ${sql.join(conditions, sql` AND `)}`;
  const { rows } = await sql<{ leaf: string }>`
    SELECT leaf FROM audit_entries ${where} ORDER BY position DESC LIMIT ${many + 1}`.execute(db);
  const entries = rows.slice(0, many).map(({ leaf }) => recordOf(leaf));
  const last = entries.at(-1);
  return rows.length > many && last !== undefined ? { entries, next: last.position } : { entries };
}

/** As it stands in an entry's JSON. */
const inJson = (words: string): string => JSON.stringify(words).slice(1, -1).toLowerCase();

/** A kind, or with it everything whose name begins with it and a dot. */
const kindCondition = (kind: string) =>
  // '/' is the character after '.', so this is the range of all names with the prefix.
  sql`(kind = ${kind} OR (kind >= ${`${kind}.`} AND kind < ${`${kind}/`}))`;

export interface AuditEntryFound {
  readonly record: AuditRecord;
  /** The exact text that is hashed. */
  readonly leaf: string;
}

export async function findAuditEntry(db: Db, id: AuditEntryId): Promise<Result<AuditEntryFound, Problem>> {
  const { rows } = await sql<{ leaf: string }>`
    SELECT leaf FROM audit_entries WHERE position = ${id}`.execute(db);
  const [row] = rows;
  return row === undefined ? err(noSuchEntry(id)) : ok({ record: recordOf(row.leaf), leaf: row.leaf });
}

/** Throws on what only somebody with access to the database can have done. */
export function recordOf(leaf: string): AuditRecord {
  const record = parseLeaf(leaf);
  if (record === undefined) {
    throw new Error('An audit entry is damaged in the database; `sekisho audit verify` tells which.');
  }
  return record;
}

const noSuchEntry = (id: AuditEntryId): Problem =>
  problem('not-found', {
    rule: 'audit.no-such-entry',
    message: text(`The audit log has no entry ${id}.`, `監査ログに ${id} 番のエントリはありません。`),
    remedy: text(
      'List the entries with `sekisho audit list`.',
      '`sekisho audit list` で一覧を確認してください。',
    ),
  });
