import type { Kysely, Transaction } from 'kysely';
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
export async function knownStateOf(db: Kysely<object>, stack: StackName): Promise<KnownState | undefined> {
  const row = await db
    .withTables<ChangesTables>()
    .selectFrom('stack_states')
    .select(['lineage', 'serial', 'store'])
    .where('stack', '=', stack)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    lineage: row.lineage,
    serial: Number(row.serial),
    ...(row.store === null ? {} : { store: row.store }),
  };
}

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
