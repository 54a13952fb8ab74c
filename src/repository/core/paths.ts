import type { LinkTarget } from './model.ts';

/** The folder that holds a path: `.` for what lies in the root. */
export const folderOf = (path: string): string => {
  const end = path.lastIndexOf('/');
  return end === -1 ? '.' : path.slice(0, end);
};

/** Its last step. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folders above a path, the nearest first, down to `.`; of `.` none. */
export function* foldersAbove(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1))
    yield path.slice(0, end);
  if (path !== '.') yield '.';
}

/** Whether a path is the folder or lies in it. `stacks/ab` does not lie in `stacks/a`. */
export const isWithin = (path: string, folder: string): boolean =>
  folder === '.' || path === folder || path.startsWith(`${folder}/`);

/** A path seen from a folder, from the root; `undefined` where it leads out of the repository. */
export function joinPath(folder: string, relative: string): string | undefined {
  const steps = folder === '.' ? [] : folder.split('/');
  for (const step of relative.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.length === 0 ? '.' : steps.join('/');
}

/** As many as Linux follows. */
const MOST_LINKS = 40;

/** Where a path leads once every symbolic link on its way is followed; `undefined` where that is outside or nowhere. */
export function throughLinks(path: string, links: ReadonlyMap<string, LinkTarget>): string | undefined {
  if (links.size === 0) return path;
  let real = path;
  for (let followed = 0; followed <= MOST_LINKS; followed += 1) {
    const link = [...foldersAbove(real)]
      .reverse()
      .concat(real)
      .find((step) => links.has(step));
    if (link === undefined) return real;
    const target = links.get(link)?.path;
    if (target === undefined) return undefined;
    const rest = real.slice(link.length + 1);
    real = rest === '' ? target : target === '.' ? rest : `${target}/${rest}`;
  }
  return undefined;
}
