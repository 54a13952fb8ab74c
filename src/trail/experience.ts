import { sql } from 'kysely';
import { type EpochMs, epochMs, formatTime, type PersonName, type StackName } from '#core-values';
import { isRecordedType, type LeftOut, type ObservedStep } from '#credentials/core';
import type { Db, Tx } from '#platform';

/** What is known of types from the organization's own applies, for compiling the needs of a plan. */
export interface Experience {
  readonly observed: readonly ObservedStep[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * For a plan of the stack, whose lock file names these providers (`registry.terraform.io/hashicorp/aws 5.100.0`): steps that at least so
 * many applies of different plans took, and what people left out.
 */
export async function experienceOf(
  db: Db,
  about: { readonly stack: StackName; readonly providers: readonly string[]; readonly atLeast: number },
): Promise<Experience> {
  const steps = await selectObserved(db, about.providers);
  const left = await selectLeftOut(db);
  return {
    observed: steps
      .filter(({ applies }) => applies >= about.atLeast)
      .map(({ provider: _, since, ...step }) => ({ ...step, since: formatTime(since).slice(0, 10) })),
    leftOut: left.filter(({ stack }) => stack === undefined || stack === about.stack),
  };
}

/** A decision to leave something out, in force. */
export interface LeftOutKept extends LeftOut {
  /** `lft_…` */
  readonly id: string;
  /** Absent: of every stack. */
  readonly stack?: StackName;
  readonly reason: string;
  readonly by: PersonName;
  readonly at: EpochMs;
}

export async function selectLeftOut(db: Db): Promise<readonly LeftOutKept[]> {
  const { rows } = await sql<Row>`
    SELECT * FROM needs_left_out WHERE put_back_at IS NULL ORDER BY left_out_at, id`.execute(db);
  return rows.map((row) => ({
    ...{ id: row.id, type: row.resource_type, action: row.action, reason: row.reason },
    ...{ by: row.left_out_by, at: epochMs(row.left_out_at.getTime()) },
    ...(row.stack !== null && { stack: row.stack }),
  }));
}

interface Row {
  readonly id: string;
  readonly stack: StackName | null;
  readonly resource_type: string;
  readonly action: string;
  readonly reason: string;
  readonly left_out_by: PersonName;
  readonly left_out_at: Date;
}

/** `false` where it is left out already. */
export async function insertLeftOut(tx: Tx, left: LeftOutKept): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO needs_left_out (id, stack, resource_type, action, reason, left_out_by, left_out_at)
    VALUES (${left.id}, ${left.stack ?? null}, ${left.type}, ${left.action}, ${left.reason}, ${left.by}, ${new Date(left.at)})
    ON CONFLICT DO NOTHING RETURNING 1`.execute(tx);
  return rows.length === 1;
}

/** What was put back; `undefined` where nothing of this id is left out. */
export async function putBack(
  tx: Tx,
  id: string,
  by: PersonName,
  at: EpochMs,
): Promise<Omit<LeftOutKept, 'id' | 'reason' | 'by' | 'at'> | undefined> {
  const { rows } = await sql<{ stack: StackName | null; type: string; action: string }>`
    UPDATE needs_left_out SET put_back_by = ${by}, put_back_at = ${new Date(at)}
    WHERE id = ${id} AND put_back_at IS NULL RETURNING stack, resource_type AS type, action`.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { stack, ...what } = row;
  return { ...what, ...(stack !== null && { stack }) };
}

export interface StepObserved extends Omit<ObservedStep, 'since'> {
  readonly provider: string;
  readonly since: EpochMs;
}

/** Of types that were never recorded: for the others the recording counts. By these providers and versions, or by any. */
export async function selectObserved(
  db: Db,
  providers?: readonly string[],
): Promise<readonly StepObserved[]> {
  const { rows } = await sql<Omit<StepObserved, 'since' | 'actions'> & { since: Date; actions: string[] }>`
    SELECT provider, resource_type AS type, step, applies, since,
      coalesce(array_agg(action ORDER BY action) FILTER (WHERE called > 0), '{}') AS actions
    FROM observed_steps LEFT JOIN observed_actions USING (provider, resource_type, step)
    WHERE ${providers === undefined} OR provider = ANY (${providers ?? []})
    GROUP BY provider, resource_type, step ORDER BY resource_type, step, provider LIMIT 10000`.execute(db);
  return rows
    .filter(({ type }) => !isRecordedType(type))
    .map(({ since, ...row }) => ({ ...row, since: epochMs(since.getTime()) }));
}

/** An action that a recorded type always calls, was granted for and never called. */
export interface Unused {
  readonly provider: string;
  readonly type: string;
  readonly steps: readonly string[];
  readonly action: string;
  /** How often it was granted in vain, all steps together. */
  readonly applies: number;
  readonly since: EpochMs;
}

/** What no step of the type ever called, and at least so many applies were granted. */
export async function selectUnused(db: Db, atLeast: number): Promise<readonly Unused[]> {
  const { rows } = await sql<Omit<Unused, 'since'> & { since: Date }>`
    SELECT provider, resource_type AS type, action, array_agg(step ORDER BY step) AS steps,
      max(granted)::int AS applies, min(since) AS since
    FROM observed_actions JOIN observed_steps USING (provider, resource_type, step)
    GROUP BY provider, resource_type, action HAVING max(called) = 0 AND max(granted) >= ${atLeast}
    ORDER BY resource_type, action, provider LIMIT 1000`.execute(db);
  return rows.map(({ since, ...row }) => ({ ...row, since: epochMs(since.getTime()) }));
}
