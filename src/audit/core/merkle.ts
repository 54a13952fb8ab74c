import { concatBytes, type Sha256, sameBytes } from '#platform/core';

/**
 * The Merkle tree of RFC 6962, section 2.1 (RFC 9162 keeps it): leaves and inner nodes are hashed
 * under different prefixes, so that no inner node can pass for a leaf.
 * Sizes and positions are safe integers, hence no bit operators (they stop at 2^31).
 */
const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

export const leafHash = (leaf: Uint8Array, sha256: Sha256): Uint8Array =>
  sha256(concatBytes(LEAF_PREFIX, leaf));

export const nodeHash = (left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array =>
  sha256(concatBytes(NODE_PREFIX, left, right));

/** A tree by the roots of its complete subtrees, largest first: all that appending and the root need. */
export interface CompactTree {
  readonly size: number;
  readonly roots: readonly Uint8Array[];
}

export const EMPTY_TREE: CompactTree = { size: 0, roots: [] };

/** Adds one leaf by its hash; amortised one hash, at most log2(size). */
export function appendLeafHash(tree: CompactTree, leaf: Uint8Array, sha256: Sha256): CompactTree {
  const roots = [...tree.roots];
  let merged = leaf;
  for (let rest = tree.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = roots.pop();
    if (left === undefined) throw new Error('A compact tree has one root for each 1 bit of its size.');
    merged = nodeHash(left, merged, sha256);
  }
  roots.push(merged);
  return { size: tree.size + 1, roots };
}

/** The tree's root hash; of the empty tree, the hash of nothing. */
export function rootOf(tree: CompactTree, sha256: Sha256): Uint8Array {
  return tree.roots.length === 0
    ? sha256(new Uint8Array(0))
    : tree.roots.reduceRight((right, left) => nodeHash(left, right, sha256));
}

/** The root over leaf hashes in memory. */
export function rootOfLeafHashes(leaves: Iterable<Uint8Array>, sha256: Sha256): Uint8Array {
  let tree = EMPTY_TREE;
  for (const leaf of leaves) tree = appendLeafHash(tree, leaf, sha256);
  return rootOf(tree, sha256);
}

/** Leaves from `start` up to but not including `end`; `start` is a multiple of the power of two that covers them. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The complete subtree over leaves `index * 2^level` up to `(index + 1) * 2^level`. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** The largest power of two smaller than `size` (RFC 6962's k). */
function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The ranges whose hashes prove that leaf `position` is in the tree of `size`, from the leaf upwards. */
export function inclusionRanges(position: number, size: number): LeafRange[] {
  if (position < 0 || position >= size) throw new RangeError(`No leaf ${position} in a tree of ${size}.`);
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (position < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** The ranges whose hashes prove that the tree of `oldSize` is a prefix of the tree of `size`. */
export function consistencyRanges(oldSize: number, size: number): LeafRange[] {
  if (oldSize < 0 || oldSize > size) throw new RangeError(`No tree of ${oldSize} within a tree of ${size}.`);
  if (oldSize === 0 || oldSize === size) return [];
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end !== oldSize) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The old root itself is known to who checks; only a part of it has to be given.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** The complete subtrees a range consists of, largest first. */
export function nodesOfRange({ start, end }: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = [];
  let at = start;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (width * 2 <= end - at) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** The hash over a range, from the hashes of the complete subtrees it consists of. */
export const rangeHash = (
  range: LeafRange,
  hashOf: (node: TreeNode) => Uint8Array,
  sha256: Sha256,
): Uint8Array =>
  nodesOfRange(range)
    .map(hashOf)
    .reduceRight((right, left) => nodeHash(left, right, sha256));

/** RFC 9162, section 2.1.3.2. Answers `false` for anything malformed, never throws. */
export function verifyInclusion(
  claim: {
    readonly position: number;
    readonly size: number;
    readonly leaf: Uint8Array;
    readonly root: Uint8Array;
  },
  proof: readonly Uint8Array[],
  sha256: Sha256,
): boolean {
  if (!isPosition(claim.position) || !isPosition(claim.size) || claim.position >= claim.size) return false;
  let fn = claim.position;
  let sn = claim.size - 1;
  let hash = claim.leaf;
  for (const step of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(step, hash, sha256);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = nodeHash(hash, step, sha256);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && sameBytes(hash, claim.root);
}

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** RFC 9162, section 2.1.4.2. Answers `false` for anything malformed, never throws. */
export function verifyConsistency(
  older: TreeHead,
  newer: TreeHead,
  proof: readonly Uint8Array[],
  sha256: Sha256,
): boolean {
  if (!isPosition(older.size) || !isPosition(newer.size) || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && sameBytes(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && sameBytes(older.root, sha256(new Uint8Array(0)));
  return verifyPrefix(older, newer, proof, sha256);
}

function verifyPrefix(
  older: TreeHead,
  newer: TreeHead,
  given: readonly Uint8Array[],
  sha256: Sha256,
): boolean {
  const [first, ...steps] = isPowerOfTwo(older.size) ? [older.root, ...given] : given;
  if (first === undefined || given.length === 0) return false;
  let fn = older.size - 1;
  let sn = newer.size - 1;
  while (fn % 2 === 1) {
    fn = (fn - 1) / 2;
    sn = Math.floor(sn / 2);
  }
  let oldHash = first;
  let newHash = first;
  for (const step of steps) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      oldHash = nodeHash(step, oldHash, sha256);
      newHash = nodeHash(step, newHash, sha256);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      newHash = nodeHash(newHash, step, sha256);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && sameBytes(oldHash, older.root) && sameBytes(newHash, newer.root);
}

const isPosition = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}
