import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Db } from '#platform';
import {
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  nodesOfRange,
  rangeHash,
  rootOfLeafHashes,
  type TreeNode,
} from './core/index.ts';
import { noteCrypto } from './signer.ts';
import { readHashes, readHead, storedBelow } from './store.ts';

const { sha256 } = noteCrypto;

export interface InclusionProof {
  readonly position: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/** That entry `position` is in the log of `size` (the present one by default): RFC 6962, section 2.1.1. */
export async function proveInclusion(
  db: Db,
  position: number,
  size?: number,
): Promise<Result<InclusionProof, Problem>> {
  const wholeSize = size ?? (await readHead(db)).tree.size;
  const [leafHash] = await readHashes(db, 0, position, position + 1);
  if (leafHash === undefined || position >= wholeSize) return err(beyond(position, wholeSize));
  const hashes = await hashRanges(db, inclusionRanges(position, wholeSize));
  return hashes.ok ? ok({ position, size: wholeSize, leafHash, hashes: hashes.value }) : hashes;
}

/** That the log of `size` continues the log of `oldSize`: RFC 6962, section 2.1.2. */
export async function proveConsistency(
  db: Db,
  oldSize: number,
  size: number,
): Promise<Result<readonly Uint8Array[], Problem>> {
  return oldSize > size ? err(beyond(oldSize, size)) : hashRanges(db, consistencyRanges(oldSize, size));
}

async function hashRanges(db: Db, ranges: readonly LeafRange[]): Promise<Result<Uint8Array[], Problem>> {
  const known = new Map<string, Uint8Array>();
  for (const node of ranges.flatMap(nodesOfRange)) {
    const hash = await nodeHashFrom(db, node);
    if (hash === undefined) return err(beyond(node.index, node.level));
    known.set(nodeName(node), hash);
  }
  return ok(
    ranges.map((range) =>
      rangeHash(
        range,
        (node) => {
          const hash = known.get(nodeName(node));
          if (hash === undefined) throw new Error('Every node of the ranges was read.');
          return hash;
        },
        sha256,
      ),
    ),
  );
}

async function nodeHashFrom(db: Db, node: TreeNode): Promise<Uint8Array | undefined> {
  const { level, start, end } = storedBelow(node);
  const hashes = await readHashes(db, level, start, end);
  return hashes.length === end - start ? rootOfLeafHashes(hashes, sha256) : undefined;
}

const nodeName = ({ level, index }: TreeNode): string => `${level}/${index}`;

const beyond = (position: number, size: number): Problem =>
  problem('not-found', {
    rule: 'audit.no-such-entry',
    message: text(
      `The audit log has no entry ${position} below size ${size}.`,
      `監査ログ(サイズ ${size})に ${position} 番のエントリはありません。`,
    ),
    remedy: text(
      'Ask for a position below the size of the latest checkpoint.',
      '最新のチェックポイントのサイズより小さい位置を指定してください。',
    ),
  });
