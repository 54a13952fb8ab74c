import type { SourcePlace } from '#core-values';

/** Steps from the root of a document to a node. */
export type NodePath = readonly (string | number)[];

/**
 * Where a node stands in its file; `key` asks for the place of its key instead of its value. A node that is not there has the
 * place of its nearest parent.
 */
export type PlaceOf = (path: NodePath, part?: 'key' | 'value') => SourcePlace;

/** `accounts[0].planRole`; `(root)` for the whole document. */
export function pathText(path: NodePath): string {
  const words = path.map((step) =>
    typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
  );
  return words.join('').replace(/^\./, '') || '(root)';
}

/** What stands at a path of plain data; `undefined` when nothing does. */
export function valueAt(root: unknown, path: NodePath): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? Reflect.get(value, step)
        : undefined,
    root,
  );
}
