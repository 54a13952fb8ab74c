import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, type Sha256, toHex } from '#platform/core';
import {
  appendLeafHash,
  type CompactTree,
  consistencyRanges,
  EMPTY_TREE,
  inclusionRanges,
  type LeafRange,
  leafHash,
  nodeHash,
  rangeHash,
  rootOf,
  rootOfLeafHashes,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? expect.unreachable();

/** The test vectors of Certificate Transparency (certificate-transparency, merkle_test.py; Go's merkle tests). */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((leaf) => leafHash(bytes(leaf), sha256));

const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** RFC 6962's recursive definition, as the oracle for the compact tree. */
function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)), sha256);
}

const proofOf = (ranges: readonly LeafRange[], leaves: readonly Uint8Array[]): Uint8Array[] =>
  ranges.map((range) =>
    rangeHash(
      range,
      ({ level, index }) => definedRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
      sha256,
    ),
  );

const leavesOf = (size: number): Uint8Array[] =>
  Array.from({ length: size }, (_, at) => leafHash(Uint8Array.of(at % 256, at / 256), sha256));

describe('the Merkle tree of RFC 6962', () => {
  test('has the published roots of Certificate Transparency for sizes 0 to 8', () => {
    const roots = CT_ROOTS.map((_, size) => toHex(rootOfLeafHashes(CT_LEAVES.slice(0, size), sha256)));
    expect(roots).toEqual(CT_ROOTS);
  });

  test('gives the published inclusion proof of leaf 5 in the tree of 8', () => {
    expect(proofOf(inclusionRanges(5, 8), CT_LEAVES).map(toHex)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  test('gives the published consistency proofs, 6 to 8 and 2 to 5', () => {
    expect(proofOf(consistencyRanges(6, 8), CT_LEAVES).map(toHex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(proofOf(consistencyRanges(2, 5), CT_LEAVES).map(toHex)).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ]);
  });

  test('a leaf never hashes like an inner node', () => {
    const [a, b] = [CT_LEAVES[0] ?? bytes(''), CT_LEAVES[1] ?? bytes('')];
    expect(leafHash(Uint8Array.of(...a, ...b), sha256)).not.toEqual(nodeHash(a, b, sha256));
  });

  test('the compact tree has the defined root at every size', () => {
    const leaves = leavesOf(130);
    let tree: CompactTree = EMPTY_TREE;
    for (const [at, leaf] of leaves.entries()) {
      tree = appendLeafHash(tree, leaf, sha256);
      expect(rootOf(tree, sha256)).toEqual(definedRoot(leaves.slice(0, at + 1)));
    }
  });

  test('inclusion proofs verify for every leaf of every size, and for no other leaf', () => {
    for (let size = 1; size <= 34; size += 1) {
      const leaves = leavesOf(size);
      const root = definedRoot(leaves);
      for (const [position, leaf] of leaves.entries()) {
        const proof = proofOf(inclusionRanges(position, size), leaves);
        expect(verifyInclusion({ position, size, leaf, root }, proof, sha256)).toBe(true);
        const wrong = leaves[(position + 1) % size] ?? leaf;
        expect(verifyInclusion({ position, size, leaf: wrong, root }, proof, sha256)).toBe(size === 1);
      }
    }
  });

  test('a proof says nothing about a tree of another size', () => {
    const [leaf] = leavesOf(1);
    const claim = { position: 0, size: 1, leaf: leaf ?? bytes(''), root: leaf ?? bytes('') };
    expect(verifyInclusion(claim, [], sha256)).toBe(true);
    expect(verifyInclusion({ ...claim, size: 2 }, [], sha256)).toBe(false);
    expect(verifyInclusion({ ...claim, position: 1 }, [], sha256)).toBe(false);
  });

  test('consistency proofs verify between any two sizes of one log', () => {
    for (let size = 0; size <= 34; size += 1) {
      const leaves = leavesOf(size);
      const newer = { size, root: definedRoot(leaves) };
      for (let oldSize = 0; oldSize <= size; oldSize += 1) {
        const older = { size: oldSize, root: definedRoot(leaves.slice(0, oldSize)) };
        expect(
          verifyConsistency(older, newer, proofOf(consistencyRanges(oldSize, size), leaves), sha256),
        ).toBe(true);
      }
    }
  });

  test('a proof with any byte changed, a step more or a step less is refused', () => {
    const cases = fc
      .integer({ min: 2, max: 200 })
      .chain((size) =>
        fc.tuple(fc.constant(size), fc.nat(size - 1), fc.nat(), fc.nat(31), fc.integer({ min: 1, max: 255 })),
      );
    fc.assert(
      fc.property(cases, ([size, position, pick, byte, flip]) => {
        const leaves = leavesOf(size);
        const root = definedRoot(leaves);
        const leaf = leaves[position] ?? root;
        const older = { size: position + 1, root: definedRoot(leaves.slice(0, position + 1)) };
        const accepted = (inclusion: Uint8Array[], consistency: Uint8Array[]): boolean[] => [
          verifyInclusion({ position, size, leaf, root }, inclusion, sha256),
          verifyConsistency(older, { size, root }, consistency, sha256),
        ];
        const damaged = (proof: Uint8Array[]): Uint8Array[] =>
          proof.length === 0
            ? [root]
            : proof.map((step, at) =>
                at === pick % proof.length
                  ? step.map((value, index) => (index === byte ? value ^ flip : value))
                  : step,
              );
        const inclusion = proofOf(inclusionRanges(position, size), leaves);
        const consistency = proofOf(consistencyRanges(position + 1, size), leaves);
        expect(accepted(inclusion, consistency)).toEqual([true, true]);
        expect(accepted(damaged(inclusion), damaged(consistency))).toEqual([false, false]);
        expect(accepted([...inclusion, root], [...consistency, root])).toEqual([false, false]);
        expect(accepted(inclusion.slice(0, -1), []).slice(0, 1)).toEqual([false]);
      }),
      { numRuns: 60 },
    );
  });

  test('a consistency proof does not verify against another history', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), fc.nat(), (size, pick) => {
        const leaves = leavesOf(size);
        const oldSize = 1 + (pick % (size - 1));
        const forged = leaves.with(pick % oldSize, leafHash(bytes('ff'), sha256));
        const older = { size: oldSize, root: definedRoot(leaves.slice(0, oldSize)) };
        const newer = { size, root: definedRoot(forged) };
        const proof = proofOf(consistencyRanges(oldSize, size), forged);
        expect(verifyConsistency(older, newer, proof, sha256)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
