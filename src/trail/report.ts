import { sql } from 'kysely';
import { type EpochMs, formatTime, type GrantId, type Language } from '#core-values';
import { type Grant, selectGrant, sessionLimitsOf } from '#credentials';
import type { Db } from '#platform';
import type { GrantReport, TrailReport } from './core/api.ts';
import { allowedActions, findingMessage, findingRemedy, neverUsed, readSessionPolicy } from './core/index.ts';
import { type KeptFinding, selectFindings } from './store.ts';

const MOST_GRANTS = 200;
const MOST_FINDINGS = 500;

/** For each grant asked for since then, what it was used for; and everything found since. Newest first, bounded. */
export async function trailReport(db: Db, since: EpochMs, language: Language): Promise<TrailReport> {
  const found = await selectFindings(db, since, MOST_FINDINGS + 1);
  const findings = found.slice(0, MOST_FINDINGS).map((one) => findingAnswer(one, language));
  const ids = await grantsSince(db, since);
  const grants: GrantReport[] = [];
  for (const id of ids.slice(0, MOST_GRANTS)) {
    const grant = await selectGrant(db, id);
    if (grant !== undefined) grants.push(await grantReport(db, grant));
  }
  const isCut = found.length > MOST_FINDINGS || ids.length > MOST_GRANTS;
  return { since: formatTime(since), grants, findings, isCut };
}

export const findingAnswer = (
  { rule, severity, foundAt, grant, file, eventId, facts }: KeptFinding,
  language: Language,
): TrailReport['findings'][number] => ({
  rule,
  severity,
  foundAt: formatTime(foundAt),
  message: findingMessage({ rule, facts })[language],
  remedy: findingRemedy(rule)[language],
  ...(grant !== undefined && { grant }),
  ...(file !== undefined && { file }),
  ...(eventId !== undefined && { event: eventId }),
});

/** Grants that were called with since then, and those that were asked for since then and called nothing. */
async function grantsSince(db: Db, since: EpochMs): Promise<readonly GrantId[]> {
  const from = new Date(since);
  const { rows } = await sql<{ id: GrantId }>`
    SELECT id FROM grants WHERE issued_at IS NOT NULL AND requested_at >= ${from}
    UNION SELECT grant_id FROM trail_calls WHERE grant_id IS NOT NULL AND at >= ${from}
    ORDER BY id DESC LIMIT ${MOST_GRANTS + 1}`.execute(db);
  return rows.map(({ id }) => id);
}

export async function grantReport(db: Db, grant: Grant): Promise<GrantReport> {
  const { rows } = await sql<{ action: string; calls: number; failed: number; found: number }>`
    SELECT action, count(*)::int AS calls, count(error_code)::int AS failed, count(rule)::int AS found
    FROM trail_calls WHERE grant_id = ${grant.id} GROUP BY action ORDER BY action`.execute(db);
  const limits = await sessionLimitsOf(db, grant);
  const policy = readSessionPolicy(limits.sessionPolicy, limits.managedPolicyArns);
  const called = rows.map(({ action }) => action);
  return {
    grant: grant.id,
    stack: grant.stack,
    purpose: grant.purpose,
    status: grant.status,
    actions: rows,
    neverUsed: policy === undefined ? [] : [...neverUsed(allowedActions(policy), called)],
  };
}
