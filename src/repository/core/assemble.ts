import type { Reason, Result, SourcePlace } from '#core-values';
import { isOverrideFile } from './configuration-file.ts';
import type { FileFacts } from './file-facts.ts';
import type { Mention } from './mentions.ts';
import type {
  FileRead,
  LinkTarget,
  ModuleCall,
  NotRoot,
  ProviderConfiguration,
  Repository,
  RequiredProvider,
  RootModule,
  TerraformModule,
} from './model.ts';
import { folderOf, foldersAbove, joinPath, LONGEST_PATH, linkSteps, nameOf, throughLinks } from './paths.ts';

/** A file of configuration, as far as it could be read. */
export interface ReadFile {
  readonly path: string;
  readonly facts: Result<FileFacts, Reason>;
}

/** Puts files together to modules, and finds the root modules among them; `named` are folders that somebody calls stacks. */
export function assembleRepository(
  files: readonly ReadFile[],
  links: ReadonlyMap<string, LinkTarget>,
  named: ReadonlySet<string>,
): Repository {
  const folders = Map.groupBy(files, ({ path }) => folderOf(path));
  const linked = linkedFrom(new Set(folders.keys()), links);
  const modules = new Map(
    [...folders].map(([path, within]) => {
      const module = assembleModule(path, within, links);
      const readsFiles = distinct([...module.readsFiles, ...(linked.get(path) ?? [])]);
      return [path, { ...module, readsFiles }] as const;
    }),
  );
  const called = new Set(
    [...modules.values()].flatMap((module) => module.modules.map((call) => call.localPath)),
  );
  const roots: RootModule[] = [];
  const notRoots: NotRoot[] = [];
  for (const path of [...modules.keys()].sort()) {
    const module = modules.get(path);
    if (module === undefined) continue;
    const because = whyRoot(module, { named, called, modules });
    if (because.isRoot) roots.push({ ...module, because: because.why });
    else notRoots.push({ path, because: because.why });
  }
  return { modules, roots, notRoots, links };
}

/**
 * What symbolic links in each module's folder lead to, which it may read by any expression; but not folders of modules, of which it uses those
 * that it calls.
 */
function linkedFrom(
  folders: ReadonlySet<string>,
  links: ReadonlyMap<string, LinkTarget>,
): ReadonlyMap<string, readonly FileRead[]> {
  const linked = new Map<string, FileRead[]>();
  const holders = new Set([...folders].flatMap((folder) => [folder, ...foldersAbove(folder)]));
  for (const link of links.keys()) {
    const owner = [...foldersAbove(link)].find((folder) => folders.has(folder));
    const [, ...steps] = linkSteps(link, links);
    const real = steps.at(-1);
    if (owner === undefined || real === undefined) continue;
    if (holders.has(real)) continue;
    const reads = steps.map((path): FileRead => ({ from: 'module', path, reach: 'exact' }));
    linked.set(owner, [...(linked.get(owner) ?? []), ...reads]);
  }
  return linked;
}

interface Surroundings {
  readonly named: ReadonlySet<string>;
  readonly called: ReadonlySet<string | undefined>;
  readonly modules: ReadonlyMap<string, TerraformModule>;
}

type Verdict =
  | { readonly isRoot: true; readonly why: RootModule['because'] }
  | { readonly isRoot: false; readonly why: NotRoot['because'] };

function whyRoot(module: TerraformModule, { named, called, modules }: Surroundings): Verdict {
  if (named.has(module.path)) return { isRoot: true, why: 'named' };
  const kind = kindOfFolder(module.path, modules);
  if (kind !== undefined) return { isRoot: false, why: kind };
  // A module that is called may bring a provider along; a backend it may not, so one with a backend is run by itself as well.
  if (module.backend !== undefined) return { isRoot: true, why: 'backend' };
  if (called.has(module.path)) return { isRoot: false, why: 'called' };
  return module.providers.length > 0
    ? { isRoot: true, why: 'provider' }
    : { isRoot: false, why: 'nothing-configured' };
}

/**
 * Examples and tests of a module lie below it, as HashiCorp's standard module structure has them. `environments/test` is no such folder: what
 * holds it is no module.
 */
function kindOfFolder(
  path: string,
  modules: ReadonlyMap<string, TerraformModule>,
): 'example' | 'test' | undefined {
  for (const folder of [path, ...foldersAbove(path)]) {
    const kind = FOLDER_KINDS.get(nameOf(folder));
    if (kind === undefined) continue;
    const above = [...foldersAbove(folder)];
    if (above.some((one) => modules.has(one) || nameOf(one) === 'modules')) return kind;
  }
  return undefined;
}

const FOLDER_KINDS: ReadonlyMap<string, 'example' | 'test'> = new Map([
  ['example', 'example'],
  ['examples', 'example'],
  ['test', 'test'],
  ['tests', 'test'],
  ['testdata', 'test'],
  ['fixtures', 'test'],
]);

function assembleModule(
  path: string,
  files: readonly ReadFile[],
  links: ReadonlyMap<string, LinkTarget>,
): TerraformModule {
  const ordered = files.toSorted(
    (a, b) => Number(isOverrideFile(a.path)) - Number(isOverrideFile(b.path)) || (a.path < b.path ? -1 : 1),
  );
  const read = ordered.flatMap(({ path: file, facts }) =>
    facts.ok ? [{ file, facts: facts.value, overrides: isOverrideFile(file) }] : [],
  );
  const all = read.flatMap(({ facts }) => facts.requiredProviders);
  const sources = new Map(all.map(({ name, source }) => [name, source]));
  const backends = read.flatMap(({ file, facts }) =>
    facts.backends.map(({ type, settings, line }) => ({ type, settings, place: placeOf(file, line) })),
  );
  const backend = backends.at(-1);
  const remoteStates = read.flatMap(({ file, facts }) =>
    facts.remoteStates.map(({ name, backend: type, settings, line }) => ({
      ...{ name, type, settings, place: placeOf(file, line) },
    })),
  );
  const requiredVersion = read.flatMap(({ facts }) => facts.requiredVersions).at(-1);
  return {
    path,
    ...(backend !== undefined && { backend }),
    providers: providersOf(read, sources),
    requiredProviders: [...new Map(all.map((one): [string, RequiredProvider] => [one.name, one])).values()],
    modules: callsOf(path, read, links),
    ...(requiredVersion !== undefined && { requiredVersion }),
    remoteStates,
    readsFiles: readsOf(
      path,
      read.flatMap(({ facts }) => facts.mentions),
      links,
    ),
    faults: ordered.flatMap(({ facts }) => (facts.ok ? [] : [facts.error])),
  };
}

interface Contribution {
  readonly file: string;
  readonly facts: FileFacts;
  readonly overrides: boolean;
}

const placeOf = (file: string, line: number | undefined): SourcePlace => ({
  file,
  ...(line !== undefined && { line }),
});

function providersOf(
  read: readonly Contribution[],
  sources: ReadonlyMap<string, string>,
): readonly ProviderConfiguration[] {
  const found: ProviderConfiguration[] = [];
  for (const { file, facts, overrides } of read) {
    for (const { line, ...provider } of facts.providers) {
      const before = found.findIndex(({ name, alias }) => name === provider.name && alias === provider.alias);
      const whole = {
        ...provider,
        source: sources.get(provider.name) ?? `hashicorp/${provider.name}`,
        place: placeOf(file, line),
      };
      const older = overrides ? found[before] : undefined;
      if (older === undefined) found.push(whole);
      else found[before] = { ...older, ...withoutEmpty(whole) };
    }
  }
  return found;
}

/** What an override file does not say stays as it was. */
const withoutEmpty = ({ allowedAccountIds, assumeRoleArns, ...rest }: ProviderConfiguration) => ({
  ...rest,
  ...(allowedAccountIds.length > 0 && { allowedAccountIds }),
  ...(assumeRoleArns.length > 0 && { assumeRoleArns }),
});

function callsOf(
  folder: string,
  read: readonly Contribution[],
  links: ReadonlyMap<string, LinkTarget>,
): readonly ModuleCall[] {
  let found: readonly ModuleCall[] = [];
  for (const { file, facts, overrides } of read) {
    for (const { name, source, line } of facts.calls) {
      if (overrides && source === '') continue;
      if (overrides) found = found.filter((call) => call.name !== name);
      const call = { name, source, ...leadsTo(folder, source, links), place: placeOf(file, line) };
      found = [...found, call];
    }
  }
  return found;
}

/** https://developer.hashicorp.com/terraform/language/modules/sources: a local path begins with `./` or `../`. */
function leadsTo(
  folder: string,
  source: string,
  links: ReadonlyMap<string, LinkTarget>,
): Pick<ModuleCall, 'kind' | 'localPath'> {
  const written = source.replaceAll('\\', '/').replace(/^\$\{\s*path\.module\s*\}\//, './');
  const computedFrom = written.search(/[$%]\{/);
  const known = computedFrom === -1 ? written : written.slice(0, written.lastIndexOf('/', computedFrom) + 1);
  // No such path can be.
  if (source.length > LONGEST_PATH) return { kind: 'computed' };
  if (!/^\.\.?\//.test(known)) {
    if (computedFrom !== -1) return { kind: 'computed' };
    return { kind: /^(?:\/|file:|[A-Za-z]:\/)/.test(known) ? 'outside' : 'remote' };
  }
  const joined = joinPath(folder, known);
  const localPath = joined === undefined ? undefined : throughLinks(joined, links);
  if (localPath === undefined) return { kind: 'outside' };
  return { kind: computedFrom === -1 ? 'local' : 'computed', localPath };
}

function readsOf(
  folder: string,
  mentions: readonly Mention[],
  links: ReadonlyMap<string, LinkTarget>,
): readonly FileRead[] {
  const reads = mentions.flatMap((mention): readonly FileRead[] => {
    if (mention.from === 'root') return [mention];
    return mentionedPaths(folder, mention, links).map((path) => ({ ...mention, path }));
  });
  return distinct(reads);
}

const distinct = (reads: readonly FileRead[]): readonly FileRead[] => [
  ...new Map(reads.map((read) => [`${read.from} ${read.reach} ${read.path}`, read])).values(),
];

/** What a mention seen from a folder means from the repository's root: before and after links are followed; none where it is outside. */
export function mentionedPaths(
  folder: string,
  { path, reach }: Pick<Mention, 'path' | 'reach'>,
  links: ReadonlyMap<string, LinkTarget>,
): readonly string[] {
  // `policies/` and `policies-` are different beginnings.
  const end = reach === 'prefix' ? path.lastIndexOf('/') + 1 : path.length;
  const begun = path.slice(end);
  const joined = joinPath(folder, path.slice(0, end));
  if (joined === undefined) return [];
  return [...linkSteps(joined, links)].map((step) => {
    if (reach === 'exact') return step;
    return step === '.' ? begun : `${step}/${begun}`;
  });
}
