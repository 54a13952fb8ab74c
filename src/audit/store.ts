import { sql } from 'kysely';
import { type EpochMs, epochMs } from '#core-values';
import type { Db } from '#platform';
import type { CompactTree, TreeNode } from './core/index.ts';

/** How many hashes the database keeps apart: roots of complete subtrees of 2^8, 2^16… leaves. */
export const STORED_LEVELS = 8;

export interface StoredHead {
  readonly tree: CompactTree;
  readonly lastLeafHash: Uint8Array;
}

export async function readHead(db: Db): Promise<StoredHead> {
  const { rows } = await sql<{ size: number; last_leaf_hash: Buffer; subtree_roots: Buffer[] }>`
    SELECT size, last_leaf_hash, subtree_roots FROM audit_head`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('The audit log has no head row.');
  return { tree: { size: row.size, roots: row.subtree_roots }, lastLeafHash: row.last_leaf_hash };
}

/** An entry with its derived columns, which may lie where somebody changed them by hand. */
export interface StoredEntry {
  readonly position: number;
  readonly leaf: string;
  readonly leafHash: Uint8Array;
  readonly previousLeafHash: Uint8Array;
  readonly columns: StoredColumns;
}

export interface StoredColumns {
  readonly at: string;
  readonly kind: string;
  readonly outcome: string;
  readonly actor_name: string;
  readonly stack: string | null;
  readonly grant_id: string | null;
}

const BATCH = 1_000;

/** All entries in order, from position `from` on and below `until`, read in batches. */
export async function* readEntries(
  db: Db,
  { from = 0, until = Number.MAX_SAFE_INTEGER }: { readonly from?: number; readonly until?: number } = {},
): AsyncGenerator<StoredEntry> {
  type Row = StoredColumns & {
    position: number;
    leaf: string;
    leaf_hash: Buffer;
    previous_leaf_hash: Buffer;
  };
  for (let next = from; ; ) {
    const { rows } = await sql<Row>`
      SELECT position, leaf, leaf_hash, previous_leaf_hash, at, kind, outcome, actor_name, stack, grant_id
      FROM audit_entries WHERE position >= ${next} AND position < ${until} ORDER BY position LIMIT ${BATCH}`.execute(
      db,
    );
    for (const { position, leaf, leaf_hash, previous_leaf_hash, ...columns } of rows) {
      yield { position, leaf, leafHash: leaf_hash, previousLeafHash: previous_leaf_hash, columns };
      next = position + 1;
    }
    if (rows.length < BATCH) return;
  }
}

/** Hashes of one level from `start` up to but not including `end`; fewer where they are missing. */
export async function readHashes(db: Db, level: number, start: number, end: number): Promise<Uint8Array[]> {
  const { rows } =
    level === 0
      ? await sql<{ hash: Buffer }>`
          SELECT leaf_hash AS hash FROM audit_entries
          WHERE position >= ${start} AND position < ${end} ORDER BY position`.execute(db)
      : await sql<{ hash: Buffer }>`
          SELECT hash FROM audit_subtrees
          WHERE level = ${level} AND index >= ${start} AND index < ${end} ORDER BY index`.execute(db);
  return rows.map(({ hash }) => hash);
}

/** Where the database keeps the hashes from which a node's follows: at most 2^7 of one level. */
export function storedBelow({ level, index }: TreeNode): { level: number; start: number; end: number } {
  const stored = level - (level % STORED_LEVELS);
  const width = 2 ** (level - stored);
  return { level: stored, start: index * width, end: (index + 1) * width };
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
}

export async function readLastCheckpoint(
  db: Db,
): Promise<(StoredCheckpoint & { readonly madeAt: EpochMs }) | undefined> {
  const { rows } = await sql<{ size: number; root: Buffer; note: string; made_at: Date }>`
    SELECT size, root, note, made_at FROM audit_checkpoints ORDER BY size DESC LIMIT 1`.execute(db);
  const [row] = rows;
  return row && { size: row.size, root: row.root, note: row.note, madeAt: epochMs(row.made_at.getTime()) };
}

export async function readCheckpoints(db: Db): Promise<readonly StoredCheckpoint[]> {
  const { rows } = await sql<{ size: number; root: Buffer; note: string }>`
    SELECT size, root, note FROM audit_checkpoints ORDER BY size`.execute(db);
  return rows;
}

/** Another replica may have made the same one in the meantime. */
export async function insertCheckpoint(db: Db, checkpoint: StoredCheckpoint, at: Date): Promise<void> {
  const { size, root, note } = checkpoint;
  await sql`
    INSERT INTO audit_checkpoints (size, root, note, made_at)
    VALUES (${size}, ${Buffer.from(root)}, ${note}, ${at}) ON CONFLICT (size) DO NOTHING`.execute(db);
}
