import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { PlanId } from '#core-values';
import { AND_GO_ON } from '#platform';
import { type RepairInForceRow, repairOfRow, type StoredRepair } from '../repairs/store.ts';
import { type ApprovalInForceRow, approvalOfRow, type StoredApproval } from './approvals.ts';
import {
  authorOfRow,
  PLAN_COLUMNS,
  PLANS_OF_ONE_MEANING,
  type PlannedBy,
  planOfRow,
  type StoredPlan,
  type StoredPlanRow,
} from './plans.ts';
import { lockOfRow, type StackLock } from './stack-locks.ts';
import { type KnownState, stateOf } from './stack-states.ts';
import type { ChangesTables, StackLockRow } from './tables.ts';

/** Everything that is looked up before a plan is granted. */
export interface GrantFacts {
  readonly plan: StoredPlan;
  readonly knownState?: KnownState;
  /** The plan of the same stack whose credentials may be out. */
  readonly inFlight?: PlanId;
  /** Which pull request holds the stack. */
  readonly lock?: StackLock;
  /** As `approvalsInForce` answers them. */
  readonly approvals: readonly StoredApproval[];
  /** As `repairInForce` answers it. */
  readonly repair: StoredRepair | undefined;
  /** As `plansOfMeaning` answers them, the plan itself included. */
  readonly sameMeaning: readonly PlannedBy[];
}

type Row = StoredPlanRow & {
  readonly known_state: Pick<
    Selectable<ChangesTables['stack_states']>,
    'lineage' | 'serial' | 'store'
  > | null;
  readonly in_flight: string | null;
  readonly lock: (Omit<StackLockRow, 'since'> & { readonly since: string }) | null;
  readonly approvals: readonly (Omit<ApprovalInForceRow, 'given_at'> & { readonly given_at: string })[];
  readonly repair: RepairInForceRow | null;
  readonly same_meaning: readonly (Pick<
    StoredPlanRow,
    'id' | 'event' | 'author_id' | 'author_name' | 'author_person'
  > &
    object)[];
};

const COLUMNS = sql.join(PLAN_COLUMNS.map((column) => sql.ref(`plans.${column}`)));

/**
 * Holds the rows of these plans until the transaction ends, and reads everything about them, by id. Their stacks must be locked:
 * then nobody else changes what is read here.
 */
export async function lockGrantFacts(
  tx: Transaction<object>,
  ids: readonly PlanId[],
  approvalLifeMs: number,
): Promise<ReadonlyMap<PlanId, GrantFacts>> {
  if (ids.length === 0) return new Map();
  // A statement of its own: the next one sees what was committed while this one waited.
  await sql`SELECT id FROM plans WHERE id = ANY(${ids}::text[]) ORDER BY id FOR UPDATE ${sql.raw(AND_GO_ON)}`.execute(
    tx,
  );
  const rows = await readFacts(tx, ids, approvalLifeMs);
  return new Map(rows.map((row) => [row.id as PlanId, factsOf(row)]));
}

async function readFacts(
  db: Kysely<object>,
  ids: readonly PlanId[],
  approvalLifeMs: number,
): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT ${COLUMNS},
      (SELECT json_build_object('lineage', state.lineage, 'serial', state.serial, 'store', state.store)
        FROM stack_states AS state WHERE state.stack = plans.stack) AS known_state,
      (SELECT other.id FROM plans AS other
        WHERE other.stack = plans.stack AND other.state IN ('granted', 'applying')) AS in_flight,
      (SELECT to_json(held) FROM stack_locks AS held WHERE held.stack = plans.stack) AS lock,
      (SELECT coalesce(json_agg(json_build_object('id', given.id, 'approver', given.approver, 'decision', given.decision,
          'statement', given.statement, 'signature', given.signature, 'given_at', given.given_at) ORDER BY given.id), '[]')
        FROM approvals AS given
        WHERE given.stack = plans.stack AND given.fingerprint = plans.fingerprint
          AND given.withdrawn_at IS NULL AND given.consumed_by IS NULL) AS approvals,
      (SELECT to_json(marked) FROM repairs AS marked
        WHERE marked.stack = plans.stack AND marked.fingerprint = plans.fingerprint
          AND marked.withdrawn_at IS NULL AND marked.consumed_by IS NULL) AS repair,
      (SELECT coalesce(json_agg(same ORDER BY same.id), '[]')
        FROM (SELECT same.id, same.event, same.author_id, same.author_name, same.author_person FROM plans AS same
          WHERE same.stack = plans.stack AND same.fingerprint = plans.fingerprint
            AND same.issuer = plans.issuer AND same.repository_id = plans.repository_id
            AND same.uploaded_at >= plans.uploaded_at - make_interval(secs => ${approvalLifeMs / 1000})
          ORDER BY same.id LIMIT ${sql.lit(PLANS_OF_ONE_MEANING)}) AS same) AS same_meaning
    FROM plans WHERE plans.id = ANY(${ids}::text[])`.execute(db);
  return rows;
}

const factsOf = (row: Row): GrantFacts => ({
  plan: planOfRow(row),
  ...(row.known_state === null ? {} : { knownState: stateOf(row.known_state) }),
  ...(row.in_flight === null ? {} : { inFlight: row.in_flight as PlanId }),
  ...(row.lock === null ? {} : { lock: lockOfRow({ ...row.lock, since: new Date(row.lock.since) }) }),
  approvals: row.approvals.map((given) => approvalOfRow({ ...given, given_at: new Date(given.given_at) })),
  repair: row.repair === null ? undefined : repairOfRow(row.repair),
  sameMeaning: row.same_meaning.map((same) => ({
    id: same.id as PlanId,
    event: same.event,
    author: authorOfRow(same),
  })),
});
