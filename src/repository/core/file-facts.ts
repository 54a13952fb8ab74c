import { blocksOf, isJsonList, type JsonTree, layers, literal, literals } from '#plan/core';
import { type Mention, mentionsIn } from './mentions.ts';
import type { RequiredProvider } from './model.ts';

/** What one file of configuration says, wherever it lies: two files of the same text have the same facts. */
export interface FileFacts {
  readonly backends: readonly {
    readonly type: string;
    readonly settings: Readonly<Record<string, string>>;
    readonly line?: number;
  }[];
  readonly providers: readonly ProviderFacts[];
  readonly requiredProviders: readonly RequiredProvider[];
  readonly calls: readonly { readonly name: string; readonly source: string; readonly line?: number }[];
  readonly remoteStates: readonly {
    readonly name: string;
    readonly backend: string;
    readonly settings: Readonly<Record<string, string>>;
    readonly line?: number;
  }[];
  readonly requiredVersions: readonly string[];
  readonly mentions: readonly Mention[];
}

export interface ProviderFacts {
  readonly name: string;
  readonly alias?: string;
  readonly region?: string;
  readonly allowedAccountIds: readonly string[];
  readonly assumeRoleArns: readonly string[];
  readonly line?: number;
}

type Body = ReadonlyMap<string, JsonTree>;

/** Whether a file in HCL may hold any of the blocks that `fileFacts` reads: most hold resources alone and need no parser. */
export const hasBlocksOfInterest = (source: string): boolean =>
  /\b(?:module|provider|terraform|terraform_remote_state)\b(?!\s*[.=,)\]}])/.test(source);

/** The facts of a parsed file. `source` is its text: for the lines of blocks in HCL, which HCL's JSON form does not give. */
export function fileFacts(tree: JsonTree, source: string, isJson: boolean): FileFacts {
  const lineOf = isJson ? () => undefined : blockLines(source);
  const settings = blocksOf(tree, 'terraform', 0).map(({ body }) => body);
  const calls = blocksOf(tree, 'module', 1).map(({ labels: [name = ''], body }) => {
    const written = body.get('source');
    // Only override files may leave it out; what is no text is computed.
    const source = written === undefined ? '' : typeof written === 'string' ? written : '%{…}';
    return { name, source, ...at(lineOf('module', name)) };
  });
  // A call's source is no file that is read: its module counts, and not all that lies below.
  const sources = new Set(calls.map(({ source }) => source));
  const mentions = isJson
    ? [...textsIn(tree)].flatMap((words) => mentionsIn(`"${words}"`))
    : mentionsIn(source);
  return {
    backends: settings.flatMap((body) => [
      ...blocksOf(body, 'backend', 1).map(({ labels: [type = ''], body: of }) => ({
        type,
        settings: settingsOf(of),
        ...at(lineOf('backend', type)),
      })),
      ...blocksOf(body, 'cloud', 0).map(({ body: of }) => ({
        type: 'cloud',
        settings: settingsOf(of),
        ...at(lineOf('cloud', '')),
      })),
    ]),
    providers: blocksOf(tree, 'provider', 1).map(({ labels: [name = ''], body }) => ({
      ...providerFacts(name, body),
      ...at(lineOf('provider', name)),
    })),
    requiredProviders: settings.flatMap(requiredProviders),
    calls,
    remoteStates: blocksOf(tree, 'data', 2).flatMap(({ labels: [type, name = ''], body }) => {
      const backend = literal(body.get('backend'));
      if (type !== REMOTE_STATE || backend === undefined) return [];
      const written = layers(body.get('config')).flatMap((config) => Object.entries(settingsOf(config)));
      return [
        {
          name,
          backend,
          settings: Object.fromEntries(written),
          ...at(lineOf(`data "${REMOTE_STATE}"`, name)),
        },
      ];
    }),
    requiredVersions: settings.flatMap((body) => literals(body.get('required_version'))),
    mentions: mentions.filter(({ path }) => !sources.has(path)),
  };
}

const REMOTE_STATE = 'terraform_remote_state';

const at = (line: number | undefined) => (line === undefined ? {} : { line });

function providerFacts(name: string, body: Body): Omit<ProviderFacts, 'line'> {
  const [alias, region] = [literal(body.get('alias')), literal(body.get('region'))];
  const roles = [body.get('assume_role'), body.get('assume_role_with_web_identity')].flatMap(layers);
  return {
    name,
    ...(alias !== undefined && { alias }),
    ...(region !== undefined && { region }),
    allowedAccountIds: literals(body.get('allowed_account_ids')),
    assumeRoleArns: roles.flatMap((role) => literals(role.get('role_arn'))),
  };
}

const requiredProviders = (settings: Body): readonly RequiredProvider[] =>
  layers(settings.get('required_providers')).flatMap((providers) =>
    [...providers].map(([name, wanted]) => {
      const source = wanted instanceof Map ? literal(wanted.get('source')) : undefined;
      const version = wanted instanceof Map ? literal(wanted.get('version')) : literal(wanted);
      // Without a source Terraform takes it from its own namespace.
      return { name, source: source ?? `hashicorp/${name}`, ...(version !== undefined && { version }) };
    }),
  );

function settingsOf(body: Body, prefix = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...body].flatMap(([name, value]): readonly (readonly [string, string])[] => {
      const written = literal(value);
      if (written !== undefined) return [[prefix + name, written]];
      return layers(value).flatMap((inner) => Object.entries(settingsOf(inner, `${prefix}${name}.`)));
    }),
  );
}

/** Every text in a JSON file, names of members too. */
function* textsIn(tree: JsonTree): Generator<string> {
  if (typeof tree === 'string') yield tree;
  else if (tree instanceof Map) {
    for (const [name, value] of tree) {
      yield name;
      yield* textsIn(value);
    }
  } else if (isJsonList(tree)) for (const item of tree) yield* textsIn(item);
}

const BLOCK_HEAD =
  /^[ \t]*((?:backend|cloud|module|provider)\b|data "terraform_remote_state")[ \t]*(?:(?:"([^"\n]*)"|([\w-]+))[ \t]*)?\{/gm;

/** Answers the line of the next block of a type and label, in the order in which they are asked for. For people: nothing depends on it. */
function blockLines(source: string): (type: string, label: string) => number | undefined {
  const lines = new Map<string, number[]>();
  let [line, from] = [1, 0];
  for (const match of source.matchAll(BLOCK_HEAD)) {
    for (; from < match.index; from += 1) if (source.charCodeAt(from) === 10) line += 1;
    const key = `${match[1]} ${match[2] ?? match[3] ?? ''}`;
    const known = lines.get(key);
    if (known === undefined) lines.set(key, [line]);
    else known.push(line);
  }
  return (type, label) => lines.get(`${type} ${label}`)?.shift();
}
