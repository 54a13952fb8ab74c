import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { parseExternalId } from '#accounts/core';
import type { EpochMs } from '#core-values';
import type { Db, Tx } from '#platform';
import type { RepositoryAt } from '../api/port.ts';
import type { GitHubTables, SubjectRow } from '../store/tables.ts';
import type { AnySubject } from './subject.ts';

/** What is gone from the list of open ones has this version. */
const CLOSED = 'closed';

type Where = ExpressionBuilder<GitHubTables, 'github_subjects'>;

const isSubject =
  ({ kind, at, key }: AnySubject) =>
  ({ and, eb }: Where) =>
    and([
      eb('kind', '=', kind),
      eb('host', '=', at.host),
      eb('repository_id', '=', at.id),
      eb('key', '=', key),
    ]);

/** In the order of the primary key, so that two transactions that mark the same ones do not wait for each other crosswise. */
const orderOf = ({ kind, at, key }: AnySubject): string => [kind, at.host, at.id, key].join('\n');

/**
 * Makes subjects dirty, in the transaction of what tells it; answers how many. One that is dirty already stays as it is, but that
 * it was marked again while somebody works on it is not lost. One that failed keeps its pause.
 */
export async function markSubjects(tx: Tx, subjects: readonly AnySubject[], now: EpochMs): Promise<number> {
  const each = new Map(subjects.map((subject) => [orderOf(subject), subject]));
  const at = new Date(now);
  const sorted = [...each].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject);
  if (sorted.length === 0) return 0;
  await tx
    .withTables<GitHubTables>()
    .insertInto('github_subjects')
    .values(
      sorted.map(({ kind, at: { host, id }, key }) => ({
        kind,
        host,
        repository_id: id,
        key,
        dirty_since: at,
        next_try_at: at,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['kind', 'host', 'repository_id', 'key']).doUpdateSet(({ ref, fn }) => ({
        dirty_since: fn.coalesce(ref('github_subjects.dirty_since'), ref('excluded.dirty_since')),
        generation: sql<number>`github_subjects.generation + 1`,
        next_try_at: sql<Date>`CASE WHEN github_subjects.attempts > 0 THEN github_subjects.next_try_at
          ELSE least(github_subjects.next_try_at, excluded.next_try_at) END`,
      })),
    )
    .execute();
  return sorted.length;
}

/** Marks every open subject whose repository one App of ours reaches: a team changed, and with it who may do what. */
export const markOpenSubjects = (tx: Tx, app: string, now: EpochMs): Promise<number> =>
  markOpenWhere(tx, now, ({ exists, selectFrom }) =>
    exists(
      selectFrom('github_repositories')
        .select('id')
        .where('app', '=', app)
        .whereRef('github_repositories.host', '=', 'github_subjects.host')
        .whereRef('github_repositories.id', '=', 'github_subjects.repository_id'),
    ),
  );

/** Marks the pull requests of one repository that are not done: all, or those that are merged and wait for their applies. */
export const markOpenOf = (
  tx: Tx,
  { host, id }: RepositoryAt,
  which: 'all' | 'merged',
  now: EpochMs,
): Promise<number> =>
  markOpenWhere(tx, now, ({ and, eb }) =>
    and([
      eb('kind', '=', 'pull-request'),
      eb('host', '=', host),
      eb('repository_id', '=', id),
      ...(which === 'merged' ? [eb('version', '=', CLOSED)] : []),
    ]),
  );

async function markOpenWhere(
  tx: Tx,
  now: EpochMs,
  which: (where: Where) => Expression<SqlBool>,
): Promise<number> {
  const rows = await tx
    .withTables<GitHubTables>()
    .selectFrom('github_subjects')
    .select(['kind', 'host', 'repository_id', 'key'])
    .where('is_open', '=', true)
    .where(which)
    .execute();
  return markSubjects(tx, rows.map(subjectOf), now);
}

export interface DueSubject {
  readonly subject: AnySubject;
  readonly generation: number;
  readonly attempts: number;
}

const subjectOf = ({
  kind,
  host,
  repository_id,
  key,
}: Pick<SubjectRow, 'kind' | 'host' | 'repository_id' | 'key'>): AnySubject => {
  const id = parseExternalId(repository_id);
  if (id === undefined) throw new Error('The database keeps only ids of repositories.');
  return { kind, at: { host, id }, key };
};

/** Dirty ones whose time has come, those that wait longest first. */
export async function dueSubjects(db: Db, now: EpochMs, most: number): Promise<readonly DueSubject[]> {
  const rows = await db
    .withTables<GitHubTables>()
    .selectFrom('github_subjects')
    .select(['kind', 'host', 'repository_id', 'key', 'generation', 'attempts'])
    .where('dirty_since', 'is not', null)
    .where('next_try_at', '<=', new Date(now))
    .orderBy('next_try_at')
    .limit(most)
    .execute();
  return rows.map(({ generation, attempts, ...row }) => ({ subject: subjectOf(row), generation, attempts }));
}

/** The same row again, once nobody else works on it: `undefined` if it was done in the meantime. */
export async function stillDue(db: Db, subject: AnySubject, now: EpochMs): Promise<DueSubject | undefined> {
  const row = await db
    .withTables<GitHubTables>()
    .selectFrom('github_subjects')
    .select(['generation', 'attempts'])
    .where(isSubject(subject))
    .where('dirty_since', 'is not', null)
    .where('next_try_at', '<=', new Date(now))
    .executeTakeFirst();
  return row === undefined ? undefined : { subject, ...row };
}

/** What was marked since it was begun stays dirty, from now on; the rest is clean. */
export async function settleSynced(
  db: Db,
  { subject, generation }: DueSubject,
  { isOpen, now }: { readonly isOpen: boolean; readonly now: EpochMs },
): Promise<void> {
  const at = new Date(now);
  const same = sql<boolean>`generation = ${generation}`;
  await db
    .withTables<GitHubTables>()
    .updateTable('github_subjects')
    .set({
      dirty_since: sql<Date | null>`CASE WHEN ${same} THEN NULL ELSE ${at}::timestamptz END`,
      attempts: 0,
      tried_at: at,
      synced_at: at,
      next_try_at: at,
      last_problem: null,
      is_open: isOpen,
    })
    .where(isSubject(subject))
    .execute();
}

/** Stays dirty; `problem` is shown to administrators. */
export async function settleFailed(
  db: Db,
  { subject, attempts }: DueSubject,
  { now, againMs, problem }: { readonly now: EpochMs; readonly againMs: number; readonly problem: string },
): Promise<void> {
  await db
    .withTables<GitHubTables>()
    .updateTable('github_subjects')
    .set({
      attempts: attempts + 1,
      tried_at: new Date(now),
      next_try_at: new Date(now + againMs),
      last_problem: problem,
    })
    .where(isSubject(subject))
    .execute();
}

/** An open pull request as GitHub lists it: its number, and when it last changed. */
export interface Listed {
  readonly number: string;
  readonly version: string;
}

/**
 * Marks, of one repository, what GitHub lists as changed since it was last marked, what is no longer listed, and what is
 * open and was last synced before `staleAt`, whatever its kind. Answers how many.
 */
export async function markListed(
  tx: Tx,
  { host, id }: RepositoryAt,
  listed: readonly Listed[],
  { now, staleAt }: { readonly now: EpochMs; readonly staleAt: EpochMs },
): Promise<number> {
  const tables = tx.withTables<GitHubTables>();
  const known = await tables
    .selectFrom('github_subjects')
    .select(['kind', 'key', 'version', 'is_open', 'synced_at'])
    .where('host', '=', host)
    .where('repository_id', '=', id)
    .where('kind', '!=', 'repository')
    .where(({ or, eb }) =>
      or([eb('is_open', '=', true), eb('key', 'in', ['', ...listed.map((one) => one.number)])]),
    )
    .execute();
  const versions = new Map(listed.map(({ number, version }) => [number, version]));
  const pulls = new Map(known.filter(({ kind }) => kind === 'pull-request').map((row) => [row.key, row]));
  const at = { host, id };
  const changed = listed
    .filter(({ number, version }) => pulls.get(number)?.version !== version)
    .map(({ number }): AnySubject => ({ kind: 'pull-request', at, key: number }));
  const stale = known
    .filter(
      ({ kind, key, version, is_open, synced_at }) =>
        is_open &&
        ((kind === 'pull-request' && !versions.has(key) && version !== CLOSED) ||
          (synced_at !== null && synced_at.getTime() < staleAt)),
    )
    .map(({ kind, key }): AnySubject => ({ kind, at, key }));
  const marked = await markSubjects(tx, [...changed, ...stale], now);
  for (const { kind, key } of [...changed, ...stale]) {
    if (kind !== 'pull-request') continue;
    await tables
      .updateTable('github_subjects')
      .set({ version: versions.get(key) ?? CLOSED })
      .where(isSubject({ kind, at, key }))
      .execute();
  }
  return marked;
}

/** So long a finished subject is remembered; after that a new mark begins anew. */
export async function pruneSubjects(db: Db, before: EpochMs): Promise<void> {
  await db
    .withTables<GitHubTables>()
    .deleteFrom('github_subjects')
    .where('is_open', '=', false)
    .where('dirty_since', 'is', null)
    .where('synced_at', '<', new Date(before))
    .execute();
}
