import type { LinkTarget } from './model.ts';

/** Linux has no longer ones; what strangers write is not looked at any further. */
export const LONGEST_PATH = 4_096;

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

/** A path, and where it leads each time that a symbolic link on its way is followed; ends where that is outside, or a circle. */
export function* linkSteps(path: string, links: ReadonlyMap<string, LinkTarget>): Generator<string> {
  yield path;
  if (links.size === 0) return;
  let real = path;
  for (let followed = 0; followed < MOST_LINKS; followed += 1) {
    const link = linkOnTheWay(real, links);
    const target = link === undefined ? undefined : links.get(link)?.path;
    if (link === undefined || target === undefined) return;
    const rest = real.slice(link.length + 1);
    real = rest === '' ? target : target === '.' ? rest : `${target}/${rest}`;
    yield real;
  }
}

/** The first link on a path's way: what lies behind it is seen from where it leads. */
const linkOnTheWay = (path: string, links: ReadonlyMap<string, LinkTarget>): string | undefined =>
  [path, ...foldersAbove(path)].findLast((step) => links.has(step));

/** Where a path leads once every symbolic link on its way is followed; `undefined` where that is outside or nowhere. */
export function throughLinks(path: string, links: ReadonlyMap<string, LinkTarget>): string | undefined {
  let real = path;
  for (real of linkSteps(path, links));
  return linkOnTheWay(real, links) === undefined ? real : undefined;
}
