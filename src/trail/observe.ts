import { sql } from 'kysely';
import type { EpochMs, GrantId } from '#core-values';
import { type Grant, selectGrant, sessionLimitsOf } from '#credentials';
import { inTransaction, type Tx } from '#platform';
import {
  type ActionSeen,
  allowedActions,
  isDenied,
  readSessionPolicy,
  type StepTaken,
  seenOf,
  stepsTaken,
} from './core/index.ts';
import type { TrailRoom } from './room.ts';

const HOUR_MS = 3_600_000;
/** Log files come some minutes after the call, and their digest within the hour. */
const SETTLED_AFTER_MS = HOUR_MS;
/** What is not proven by then never will be. */
const GIVEN_UP_AFTER_MS = 7 * 24 * HOUR_MS;
/** Applies of before the trail was named here are not gone back for. */
const LOOKED_BACK_MS = 14 * 24 * HOUR_MS;
const MOST_PER_RUN = 200;
const MOST_ROWS = 100_000;

type Ignored = 'not-applied' | 'finding' | 'unproven' | 'no-review' | 'same-plan' | 'full';

/**
 * Counts what applies were seen to call, each apply once and each plan once. Only what is proven counts: every call of the grant stands in
 * a file that a verified digest names, digests cover the time after it, and nothing about the grant was found.
 */
export async function observeApplies(room: TrailRoom, now: EpochMs): Promise<void> {
  const { rows } = await sql<{ id: GrantId }>`
    SELECT id FROM grants WHERE purpose = 'apply' AND ended_at BETWEEN ${new Date(now - LOOKED_BACK_MS)}
        AND ${new Date(now - SETTLED_AFTER_MS)}
      AND NOT EXISTS (SELECT 1 FROM observed_applies WHERE grant_id = grants.id)
    ORDER BY id LIMIT ${MOST_PER_RUN}`.execute(room.db);
  for (const { id } of rows) {
    const grant = await selectGrant(room.db, id);
    if (grant !== undefined) await observe(room, grant, now);
  }
}

async function observe(room: TrailRoom, grant: Grant, now: EpochMs): Promise<void> {
  const { plan, endedAt } = grant;
  if (plan === undefined || endedAt === undefined) return;
  const ignore = (why: Ignored) => inTransaction(room.db, (tx) => insertIgnored(tx, grant, why, now));
  if (grant.status !== 'finished' || !(await room.wasApplied(plan.id))) return ignore('not-applied');
  if (await isFound(room, grant)) return ignore('finding');
  const called = await provenCalls(room, grant, endedAt);
  if (called === undefined) return now > endedAt + GIVEN_UP_AFTER_MS ? ignore('unproven') : undefined;
  const limits = await sessionLimitsOf(room.db, grant);
  const policy = readSessionPolicy(limits.sessionPolicy, limits.managedPolicyArns);
  const review = await room.reviewOf(plan.id);
  if (policy === undefined || !review.ok) return ignore('no-review');
  const granted = allowedActions(policy);
  const steps = stepsTaken(review.value).map((step) => ({ step, seen: seenOf(step, granted, called) }));
  await inTransaction(room.db, async (tx) => {
    if (await isFull(tx)) return insertIgnored(tx, grant, 'full', now);
    if (!(await insertObserved(tx, grant, plan.fingerprint, now)))
      return insertIgnored(tx, grant, 'same-plan', now);
    for (const { step, seen } of steps) await count(tx, step, seen, endedAt);
  });
}

async function isFound({ db }: TrailRoom, { id }: Grant): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM trail_findings WHERE grant_id = ${id}
    UNION ALL SELECT 1 FROM trail_calls WHERE grant_id = ${id} AND rule IS NOT NULL LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** The actions that AWS let the grant call; `undefined` while that is not proven, or not complete. */
async function provenCalls(
  { db }: TrailRoom,
  { id, account }: Grant,
  endedAt: EpochMs,
): Promise<ReadonlySet<string> | undefined> {
  const { rows } = await sql<{ action: string; error_code: string | null; vouched: boolean }>`
    SELECT DISTINCT action, error_code, vouched_by IS NOT NULL AS vouched
    FROM trail_calls JOIN trail_files ON trail_files.name = trail_calls.file WHERE grant_id = ${id}`.execute(
    db,
  );
  // A chain that had ended long before is of a trail that is gone.
  const chains = await sql<{ covered: boolean }>`
    SELECT max(named_at) > ${new Date(endedAt + SETTLED_AFTER_MS)} AS covered FROM trail_files
    WHERE kind = 'digest' AND signature IS NOT NULL AND account_id = ${account} AND chain NOT LIKE '%\_backfill'
    GROUP BY chain HAVING max(named_at) > ${new Date(endedAt - 24 * HOUR_MS)}`.execute(db);
  const isCovered = chains.rows.length > 0 && chains.rows.every(({ covered }) => covered);
  if (!isCovered || rows.length === 0 || rows.some(({ vouched }) => !vouched)) return undefined;
  const passed = rows.filter(({ error_code: errorCode }) => errorCode === null || !isDenied({ errorCode }));
  return new Set(passed.map(({ action }) => action));
}

const isFull = async (tx: Tx): Promise<boolean> => {
  const { rows } = await sql<{ full: boolean }>`
    SELECT count(*) >= ${MOST_ROWS} AS full FROM observed_actions`.execute(tx);
  return rows[0]?.full ?? true;
};

/** `false` where the grant or its plan counted before. */
async function insertObserved(tx: Tx, { id }: Grant, fingerprint: string, now: EpochMs): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO observed_applies (grant_id, fingerprint, looked_at) VALUES (${id}, ${fingerprint}, ${new Date(now)})
    ON CONFLICT DO NOTHING RETURNING 1`.execute(tx);
  return rows.length === 1;
}

async function insertIgnored(tx: Tx, { id, plan }: Grant, why: Ignored, now: EpochMs): Promise<void> {
  await sql`
    INSERT INTO observed_applies (grant_id, fingerprint, looked_at, ignored)
    VALUES (${id}, ${plan?.fingerprint ?? ''}, ${new Date(now)}, ${why}) ON CONFLICT DO NOTHING`.execute(tx);
}

async function count(
  tx: Tx,
  { provider, type, step }: StepTaken,
  seen: readonly ActionSeen[],
  endedAt: EpochMs,
): Promise<void> {
  const at = new Date(endedAt);
  await sql`
    INSERT INTO observed_steps AS steps (provider, resource_type, step, applies, since, until)
    VALUES (${provider}, ${type}, ${step}, 1, ${at}, ${at})
    ON CONFLICT (provider, resource_type, step) DO UPDATE
    SET applies = steps.applies + 1, since = least(steps.since, ${at}), until = greatest(steps.until, ${at})`.execute(
    tx,
  );
  const byAction = new Map(seen.map(({ action, wasCalled }) => [action, wasCalled ? 1 : 0]));
  for (const [action, called] of [...byAction].toSorted()) {
    await sql`
      INSERT INTO observed_actions AS actions (provider, resource_type, step, action, granted, called)
      VALUES (${provider}, ${type}, ${step}, ${action}, 1, ${called})
      ON CONFLICT (provider, resource_type, step, action) DO UPDATE
      SET granted = actions.granted + 1, called = actions.called + ${called}`.execute(tx);
  }
}
