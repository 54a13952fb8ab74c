import { type Clock, err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Db } from '#platform';
import { sameBytes } from '#platform/core';
import { type Checkpoint, rootOf, signCheckpoint, type TreeHead, verifyConsistency } from './core/index.ts';
import { proveConsistency } from './proof.ts';
import { type AuditSigner, noteCrypto } from './signer.ts';
import { insertCheckpoint, readHead, readLastCheckpoint, type StoredCheckpoint } from './store.ts';

const { sha256 } = noteCrypto;

export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** As c2sp.org/tlog-checkpoint has it. */
  readonly note: string;
}

/**
 * Signs the present state of the log, and keeps the checkpoint. Refuses (`conflict`) to sign a state that does not
 * continue the last one it signed: two such signatures would vouch for two histories.
 */
export async function makeCheckpoint(
  db: Db,
  signer: AuditSigner,
  clock: Clock,
): Promise<Result<SignedCheckpoint, Problem>> {
  const last = await readLastCheckpoint(db);
  const { tree } = await readHead(db);
  const checkpoint = { origin: signer.key.name, size: tree.size, root: rootOf(tree, sha256) };
  if (last !== undefined && !(await continues(db, last, checkpoint)))
    return err(forked(last.size, tree.size));
  const sign = () => signCheckpoint(checkpoint, signer.key, signer.sign, sha256);
  // The key may have been rotated since: a stored note is handed out again only if it is this signer's.
  const note = last?.size === tree.size && last.note === sign() ? last.note : sign();
  await insertCheckpoint(db, { ...checkpoint, note }, new Date(clock.now()));
  return ok({ checkpoint, note });
}

/** Whether the log as it is now has everything that an earlier state had, in the same order. */
export async function continues(
  db: Db,
  last: Pick<StoredCheckpoint, 'size' | 'root'>,
  now: TreeHead,
): Promise<boolean> {
  if (last.size > now.size) return false;
  if (last.size === now.size) return sameBytes(last.root, now.root);
  const proof = await proveConsistency(db, last.size, now.size);
  return proof.ok && verifyConsistency(last, now, proof.value, sha256);
}

const forked = (signed: number, size: number): Problem =>
  problem('conflict', {
    rule: 'audit.forked',
    message: text(
      `The audit log (${size} entries) does not continue the checkpoint signed at ${signed} entries.`,
      `監査ログ(${size} 件)が、${signed} 件の時点で署名したチェックポイントと連続していません。`,
    ),
    remedy: text(
      'Treat it as tampering: keep the database as it is, and run `sekisho audit verify --checkpoint` with a checkpoint kept elsewhere.',
      '改ざんの可能性があります。データベースを現状のまま保全し、別の場所に保管したチェックポイントを使って `sekisho audit verify --checkpoint` を実行してください。',
    ),
  });
