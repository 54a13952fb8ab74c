import { sql } from 'kysely';
import type { Clock } from '#core-values';
import type { Db } from '#platform';

export interface SubjectCounts {
  readonly dirty: number;
  /** How long the one that waits longest has been dirty; 0 where none is. */
  readonly oldestSeconds: number;
}

export async function countDirtySubjects(db: Db, clock: Clock): Promise<SubjectCounts> {
  const { rows } = await sql<{ dirty: number; oldest: Date | null }>`
    SELECT count(*)::int AS dirty, min(dirty_since) AS oldest FROM github_subjects WHERE dirty_since IS NOT NULL`.execute(
    db,
  );
  const [row] = rows;
  const oldest = row?.oldest ?? null;
  return {
    dirty: row?.dirty ?? 0,
    oldestSeconds: oldest === null ? 0 : Math.max(0, Math.round((clock.now() - oldest.getTime()) / 1000)),
  };
}

export interface FailingSubject {
  /** `pull-request github.com 700100 12` */
  readonly subject: string;
  readonly attempts: number;
  readonly nextTryAt: Date;
  readonly problem: string;
}

/** Those that were tried in vain, most often first. */
export async function failingSubjects(db: Db, most: number): Promise<readonly FailingSubject[]> {
  const { rows } = await sql<FailingSubject>`
    SELECT trim(concat_ws(' ', kind, host, repository_id, key)) AS subject, attempts,
      next_try_at AS "nextTryAt", coalesce(last_problem, '') AS problem
    FROM github_subjects WHERE dirty_since IS NOT NULL AND attempts > 0
    ORDER BY attempts DESC, next_try_at LIMIT ${most}`.execute(db);
  return rows;
}
