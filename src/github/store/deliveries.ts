import type { EpochMs } from '#core-values';
import type { Db, Tx } from '#platform';
import type { GitHubTables } from './tables.ts';

interface NewDelivery {
  readonly app: string;
  readonly delivery: string;
  readonly event: string;
  readonly action?: string;
  readonly now: EpochMs;
}

/** Whether it is new: a delivery is taken once, by the primary key. */
export async function insertDelivery(tx: Tx, one: NewDelivery): Promise<boolean> {
  const inserted = await tx
    .withTables<GitHubTables>()
    .insertInto('github_deliveries')
    .values({
      app: one.app,
      delivery: one.delivery,
      event: one.event,
      action: one.action ?? null,
      received_at: new Date(one.now),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('delivery')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** When each App last delivered something. */
export async function lastDeliveries(db: Db): Promise<ReadonlyMap<string, Date>> {
  const rows = await db
    .withTables<GitHubTables>()
    .selectFrom('github_deliveries')
    .select(({ fn }) => ['app', fn.max('received_at').as('at')])
    .groupBy('app')
    .execute();
  return new Map(rows.map(({ app, at }) => [app, at]));
}

export async function pruneDeliveries(db: Db, before: EpochMs): Promise<void> {
  await db
    .withTables<GitHubTables>()
    .deleteFrom('github_deliveries')
    .where('received_at', '<', new Date(before))
    .execute();
}
