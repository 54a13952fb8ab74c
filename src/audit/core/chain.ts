import { type Sha256, sameBytes, toHex, utf8 } from '#platform/core';
import { type AuditRecord, NO_PREVIOUS_LEAF, parseLeaf } from './entry.ts';
import { appendLeafHash, type CompactTree, EMPTY_TREE, leafHash, rootOf, type TreeHead } from './merkle.ts';

/**
 * How a log was tampered with, as far as what is left can tell:
 * - `edited`: the entry's content is not what the next entry (or the checkpoint) vouches for
 * - `removed`: entries are missing at this position; `reordered`: they are there, at another place
 * - `inserted`: an entry stands here whose position is taken
 * - `truncated`: the log ends before a checkpoint's size
 * - `forked`: every link holds, but the root differs from a checkpoint's: the log was written anew
 * - `appended`: more entries than the checkpoint that should cover the whole log
 */
export type Tampering = 'edited' | 'removed' | 'reordered' | 'inserted' | 'truncated' | 'forked' | 'appended';

export type ChainVerdict =
  | {
      readonly kind: 'intact';
      readonly size: number;
      readonly root: Uint8Array;
      /** Entries below this position are vouched for by a checkpoint; later ones only by the chain. */
      readonly vouchedSize: number;
    }
  | {
      readonly kind: 'tampered';
      readonly tampering: Tampering;
      /** First bad entry; where only a root tells, the first that may be bad. */
      readonly position: number;
      /** How many entries there were to read. */
      readonly size: number;
    };

/** A root that the log must have had at a size; `whole` where it must also end there. */
export interface KnownHead extends TreeHead {
  readonly whole?: boolean;
}

export interface ChainReader {
  /** The next leaf, in the order of the log. Answers its record, `undefined` where it is none. */
  push(leaf: string): AuditRecord | undefined;
  verdict(): ChainVerdict;
}

interface Break {
  readonly tampering: Tampering;
  readonly position: number;
  /** The entry of this position has not been seen yet. */
  readonly gap?: boolean;
}

/** Reads a log leaf by leaf in constant memory (the known heads aside). */
export function chainReader(heads: readonly KnownHead[], sha256: Sha256): ChainReader {
  const pending = heads.toSorted((a, b) => a.size - b.size);
  let tree: CompactTree = EMPTY_TREE;
  let previous = NO_PREVIOUS_LEAF;
  let vouchedSize = 0;
  let broken: Break | undefined;
  /** An entry whose own link failed, until its successor tells which of the two was edited. */
  let suspect: { readonly position: number; readonly hash: string } | undefined;

  const meetHeads = (): void => {
    for (let head = pending[0]; head?.size === tree.size; head = pending[0]) {
      if (!sameBytes(rootOf(tree, sha256), head.root)) {
        broken ??= { tampering: 'forked', position: vouchedSize };
        return;
      }
      vouchedSize = head.size;
      pending.shift();
    }
  };

  const afterBreak = (record: AuditRecord | undefined): void => {
    if (suspect !== undefined) {
      // The successor links to the suspect as it stands: then the one before it was edited.
      if (record?.position === suspect.position + 1 && record.previousLeafHash !== suspect.hash) {
        broken = { tampering: 'edited', position: suspect.position };
      }
      suspect = undefined;
    }
    if (broken === undefined) return;
    // Nothing has shifted: only the position written in the entry was changed.
    const shifted = broken.tampering === 'removed' || broken.tampering === 'inserted';
    if (shifted && broken.position === tree.size - 1 && record?.position === tree.size) {
      broken = { ...broken, tampering: 'edited' };
    }
    if (broken.gap === true && record?.position === broken.position) {
      broken = { ...broken, tampering: 'reordered' };
    }
  };

  const push = (leaf: string): AuditRecord | undefined => {
    const record = parseLeaf(leaf);
    const position = tree.size;
    const hash = leafHash(utf8(leaf), sha256);
    if (broken !== undefined) afterBreak(record);
    else if (record === undefined) broken = { tampering: 'edited', position };
    else if (record.position > position) broken = { tampering: 'removed', position, gap: true };
    else if (record.position < position) broken = { tampering: 'inserted', position };
    else if (record.previousLeafHash !== previous) {
      // Below the last checkpoint met, the entry before is proven good: then it is this one.
      const before = position > vouchedSize ? position - 1 : position;
      broken = { tampering: 'edited', position: before };
      if (before !== position) suspect = { position, hash: toHex(hash) };
    }
    tree = appendLeafHash(tree, hash, sha256);
    previous = toHex(hash);
    if (broken === undefined) meetHeads();
    return record;
  };

  const verdict = (): ChainVerdict => {
    const { size } = tree;
    const tampered = (found: Break): ChainVerdict => ({
      kind: 'tampered',
      tampering: found.tampering,
      position: found.position,
      size,
    });
    if (broken !== undefined) return tampered(broken);
    if (pending.length > 0) return tampered({ tampering: 'truncated', position: size });
    const whole = heads.find((head) => head.whole === true && head.size < size);
    if (whole !== undefined) return tampered({ tampering: 'appended', position: whole.size });
    return { kind: 'intact', size, root: rootOf(tree, sha256), vouchedSize };
  };

  meetHeads();
  return { push, verdict };
}

/** The whole log at once. */
export function verifyChain(
  leaves: Iterable<string>,
  heads: readonly KnownHead[],
  sha256: Sha256,
): ChainVerdict {
  const reader = chainReader(heads, sha256);
  for (const leaf of leaves) reader.push(leaf);
  return reader.verdict();
}
