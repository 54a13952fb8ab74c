import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { NodePath } from '../core/index.ts';

interface Found {
  readonly key?: Node;
  readonly value?: Node;
}

/** Finds the nodes of a parsed document by their path in its plain data. */
export function nodeReader(document: Document.Parsed) {
  const nodeOf = (value: unknown): Node | undefined => {
    if (isAlias(value)) return value.resolve(document);
    return isMap(value) || isSeq(value) || isScalar(value) ? value : undefined;
  };
  const step = (parent: Node | undefined, name: string | number): Found | undefined => {
    if (isSeq(parent)) return found(undefined, nodeOf(parent.items[Number(name)]));
    if (!isMap(parent)) return;
    const pair = parent.items.find((item: Pair) => isScalar(item.key) && item.key.value === String(name));
    return pair && found(nodeOf(pair.key), nodeOf(pair.value));
  };
  const find = (path: NodePath): Found | undefined => {
    let at: Found | undefined = found(undefined, nodeOf(document.contents));
    for (const name of path) {
      at = step(at?.value, name);
      if (at === undefined) return;
    }
    return at;
  };
  return {
    /** Offset of a node's value, or of its key; for a node that is not there, of its nearest parent's key. */
    offsetOf: (path: NodePath, part: 'key' | 'value' = 'value'): number => {
      const exact = find(path);
      const start =
        exact && startOf(part === 'key' ? (exact.key ?? exact.value) : (exact.value ?? exact.key));
      if (start !== undefined) return start;
      for (let length = path.length - 1; length > 0; length -= 1) {
        const parent = find(path.slice(0, length));
        const parentStart = parent && startOf(parent.key ?? parent.value);
        if (parentStart !== undefined) return parentStart;
      }
      return 0;
    },
    writtenAt: (path: NodePath): string | undefined => {
      const value = find(path)?.value;
      return isScalar(value) && value.source !== undefined ? value.source : undefined;
    },
  };
}

const found = (key: Node | undefined, value: Node | undefined): Found => ({
  ...(key === undefined ? {} : { key }),
  ...(value === undefined ? {} : { value }),
});

const startOf = (node: Node | undefined): number | undefined => node?.range?.[0];
