import { type Kysely, sql } from 'kysely';
import { type EpochMs, epochMs, type PlanId, type StackName } from '#core-values';
import { PLAN_COLUMNS, planOfRow, type StoredPlan, type StoredPlanRow } from './plans.ts';
import { lockOfRow, type StackLock } from './stack-locks.ts';
import type { StackLockRow } from './tables.ts';

/** How each stack stands; a stack of which nothing is known is in none of them. */
export interface StackFactsOnMap {
  readonly newest: ReadonlyMap<string, StoredPlan>;
  /** The newest plan that a schedule made, or that was applied. */
  readonly telling: ReadonlyMap<string, StoredPlan>;
  readonly applied: ReadonlyMap<string, { readonly plan: PlanId; readonly at: EpochMs }>;
  readonly open: ReadonlyMap<string, { readonly inFlight?: PlanId; readonly waiting: number }>;
  readonly states: ReadonlyMap<string, StateOnMap>;
  readonly locks: ReadonlyMap<string, StackLock>;
}

export interface StateOnMap {
  readonly lineage: string;
  readonly serial: number;
  readonly reportedAt: EpochMs;
  readonly reportedBy: string;
}

type Db = Kysely<object>;

/** Six questions for however many stacks; each looks at the newest plans of a stack alone, by the index of stacks. */
export async function stackFactsOnMap(db: Db, stacks: readonly StackName[]): Promise<StackFactsOnMap> {
  const [newest, telling, applied, open, states, locks] = await Promise.all([
    newestOf(db, stacks, sql`true`),
    newestOf(db, stacks, sql`(event = 'schedule' OR state = 'applied')`),
    appliedOf(db, stacks),
    openOf(db, stacks),
    statesOf(db, stacks),
    locksOf(db, stacks),
  ]);
  return { newest, telling, applied, open, states, locks };
}

async function newestOf(
  db: Db,
  stacks: readonly StackName[],
  condition: ReturnType<typeof sql<boolean>>,
): Promise<ReadonlyMap<string, StoredPlan>> {
  const columns = sql.join(PLAN_COLUMNS.map((column) => sql.ref(column)));
  const { rows } = await sql<StoredPlanRow>`
    SELECT newest.* FROM unnest(${stacks}::text[]) AS asked (name) CROSS JOIN LATERAL (
      SELECT ${columns} FROM plans WHERE stack = asked.name AND ${condition} ORDER BY id DESC LIMIT 1) AS newest`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.stack, planOfRow(row)]));
}

async function appliedOf(db: Db, stacks: readonly StackName[]): Promise<StackFactsOnMap['applied']> {
  const { rows } = await sql<{ stack: string; id: PlanId; at: Date }>`
    SELECT asked.name AS stack, last.id, last.at FROM unnest(${stacks}::text[]) AS asked (name) CROSS JOIN LATERAL (
      SELECT id, (SELECT max(at) FROM plan_history WHERE plan_id = plans.id AND event = 'apply-succeeded') AS at
      FROM plans WHERE stack = asked.name AND state = 'applied' ORDER BY id DESC LIMIT 1) AS last
    WHERE last.at IS NOT NULL`.execute(db);
  return new Map(rows.map(({ stack, id, at }) => [stack, { plan: id, at: epochMs(at.getTime()) }]));
}

async function openOf(db: Db, stacks: readonly StackName[]): Promise<StackFactsOnMap['open']> {
  const { rows } = await sql<{ stack: string; flying: PlanId | null; waiting: number }>`
    SELECT stack, min(id) FILTER (WHERE state IN ('granted', 'applying')) AS flying,
      count(*) FILTER (WHERE state = 'awaiting-approval')::int AS waiting
    FROM plans WHERE stack = ANY (${stacks}::text[]) AND state IN ('awaiting-approval', 'granted', 'applying')
    GROUP BY stack`.execute(db);
  return new Map(
    rows.map(({ stack, flying, waiting }) => [
      stack,
      { waiting, ...(flying === null ? {} : { inFlight: flying }) },
    ]),
  );
}

async function statesOf(db: Db, stacks: readonly StackName[]): Promise<StackFactsOnMap['states']> {
  type Row = { stack: string; lineage: string; serial: number; reported_at: Date; reported_by: string };
  const { rows } = await sql<Row>`
    SELECT stack, lineage, serial, reported_at, reported_by FROM stack_states
    WHERE stack = ANY (${stacks}::text[])`.execute(db);
  return new Map(
    rows.map(({ stack, lineage, serial, reported_at, reported_by }) => [
      stack,
      {
        ...{ lineage, serial: Number(serial) },
        ...{ reportedAt: epochMs(reported_at.getTime()), reportedBy: reported_by },
      },
    ]),
  );
}

async function locksOf(db: Db, stacks: readonly StackName[]): Promise<StackFactsOnMap['locks']> {
  const { rows } = await sql<StackLockRow>`
    SELECT * FROM stack_locks WHERE stack = ANY (${stacks}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.stack, lockOfRow(row)]));
}
