import { posix } from 'node:path';
import { moduleGraph, type RemoteState, type Repository } from '#repository';

/** A stack that reads another's state, and so can only be planned rightly once that is applied. */
export interface StateDependency {
  /** Of the stack whose state is read. */
  readonly path: string;
  /** The data source that reads it, and where it stands. */
  readonly data: string;
  readonly file: string;
  readonly line?: number;
  /** It would make a circle, which `sekisho.yaml` may not have. */
  readonly closesCircle: boolean;
}

interface Place {
  readonly path: string;
  readonly backend?: { readonly type: string; readonly settings: Readonly<Record<string, string>> };
}

type Dependencies = ReadonlyMap<string, readonly StateDependency[]>;

/** Which stack reads whose state, itself or in a local module; only where both sides name the same place in the text, and no other stack has it. */
export function stateDependencies(repository: Repository, places: readonly Place[]): Dependencies {
  const owners = Map.groupBy(places, (place) => stateOf(place.backend, place.path) ?? '');
  const used = moduleGraph(repository);
  const found = new Map<string, StateDependency[]>();
  for (const { path } of places) {
    const own: StateDependency[] = [];
    found.set(path, own);
    for (const folder of used(path).folders)
      for (const read of repository.modules.get(folder)?.remoteStates ?? []) {
        const state = stateOf(read, path);
        const [owner, other] = state === undefined ? [] : (owners.get(state) ?? []);
        if (owner === undefined || other !== undefined || owner.path === path) continue;
        if (own.some((one) => one.path === owner.path)) continue;
        own.push({ path: owner.path, ...placeOf(read), closesCircle: reaches(found, owner.path, path) });
      }
  }
  return found;
}

const placeOf = ({ name, place }: RemoteState) => ({
  ...{ data: `data.terraform_remote_state.${name}`, file: place.file },
  ...(place.line !== undefined && { line: place.line }),
});

function reaches(found: Dependencies, from: string, to: string): boolean {
  const seen = new Set([from]);
  // A Set goes through what is added on the way too.
  for (const path of seen)
    for (const next of found.get(path) ?? []) if (!next.closesCircle) seen.add(next.path);
  return seen.has(to);
}

/**
 * What names the state within each backend: `needs` must be written, the rest stands for its default where it is not.
 * Source, 2026-11: https://developer.hashicorp.com/terraform/language/backend
 */
const NAMED_BY: Readonly<
  Record<string, { readonly needs: readonly string[]; readonly may?: Readonly<Record<string, string>> }>
> = {
  s3: { needs: ['bucket', 'key'] },
  gcs: { needs: ['bucket'], may: { prefix: '' } },
  azurerm: { needs: ['storage_account_name', 'container_name', 'key'] },
  remote: { needs: ['organization', 'workspaces.name'], may: { hostname: 'app.terraform.io' } },
  http: { needs: ['address'] },
  consul: { needs: ['path'], may: { address: '' } },
  kubernetes: { needs: ['secret_suffix'], may: { namespace: 'default' } },
  oss: { needs: ['bucket'], may: { prefix: 'env:', key: 'terraform.tfstate' } },
  cos: { needs: ['bucket'], may: { prefix: '', key: 'terraform.tfstate' } },
};

function stateOf(backend: Place['backend'], folder: string): string | undefined {
  if (backend === undefined) return undefined;
  const { settings } = backend;
  if (backend.type === 'local')
    return JSON.stringify(['local', posix.join('/', folder, settings.path ?? 'terraform.tfstate')]);
  const type = backend.type === 'cloud' ? 'remote' : backend.type;
  const named = Object.hasOwn(NAMED_BY, type) ? NAMED_BY[type] : undefined;
  if (named === undefined || named.needs.some((key) => settings[key] === undefined)) return undefined;
  const more = Object.entries(named.may ?? {}).map(([key, usual]) => settings[key] ?? usual);
  return JSON.stringify([type, ...named.needs.map((key) => settings[key]), ...more]);
}
