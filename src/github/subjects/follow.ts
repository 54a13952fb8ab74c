import { type Organization, stackByName } from '#accounts/core';
import { type AuditRecord, auditAfter, auditSize } from '#audit';
import { type Clock, type PlanId, parsePlanId, parseStackName } from '#core-values';
import { type Db, inTransaction, type Tx } from '#platform';
import { hostOfIssuer } from '../api/host.ts';
import type { RepositoryAt } from '../api/port.ts';
import type { GitHubTables } from '../store/tables.ts';
import { markOpenOf, markSubjects } from './queue.ts';
import type { AnySubject } from './subject.ts';

export interface FollowingRoom {
  readonly db: Db;
  readonly clock: Clock;
  readonly organization: () => Organization;
  /** The number of the pull request that a plan belongs to, if it belongs to one. */
  readonly pullRequestOf: (plan: PlanId) => Promise<number | undefined>;
}

const ENTRIES_AT_ONCE = 500;

/**
 * Marks what GitHub shows of what happened here since last time; answers whether there may be more. The position moves in the transaction of the marks: no
 * entry is missed, whoever dies when. The first time it begins at the end of the log: reconciliation looks at everything anyway.
 */
export async function followAudit(on: FollowingRoom): Promise<boolean> {
  const size = await auditSize(on.db);
  if ((await positionOf(on.db)) === size) return false;
  return inTransaction(on.db, async (tx) => {
    const cursor = tx.withTables<GitHubTables>();
    await cursor
      .insertInto('github_cursor')
      .values({ singleton: true, position: size })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    // Another replica is at it: what it marks, we need not.
    const row = await cursor
      .selectFrom('github_cursor')
      .select('position')
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (row === undefined) return false;
    const entries = await auditAfter(tx, row.position, ENTRIES_AT_ONCE);
    const last = entries.at(-1);
    if (last === undefined) return false;
    await markEntries(on, tx, entries);
    await cursor
      .updateTable('github_cursor')
      .set({ position: last.position + 1 })
      .execute();
    return entries.length === ENTRIES_AT_ONCE;
  });
}

async function positionOf(db: Db): Promise<number | undefined> {
  const row = await db
    .withTables<GitHubTables>()
    .selectFrom('github_cursor')
    .select('position')
    .executeTakeFirst();
  return row?.position;
}

type Marked = { readonly at: RepositoryAt; readonly which: 'all' | 'merged' };

/** Once for each plan and stack, however many entries are about them. */
async function markEntries(on: FollowingRoom, tx: Tx, entries: readonly AuditRecord[]): Promise<void> {
  const subjects: AnySubject[] = [];
  const repositories = new Map<string, Marked>();
  const about = new Map(entries.map(({ subject }) => [`${subject.stack} ${subject.plan}`, subject]));
  for (const { plan: planWords, stack: stackWords } of about.values()) {
    const name = stackWords === undefined ? undefined : parseStackName(stackWords);
    const stack = name === undefined ? undefined : stackByName(on.organization(), name);
    const host = stack && hostOfIssuer(stack.repository.issuer.url);
    if (stack === undefined || host === undefined) continue;
    const at = { host, id: stack.repository.id };
    const plan = planWords === undefined ? undefined : parsePlanId(planWords);
    const number = plan === undefined ? undefined : await on.pullRequestOf(plan);
    if (number !== undefined) {
      subjects.push({ kind: 'pull-request', at, key: String(number) });
      continue;
    }
    // A plan of the main branch concerns who is merged and waits for it; what is about the stack itself concerns everybody.
    const which = plan === undefined ? 'all' : 'merged';
    subjects.push({ kind: 'drift', at, key: stack.name });
    repositories.set(`${host} ${at.id} ${which}`, { at, which });
  }
  const now = on.clock.now();
  await markSubjects(tx, subjects, now);
  for (const { at, which } of repositories.values()) await markOpenOf(tx, at, which, now);
}
