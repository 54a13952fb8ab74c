import { type Kysely, sql } from 'kysely';
import type { PlanDigest, StackName } from '#core-values';
import { PLAN_COLUMNS, planOfRow, type StoredPlan, type StoredPlanRow } from './plans.ts';

/** A plan as a job asks for it, and the run that the job belongs to. */
export interface AskedPlan {
  readonly digest: PlanDigest;
  readonly stack: StackName;
  readonly runId: string;
  readonly runAttempt: number;
}

export interface FoundPlan {
  readonly plan: StoredPlan;
  readonly recordSealed: Uint8Array;
}

/** A re-plan may have produced the very same bytes, but hardly more often. */
const PLANS_OF_ONE_DIGEST = 20;
const COLUMNS = sql.join(PLAN_COLUMNS.map((column) => sql.ref(column)));

/**
 * For each the newest plan of these bytes; one of this very stack and run before any other, so that a refusal fits. In the order
 * asked; `undefined` where nobody uploaded the bytes.
 */
export async function findAskedPlans(
  db: Kysely<object>,
  asked: readonly AskedPlan[],
): Promise<readonly (FoundPlan | undefined)[]> {
  const { rows } = await sql<StoredPlanRow & { readonly place: number; readonly record_sealed: Uint8Array }>`
    SELECT asked.place, found.*
    FROM unnest(${asked.map(({ digest }) => digest)}::text[], ${asked.map(({ stack }) => stack)}::text[],
      ${asked.map(({ runId }) => runId)}::text[], ${asked.map(({ runAttempt }) => runAttempt)}::bigint[])
      WITH ORDINALITY AS asked (digest, stack, run_id, run_attempt, place)
    CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT ${COLUMNS}, record_sealed FROM plans WHERE plans.digest = asked.digest
        ORDER BY id DESC LIMIT ${sql.lit(PLANS_OF_ONE_DIGEST)}
      ) AS newest
      ORDER BY (newest.stack = asked.stack) DESC,
        (newest.stack = asked.stack AND newest.run_id = asked.run_id AND newest.run_attempt = asked.run_attempt) DESC,
        newest.id DESC
      LIMIT 1
    ) AS found`.execute(db);
  const found = new Map(
    rows.map((row) => [row.place, { plan: planOfRow(row), recordSealed: row.record_sealed }]),
  );
  return asked.map((_, index) => found.get(index + 1));
}
