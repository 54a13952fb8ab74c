import type { ChangedFile } from './affected-model.ts';
import { literalStart, matchesPathGlob } from './path-glob.ts';
import { foldersAbove } from './paths.ts';

/** The paths that a change touches, found by what they belong to. Every answer is sorted. */
export interface Touched {
  readonly isEmpty: boolean;
  /** Whose nearest folder with configuration is this one; where it has none, `at` it. */
  inModule(folder: string): readonly string[];
  /** The folder with configuration that is nearest to a touched path. */
  moduleOf(path: string): string | undefined;
  /**
   * A file, a folder with all it holds, or whatever begins so; and whatever is touched above it, for that is a symbolic link, or a submodule of
   * Git's, that is on the way.
   */
  at(path: string, reach: 'exact' | 'prefix'): readonly string[];
  matching(glob: string): readonly string[];
}

/** `modules` are the folders with configuration on either side of the change. */
export function touchedBy(changedFiles: readonly ChangedFile[], modules: ReadonlySet<string>): Touched {
  const touched = changedFiles.flatMap(({ path, previousPath }) =>
    previousPath === undefined ? [path] : [path, previousPath],
  );
  const paths = [...new Set(touched)].sort();
  const owners = new Map(paths.map((path) => [path, nearest(path, modules)]));
  const byModule = Map.groupBy(paths, (path) => owners.get(path));
  const beginning = (start: string): readonly string[] => {
    const from = firstNotBefore(paths, start);
    let to = from;
    while (paths[to]?.startsWith(start)) to += 1;
    return paths.slice(from, to);
  };
  const at = remembered((reach: 'exact' | 'prefix', path) => {
    const onTheWay = [...foldersAbove(path)].filter((above) => owners.has(above)).reverse();
    if (reach === 'prefix') return [...onTheWay, ...beginning(path)];
    if (path === '.') return paths;
    return [...onTheWay, ...(owners.has(path) ? [path] : []), ...beginning(`${path}/`)];
  });
  const matching = remembered((_: 'glob', glob) =>
    beginning(literalStart(glob)).filter((path) => matchesPathGlob(glob, path)),
  );
  return {
    isEmpty: paths.length === 0,
    inModule: (folder) => (modules.has(folder) ? (byModule.get(folder) ?? []) : at('exact', folder)),
    moduleOf: (path) => owners.get(path),
    at: (path, reach) => at(reach, path),
    matching: (glob) => matching('glob', glob),
  };
}

function nearest(path: string, folders: ReadonlySet<string>): string | undefined {
  for (const folder of foldersAbove(path)) if (folders.has(folder)) return folder;
  return undefined;
}

/** Many stacks ask the same. */
function remembered<Kind extends string>(
  answer: (kind: Kind, path: string) => readonly string[],
): (kind: Kind, path: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (kind, path) => {
    const key = `${kind} ${path}`;
    const found = known.get(key) ?? answer(kind, path);
    known.set(key, found);
    return found;
  };
}

function firstNotBefore(sorted: readonly string[], wanted: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
