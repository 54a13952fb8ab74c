import { text } from '#core-values';
import type {
  CodeOnRunner,
  ConfigurationSnapshot,
  ModuleSource,
  ProviderBlock,
  Provisioner,
} from '../model.ts';
import { isJsonList, type JsonTree, parseJsonText } from './json-text.ts';
import { refuse } from './refusal.ts';

/** One file of the configuration in HCL's JSON form: block types, labels, then bodies, each maybe in a list. */
export interface ParsedConfigFile {
  readonly module: string;
  readonly name: string;
  readonly body: JsonTree;
  readonly source: string;
}

export type Body = ReadonlyMap<string, JsonTree>;

export interface Block {
  readonly labels: readonly string[];
  readonly body: Body;
}

/** Reads `tfconfig/modules.json`: where each module comes from. Throws a refusal. */
export function moduleSources(source: string): readonly ModuleSource[] {
  const list = parseJsonText(source, 'tfconfig/modules.json');
  if (!isJsonList(list)) return refuseModules();
  const modules = list.map((item): ModuleSource => {
    if (!(item instanceof Map)) return refuseModules();
    for (const name of item.keys()) if (!MODULE_KEYS.has(name)) refuseModules();
    const [key, from, version] = [item.get('Key'), item.get('Source'), item.get('Version')];
    if (typeof key !== 'string') return refuseModules();
    return {
      key,
      source: typeof from === 'string' ? from : '',
      ...(typeof version === 'string' && version !== '' && { version }),
    };
  });
  return new Set(modules.map(({ key }) => key)).size === modules.length ? modules : refuseModules();
}

const MODULE_KEYS: ReadonlySet<string> = new Set(['Key', 'Source', 'Version', 'Dir']);

function refuseModules(): never {
  return refuse(
    'bad-modules',
    text(
      'tfconfig/modules.json in the plan file is not as Terraform writes it.',
      'プランファイル内の tfconfig/modules.json が Terraform の書く形式ではありません。',
    ),
  );
}

/** What of the configuration matters beyond the planned values. */
export function configurationSnapshot(
  modules: readonly ModuleSource[],
  files: readonly ParsedConfigFile[],
): ConfigurationSnapshot {
  return {
    modules,
    provisioners: files.flatMap(provisionersIn),
    externalData: files.flatMap(externalDataIn),
    providers: files.flatMap(providersIn),
    requiredProviders: files.flatMap(requiredProvidersIn),
    sensitiveNames: [...new Set(files.flatMap(sensitiveNamesIn))],
    actionBlocks: files.flatMap((file) => codeBlocks(file, 'action', 'action.')),
  };
}

/**
 * The blocks of one type in a body. HCL's two syntaxes meet here: native blocks come as
 * `{type: {label: [body]}}`, and JSON ones may have a list, or a single body, at every level.
 */
export function blocksOf(parent: JsonTree | undefined, type: string, labelCount: number): readonly Block[] {
  return layers(parent).flatMap((body) => labelled(body.get(type), labelCount, []));
}

function labelled(
  tree: JsonTree | undefined,
  labelCount: number,
  labels: readonly string[],
): readonly Block[] {
  const bodies = layers(tree);
  if (labelCount === 0) return bodies.map((body) => ({ labels, body }));
  return bodies.flatMap((body) =>
    [...body].flatMap(([label, inner]) => labelled(inner, labelCount - 1, [...labels, label])),
  );
}

export function layers(tree: JsonTree | undefined): readonly Body[] {
  if (tree instanceof Map) return [tree];
  return isJsonList(tree) ? tree.flatMap(layers) : [];
}

const placeOf = (file: ParsedConfigFile): { readonly file: string } => ({
  file: file.module === '' ? file.name : `module ${file.module}: ${file.name}`,
});

function provisionersIn(file: ParsedConfigFile): readonly Provisioner[] {
  return blocksOf(file.body, 'resource', 2).flatMap(({ labels, body }) =>
    layers(body.get('provisioner')).flatMap((byType) =>
      [...byType].flatMap(([type, bodies]) =>
        // A body that is no object still means a provisioner: better one too many.
        (layers(bodies).length === 0 ? [new Map<string, JsonTree>()] : layers(bodies)).map(
          (provisioner): Provisioner => ({
            module: file.module,
            resource: labels.join('.'),
            type,
            // `${destroy}` in native syntax, `destroy` in JSON.
            when: /destroy/.test(String(provisioner.get('when') ?? '')) ? 'destroy' : 'create',
            place: placeOf(file),
          }),
        ),
      ),
    ),
  );
}

function externalDataIn(file: ParsedConfigFile): readonly CodeOnRunner[] {
  return codeBlocks(file, 'data', 'data.').filter(({ address }) => address.startsWith('data.external.'));
}

function codeBlocks(file: ParsedConfigFile, type: string, prefix: string): readonly CodeOnRunner[] {
  return blocksOf(file.body, type, 2).map(({ labels }) => ({
    module: file.module,
    address: prefix + labels.join('.'),
    place: placeOf(file),
  }));
}

function providersIn(file: ParsedConfigFile): readonly ProviderBlock[] {
  return blocksOf(file.body, 'provider', 1).map(({ labels, body }): ProviderBlock => {
    const alias = literal(body.get('alias'));
    const region = literal(body.get('region'));
    const roles = layers(body.get('assume_role')).concat(layers(body.get('assume_role_with_web_identity')));
    return {
      module: file.module,
      name: labels[0] ?? '',
      ...(alias !== undefined && { alias }),
      ...(region !== undefined && { region }),
      roleArns: roles.flatMap((role) => literals(role.get('role_arn'))),
      allowedAccountIds: literals(body.get('allowed_account_ids')),
      place: placeOf(file),
    };
  });
}

function requiredProvidersIn(file: ParsedConfigFile): ConfigurationSnapshot['requiredProviders'] {
  return blocksOf(file.body, 'terraform', 0).flatMap(({ body }) =>
    layers(body.get('required_providers')).flatMap((providers) =>
      [...providers].map(([name, wanted]) => {
        const source = wanted instanceof Map ? literal(wanted.get('source')) : undefined;
        const version = wanted instanceof Map ? literal(wanted.get('version')) : literal(wanted);
        // Without a source Terraform takes it from its own namespace.
        return { name, source: source ?? `hashicorp/${name}`, ...(version !== undefined && { version }) };
      }),
    ),
  );
}

/** Only the root module's: other modules' variables and outputs are not in a plan. */
function sensitiveNamesIn(file: ParsedConfigFile): readonly string[] {
  if (file.module !== '') return [];
  return ['variable', 'output'].flatMap((type) =>
    blocksOf(file.body, type, 1)
      // Whatever is not plainly false counts as sensitive.
      .filter(({ body }) => body.has('sensitive') && body.get('sensitive') !== false)
      .map(({ labels }) => labels[0] ?? ''),
  );
}

/** A string without templates; an expression has no value here. Numbers and booleans as text. */
export function literal(tree: JsonTree | undefined): string | undefined {
  if (typeof tree === 'number' || typeof tree === 'boolean') return String(tree);
  return typeof tree === 'string' && !/[$%]\{/.test(tree) ? tree : undefined;
}

export function literals(tree: JsonTree | undefined): readonly string[] {
  return (isJsonList(tree) ? tree : [tree]).flatMap((item) => {
    const value = literal(item ?? undefined);
    // An account id written as a number has lost its leading zeros.
    return value === undefined ? [] : [typeof item === 'number' ? value.padStart(12, '0') : value];
  });
}
