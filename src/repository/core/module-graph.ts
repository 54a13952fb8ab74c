import { mentionedPaths } from './assemble.ts';
import type { Repository, TerraformModule } from './model.ts';
import { isWithin, joinPath } from './paths.ts';

/** Everything that a root module uses on one side of a change, as far as the text tells. */
export interface Used {
  /** Folders of modules, itself included; some may not exist. */
  readonly folders: Iterable<string>;
  /** The shortest way to one of them: itself last. */
  wayTo(folder: string): readonly string[];
  readonly files: readonly UsedFile[];
  /** Files because of which nobody knows all it uses. */
  readonly unreadable: readonly { readonly file: string; readonly folder: string }[];
}

export interface UsedFile {
  readonly path: string;
  readonly reach: 'exact' | 'prefix';
  /** The module that mentions it. */
  readonly folder: string;
}

/** Follows the calls of local modules from the folder asked for; a cycle, which Terraform refuses, ends where it began. */
export function moduleGraph(repository: Repository): (root: string) => Used {
  // Many stacks use the same modules.
  const calls = new Map<string, readonly Called[]>();
  const calledBy = (module: TerraformModule): readonly Called[] => {
    const known = calls.get(module.path) ?? callsOf(repository, module);
    calls.set(module.path, known);
    return known;
  };
  return (root) => usedBy(repository, root, calledBy);
}

function usedBy(
  repository: Repository,
  root: string,
  calledBy: (module: TerraformModule) => readonly Called[],
): Used {
  const callers = new Map<string, string | undefined>([[root, undefined]]);
  const files: UsedFile[] = [];
  const unreadable: { file: string; folder: string }[] = [];
  // A Map goes through what is added on the way too.
  for (const folder of callers.keys()) {
    const module = repository.modules.get(folder);
    if (module === undefined) continue;
    for (const { place } of module.faults) unreadable.push({ file: place?.file ?? folder, folder });
    for (const read of module.readsFiles) {
      const paths = read.from === 'module' ? [read.path] : mentionedPaths(root, read, repository.links);
      for (const path of paths) files.push({ path, reach: read.reach, folder });
    }
    for (const { called, computedIn } of calledBy(module)) {
      if (computedIn !== undefined) unreadable.push({ file: computedIn, folder });
      for (const path of called) if (!callers.has(path)) callers.set(path, folder);
    }
  }
  return { folders: callers.keys(), wayTo: (folder) => wayTo(folder, callers), files, unreadable };
}

function wayTo(folder: string, callers: ReadonlyMap<string, string | undefined>): readonly string[] {
  const way: string[] = [];
  for (let step: string | undefined = folder; step !== undefined; step = callers.get(step)) way.push(step);
  return way.reverse();
}

interface Called {
  readonly called: readonly string[];
  /** The file of a call of which nothing is known. */
  readonly computedIn?: string;
}

function callsOf(repository: Repository, module: TerraformModule): readonly Called[] {
  return module.modules.map(({ kind, source, localPath, place }): Called => {
    if (kind === 'local' && localPath !== undefined) {
      // Where it was before links were followed matters too: a link on the way may change.
      const written = joinPath(module.path, source);
      const found = foundFolder(repository, localPath);
      return { called: written === undefined || written === localPath ? [found] : [found, written] };
    }
    if (kind !== 'computed') return { called: [] };
    if (localPath === undefined) return { called: [], computedIn: place.file };
    return { called: [...repository.modules.keys()].filter((path) => isWithin(path, localPath)).sort() };
  });
}

/** A Mac finds `Modules/queue` where Git has `modules/queue`, so that is what its author meant. */
function foundFolder({ modules }: Repository, path: string): string {
  if (modules.has(path)) return path;
  const lower = path.toLowerCase();
  return [...modules.keys()].filter((folder) => folder.toLowerCase() === lower).sort()[0] ?? path;
}
