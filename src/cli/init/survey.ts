import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ok, type Problem, parseStackName, type Reason, type Result } from '#core-values';
import { isConfigurationFile, type RepositoryFile, type RootModule, readRepository } from '#repository';
import { leadsOut, linkOut } from './links-out.ts';
import { type StateDependency, stateDependencies } from './state-dependencies.ts';

/** A root module, and what its own configuration tells of where it goes. */
export interface FoundStack {
  readonly path: string;
  /** Of its last folders, unlike any other stack's. */
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  /** Only of an S3 backend whose bucket is written there. */
  readonly state?: { readonly bucket: string; readonly table?: string };
  readonly backend?: string;
  /** Stacks whose state it reads. */
  readonly readsStateOf: readonly StateDependency[];
}

export interface Survey {
  readonly stacks: readonly FoundStack[];
  /** Files that could not be read. */
  readonly faults: readonly Reason[];
}

/** Looks through a folder for root modules; Terraform does not run. */
export async function surveyOf(root: string, without: readonly string[]): Promise<Result<Survey, Problem>> {
  const files = await configurationFiles(root, '', new Set(without));
  const out = await Promise.all(
    files.map(async ({ path, isLink }) => (isLink ? await linkOut(root, path) : undefined)),
  );
  const repository = await readRepository(files);
  if (!repository.ok) return repository;
  const names = namesOf(repository.value.roots.map(({ path }) => path));
  const modules = await Promise.all(
    repository.value.roots.map(async (module) => ({
      module,
      settings: { ...(await initialised(root, module.path)), ...module.backend?.settings },
    })),
  );
  const reads = stateDependencies(
    repository.value,
    modules.map(({ module: { path, backend }, settings }) => ({
      path,
      backend: { type: backend?.type ?? 'local', settings },
    })),
  );
  const stacks = modules.map(
    ({ module, settings }): FoundStack => ({
      path: module.path,
      name: names.get(module.path) ?? 'stack',
      ...placeOf(module, settings),
      readsStateOf: reads.get(module.path) ?? [],
    }),
  );
  return ok({
    stacks,
    faults: [
      ...out.flatMap((link) => (link === undefined ? [] : [leadsOut(link)])),
      ...repository.value.roots.flatMap(({ faults }) => faults),
    ],
  });
}

const SKIPPED = new Set(['.git', '.terraform', 'node_modules']);

async function configurationFiles(
  root: string,
  folder: string,
  without: ReadonlySet<string>,
): Promise<RepositoryFile[]> {
  const found: RepositoryFile[] = [];
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.has(entry.name) || without.has(path)) continue;
    if (entry.isSymbolicLink()) found.push({ path, text: await readlink(join(root, path)), isLink: true });
    else if (entry.isDirectory()) found.push(...(await configurationFiles(root, path, without)));
    else if (entry.isFile() && isConfigurationFile(path))
      found.push({ path, text: await readFile(join(root, path), 'utf8') });
  }
  return found;
}

const ACCOUNT_OF_ROLE = /^arn:[a-z-]+:iam::([0-9]{12}):/;

function placeOf(
  module: RootModule,
  settings: Readonly<Record<string, string>>,
): Omit<FoundStack, 'path' | 'name' | 'readsStateOf'> {
  const aws = module.providers.filter(({ source }) => source === 'hashicorp/aws');
  const main = aws.find(({ alias }) => alias === undefined) ?? aws[0];
  const allowed = main?.allowedAccountIds ?? [];
  const account =
    allowed.length === 1 ? allowed[0] : ACCOUNT_OF_ROLE.exec(main?.assumeRoleArns.at(-1) ?? '')?.[1];
  const region = main?.region ?? settings.region;
  const { bucket, dynamodb_table: table } = settings;
  return {
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    ...(module.backend !== undefined && { backend: module.backend.type }),
    ...(module.backend?.type === 's3' &&
      bucket !== undefined && { state: { bucket, ...(table !== undefined && { table }) } }),
  };
}

/** What tells where a state lies; nothing by which one gets at it. */
const WANTED: readonly string[] = [
  ...['bucket', 'key', 'region', 'dynamodb_table', 'prefix', 'path'],
  ...['storage_account_name', 'container_name', 'organization', 'hostname'],
];

const Initialised = z.object({
  backend: z.object({ config: z.record(z.string(), z.unknown()) }),
});

/** Where `terraform init` was run here, it kept the backend's whole configuration, also what came from outside. */
async function initialised(root: string, folder: string): Promise<Readonly<Record<string, string>>> {
  try {
    const path = `${folder}/.terraform/terraform.tfstate`;
    if ((await linkOut(root, path)) !== undefined) return {};
    const kept = Initialised.parse(JSON.parse(await readFile(join(root, path), 'utf8')));
    const wanted = WANTED.flatMap((key): [string, string][] => {
      const value = kept.backend.config[key];
      return typeof value === 'string' && value !== '' ? [[key, value]] : [];
    });
    return Object.fromEntries(wanted);
  } catch {
    return {};
  }
}

/** Each the shortest end of its path that no other has, in the grammar of names. */
export function namesOf(paths: readonly string[]): ReadonlyMap<string, string> {
  const ending = (path: string, steps: number): string =>
    path === '.'
      ? 'root'
      : path
          .split('/')
          .slice(-steps)
          .join('-')
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/g, '-')
          .replaceAll(/^-|-$/g, '')
          .slice(0, 64);
  const names = new Map<string, string>();
  for (const path of paths) {
    const most = path.split('/').length;
    const steps = Array.from({ length: most }, (_, at) => at + 1).find((count) =>
      paths.every(
        (other) =>
          other === path || ending(other, Math.min(count, other.split('/').length)) !== ending(path, count),
      ),
    );
    const name = parseStackName(ending(path, steps ?? most)) ?? 'stack';
    const taken = new Set(names.values());
    const numbered = [
      name,
      ...Array.from({ length: paths.length }, (_, at) => `${name.slice(0, 60)}-${at + 2}`),
    ];
    names.set(path, numbered.find((one) => !taken.has(one as never)) ?? name);
  }
  return names;
}
