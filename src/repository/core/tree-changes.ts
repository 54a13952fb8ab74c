import type { ChangedFile } from './affected-model.ts';
import type { TreeEntry } from './configuration-file.ts';

/** An entry with the id of its content. */
export interface TreeBlob extends TreeEntry {
  readonly sha: string;
}

/**
 * What differs between two trees: for who has trees and no `git diff`, and for whom a list of changed files that an API cuts off (GitHub: at 3,000, or
 * 300) would not do. A file that is gone and one of the same content that is new are a rename; where several could be, by the order of their paths.
 */
export function changesBetween(
  before: readonly TreeBlob[],
  after: readonly TreeBlob[],
): readonly ChangedFile[] {
  const [was, is] = [byPath(before), byPath(after)];
  const gone = [...was.values()].filter(({ path }) => !is.has(path));
  const goneBySha = Map.groupBy(gone.toReversed(), contentOf);
  const renamed = new Set<string>();
  const changed = [...is.values()].flatMap((entry): readonly ChangedFile[] => {
    const { path } = entry;
    const older = was.get(path);
    if (older !== undefined)
      return contentOf(older) === contentOf(entry) ? [] : [{ path, status: 'modified' }];
    const previousPath = goneBySha.get(contentOf(entry))?.pop()?.path;
    if (previousPath === undefined) return [{ path, status: 'added' }];
    renamed.add(previousPath);
    return [{ path, status: 'renamed', previousPath }];
  });
  const deleted = gone.flatMap(({ path }): readonly ChangedFile[] =>
    renamed.has(path) ? [] : [{ path, status: 'deleted' }],
  );
  return [...changed, ...deleted];
}

const byPath = (tree: readonly TreeBlob[]): ReadonlyMap<string, TreeBlob> =>
  new Map(
    tree
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      // Folders are what they hold.
      .flatMap((entry) => (entry.mode === '040000' ? [] : [[entry.path, entry] as const])),
  );

/** A file that becomes a link to the same words is another file. */
const contentOf = ({ mode, sha }: TreeBlob): string => `${mode} ${sha}`;
