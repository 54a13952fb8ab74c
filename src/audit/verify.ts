import { ok, type Problem, type Result } from '#core-values';
import { type Db, inTransaction } from '#platform';
import { sameBytes, toHex, utf8 } from '#platform/core';
import {
  type AuditRecord,
  type ChainVerdict,
  chainReader,
  leafHash,
  type NoteKey,
  openCheckpoint,
  openKept,
  rootOf,
  rootOfLeafHashes,
  type TreeHead,
  type Trust,
} from './core/index.ts';
import { noteCrypto } from './signer.ts';
import {
  readCheckpoints,
  readEntries,
  readHashes,
  readHead,
  STORED_LEVELS,
  type StoredEntry,
} from './store.ts';

const { sha256 } = noteCrypto;

/** What else can be wrong in the database while every leaf holds: something beside them was changed. */
export type CopyTampering = 'columns' | 'head' | 'subtrees' | 'checkpoints';

export type DatabaseVerdict =
  | ChainVerdict
  | {
      readonly kind: 'tampered';
      readonly tampering: CopyTampering;
      readonly position: number;
      readonly size: number;
    };

/**
 * Reads the whole log in one snapshot, and everything derived from it: every leaf against its link, its columns,
 * the tree, the head row, the checkpoints the server kept and those kept elsewhere.
 * Fails with `bad-input` for a kept checkpoint that is none of this log's.
 */
export async function verifyAudit(db: Db, trust: Trust): Promise<Result<DatabaseVerdict, Problem>> {
  const kept = openKept(trust, noteCrypto);
  if (!kept.ok) return kept;
  return inTransaction(db, async (tx) => ok(await verifySnapshot(tx, trust.keys, kept.value)), {
    isolation: 'repeatable read',
  });
}

async function verifySnapshot(
  db: Db,
  keys: readonly NoteKey[],
  kept: readonly TreeHead[],
): Promise<DatabaseVerdict> {
  const head = await readHead(db);
  const size = head.tree.size;
  const own = await ownCheckpoints(db, keys);
  const whole = { size, root: rootOf(head.tree, sha256), whole: true };
  const reader = chainReader([...kept, ...own.heads, whole], sha256);
  let wrong: number | undefined;
  let position = 0;
  let last: Uint8Array | undefined;
  for await (const entry of readEntries(db)) {
    const record = reader.push(entry.leaf);
    last = leafHash(utf8(entry.leaf), sha256);
    if (wrong === undefined && !columnsAgree(entry, record, last, position)) wrong = position;
    position += 1;
  }
  const verdict = reader.verdict();
  if (verdict.kind === 'tampered') {
    // A root tells only that something changed; a column that no longer fits its leaf tells where.
    const pinned = verdict.tampering === 'forked' && wrong !== undefined && wrong >= verdict.position;
    return pinned ? { ...verdict, tampering: 'edited', position: wrong ?? verdict.position } : verdict;
  }
  const tampered = (tampering: CopyTampering, at: number): DatabaseVerdict => ({
    kind: 'tampered',
    tampering,
    position: at,
    size,
  });
  if (wrong !== undefined) return tampered('columns', wrong);
  if (own.bad !== undefined) return tampered('checkpoints', own.bad);
  if (last !== undefined && !sameBytes(last, head.lastLeafHash)) return tampered('head', size - 1);
  const subtree = await firstBadSubtree(db, size);
  return subtree === undefined ? verdict : tampered('subtrees', subtree);
}

function columnsAgree(
  entry: StoredEntry,
  record: AuditRecord | undefined,
  hash: Uint8Array,
  position: number,
): boolean {
  const { columns } = entry;
  return (
    record !== undefined &&
    entry.position === position &&
    sameBytes(entry.leafHash, hash) &&
    toHex(entry.previousLeafHash) === record.previousLeafHash &&
    columns.at === record.at &&
    columns.kind === record.kind &&
    columns.outcome === record.outcome &&
    columns.actor_name === record.actor.name &&
    columns.stack === (record.subject.stack ?? null) &&
    columns.grant_id === (record.subject.grant ?? null)
  );
}

/** The server's own checkpoints; those by keys that nobody told us of prove nothing, and are passed over. */
async function ownCheckpoints(
  db: Db,
  keys: readonly NoteKey[],
): Promise<{ readonly heads: readonly TreeHead[]; readonly bad?: number }> {
  const heads: TreeHead[] = [];
  for (const stored of await readCheckpoints(db)) {
    const opened = openCheckpoint(stored.note, keys, noteCrypto);
    if (opened.kind === 'unknown-signers') continue;
    const agrees =
      opened.kind === 'signed' &&
      opened.checkpoint.size === stored.size &&
      sameBytes(opened.checkpoint.root, stored.root);
    if (!agrees) return { heads, bad: stored.size };
    heads.push(opened.checkpoint);
  }
  return { heads };
}

/** The first leaf below a stored subtree root that is wrong, missing or too many. */
async function firstBadSubtree(db: Db, size: number): Promise<number | undefined> {
  const width = 2 ** STORED_LEVELS;
  for (let level = STORED_LEVELS; ; level += STORED_LEVELS) {
    const count = Math.floor(size / 2 ** level);
    const stored = await readHashes(db, level, 0, Number.MAX_SAFE_INTEGER);
    for (let index = 0; index < Math.max(count, stored.length); index += 1) {
      const below = await readHashes(db, level - STORED_LEVELS, index * width, (index + 1) * width);
      const hash = stored[index];
      const right = hash !== undefined && index < count && sameBytes(hash, rootOfLeafHashes(below, sha256));
      if (!right) return index * 2 ** level;
    }
    if (count === 0) return undefined;
  }
}
