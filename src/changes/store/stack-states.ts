import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { EpochMs, StackName } from '#core-values';
import type { StateStore } from '#credentials';
import type { ChangesTables } from './tables.ts';

export interface KnownState {
  readonly lineage: string;
  readonly serial: number;
  /** Where the state is; only plans that people approved can have said so. */
  readonly store?: StateStore;
}

/** What the last granted job reported of the stack's state; nothing before the first. */
export const knownStateOf = async (db: Kysely<object>, stack: StackName): Promise<KnownState | undefined> =>
  (await knownStatesOf(db, [stack])).get(stack);

/** The same of several stacks, without those that nobody reported about. */
export async function knownStatesOf(
  db: Kysely<object>,
  stacks: readonly StackName[],
): Promise<ReadonlyMap<string, KnownState>> {
  const { rows } = await sql<StateRow & { readonly stack: string }>`
    SELECT stack, lineage, serial, store FROM stack_states WHERE stack = ANY(${stacks}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.stack, stateOf(row)]));
}

type StateRow = Pick<Selectable<ChangesTables['stack_states']>, 'lineage' | 'serial' | 'store'>;

export const stateOf = ({ lineage, serial, store }: StateRow): KnownState => ({
  lineage,
  serial: Number(serial),
  ...(store === null ? {} : { store }),
});

export async function recordState(
  tx: Transaction<object>,
  stack: StackName,
  state: KnownState,
  reported: { readonly by: string; readonly at: EpochMs },
): Promise<void> {
  const row = {
    lineage: state.lineage,
    serial: state.serial,
    store: state.store === undefined ? null : JSON.stringify(state.store),
    reported_by: reported.by,
    reported_at: new Date(reported.at),
  };
  await tx
    .withTables<ChangesTables>()
    .insertInto('stack_states')
    .values({ stack, ...row })
    .onConflict((conflict) => conflict.column('stack').doUpdateSet(row))
    .execute();
}
