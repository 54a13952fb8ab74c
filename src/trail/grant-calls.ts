import { sql } from 'kysely';
import { epochMs, formatTime, type Language } from '#core-values';
import type { Grant } from '#credentials';
import type { Db } from '#platform';
import type { grantCallsAnswer } from './core/grant-calls-api.ts';
import { trailReadUntil } from './counts.ts';
import { findingAnswer, grantReport } from './report.ts';
import { findingsOfGrant } from './store.ts';

interface CallRow {
  readonly event_id: string;
  readonly at: Date;
  readonly action: string;
  readonly region: string;
  readonly resource: string | null;
  readonly read_only: boolean;
  readonly error_code: string | null;
  readonly rule: string | null;
}

export interface CallsAsked {
  /** Calls before the page: what was called never changes, only more arrives at the end. */
  readonly cursor: number;
  readonly limit: number;
  readonly isCompared: boolean;
  readonly language: Language;
}

/** A page of what a grant called, with what it never used and what was found. */
export async function callsOf(
  db: Db,
  grant: Grant,
  { cursor, limit, isCompared, language }: CallsAsked,
): Promise<(typeof grantCallsAnswer)['_output']> {
  const { rows } = await sql<CallRow>`
    SELECT event_id, at, action, region, resource, read_only, error_code, rule FROM trail_calls
    WHERE grant_id = ${grant.id} ORDER BY at, event_id OFFSET ${cursor} LIMIT ${limit}`.execute(db);
  const report = await grantReport(db, grant);
  const total = report.actions.reduce((sum, { calls }) => sum + calls, 0);
  const until = await trailReadUntil(db);
  const findings = await findingsOfGrant(db, grant.id);
  return {
    ...report,
    compared: isCompared,
    ...(until === undefined ? {} : { readUntil: formatTime(until) }),
    total,
    calls: rows.map((row) => ({
      at: formatTime(epochMs(row.at.getTime())),
      action: row.action,
      region: row.region,
      ...(row.resource === null ? {} : { resource: row.resource }),
      readOnly: row.read_only,
      ...(row.error_code === null ? {} : { error: row.error_code }),
      ...(row.rule === null ? {} : { rule: row.rule }),
      event: row.event_id,
    })),
    ...(cursor + limit < total ? { next: cursor + limit } : {}),
    findings: findings.map((one) => findingAnswer(one, language)),
  };
}
