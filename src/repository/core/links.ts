import { isConfigurationFile, type TreeEntry } from './configuration-file.ts';
import type { LinkTarget, RepositoryFile } from './model.ts';
import { folderOf, joinPath, throughLinks } from './paths.ts';

/** Where symbolic links lead, from the words that Git keeps of them. */
export const linksOf = (files: readonly RepositoryFile[]): ReadonlyMap<string, LinkTarget> =>
  new Map(
    files.flatMap(({ path, text: target, isLink }): readonly [string, LinkTarget][] => {
      if (!isLink) return [];
      const leads = target.startsWith('/') ? undefined : joinPath(folderOf(path), target);
      return [[path, leads === undefined ? {} : { path: leads }]];
    }),
  );

/**
 * What must be read besides `entriesToRead`, once the links are: files that are configuration only by the name of a link to them
 * (`providers.tf` to `providers.tf.shared`).
 */
export function entriesBehindLinks<Entry extends TreeEntry>(
  tree: readonly Entry[],
  links: readonly RepositoryFile[],
): readonly Entry[] {
  const all = linksOf(links);
  const wanted = new Set([...all.keys()].filter(isConfigurationFile).map((path) => throughLinks(path, all)));
  if (wanted.size === 0) return [];
  return tree.filter(
    ({ path, mode }) => mode.startsWith('100') && !isConfigurationFile(path) && wanted.has(path),
  );
}
