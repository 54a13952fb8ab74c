import { ok } from '#core-values';
import type { DeliveredFile, DeliveredFiles } from '../delivered-files.ts';

/** Delivered files in memory: the third adapter of the port, which tests change as they go. */
export const deliveredInMemory = (files: ReadonlyMap<string, DeliveredFile>): DeliveredFiles => {
  const below = (folder: string): readonly string[] =>
    [...files.keys()].filter((name) => name.startsWith(folder)).toSorted();
  return {
    folders: async (folder) => {
      const first = below(folder).flatMap((name) => {
        const rest = name.slice(folder.length).split('/');
        return rest.length > 1 ? [`${folder}${rest[0]}/`] : [];
      });
      return ok([...new Set(first)]);
    },
    list: async (folder, after) => ok(below(folder).filter((name) => name > after)),
    read: async (name) => ok(files.get(name) ?? 'gone'),
  };
};
