import { text } from '#core-values';
import type { StateFacts } from '../model.ts';
import { isJsonList, type JsonTree, parseJsonText } from './json-text.ts';
import { refuse } from './refusal.ts';

/** A string somewhere in an instance of the state, with the address of its resource. */
export interface StateString {
  readonly address: string;
  readonly value: string;
}

export interface DecodedState {
  readonly facts: StateFacts;
  /** Every ARN that the state's instances hold. */
  readonly arns: readonly StateString[];
  /** Deferred to need: the same state as parsed. */
  readonly tree: ReadonlyMap<string, JsonTree>;
}

const STATE_VERSION = 4;
/** Go's JSON reader takes keys in any case, so a key we do not know may be one it does. */
const STATE_KEYS: ReadonlySet<string> = new Set([
  'version',
  'terraform_version',
  'serial',
  'lineage',
  'outputs',
  'resources',
  'check_results',
  // Written by OpenTofu beside its encryption settings.
  'encryption',
]);

/** Reads `tfstate`: state version 4. Throws a refusal. */
export function decodeState(source: string, file: string): DecodedState {
  const tree = parseJsonText(source, file);
  if (!(tree instanceof Map)) return refuseState(file);
  for (const key of tree.keys()) if (!STATE_KEYS.has(key)) refuseState(file);
  const lineage = tree.get('lineage');
  const serial = tree.get('serial');
  if (tree.get('version') !== STATE_VERSION || typeof lineage !== 'string') return refuseState(file);
  if (typeof serial !== 'number' || !Number.isSafeInteger(serial) || serial < 0) return refuseState(file);
  return { facts: { lineage, serial }, arns: stateArns(tree.get('resources')), tree };
}

function stateArns(resources: JsonTree | undefined): readonly StateString[] {
  const arns: StateString[] = [];
  if (!isJsonList(resources)) return arns;
  for (const resource of resources) {
    if (!(resource instanceof Map)) continue;
    const address = resourceAddress(resource);
    collectArns(resource.get('instances') ?? null, (value) => arns.push({ address, value }));
  }
  return arns;
}

function resourceAddress(resource: ReadonlyMap<string, JsonTree>): string {
  const part = (key: string): string => {
    const value = resource.get(key);
    return typeof value === 'string' ? value : '';
  };
  const module = part('module') === '' ? '' : `${part('module')}.`;
  return `${module}${part('mode') === 'data' ? 'data.' : ''}${part('type')}.${part('name')}`;
}

function collectArns(tree: JsonTree, found: (value: string) => void): void {
  if (typeof tree === 'string') {
    if (tree.startsWith('arn:')) found(tree);
  } else if (isJsonList(tree)) {
    for (const item of tree) collectArns(item, found);
  } else if (tree instanceof Map) {
    for (const item of tree.values()) collectArns(item, found);
  }
}

function refuseState(file: string): never {
  return refuse(
    'bad-state',
    text(
      `${file} in the plan file is not a state of version ${STATE_VERSION} as Terraform writes it.`,
      `プランファイル内の ${file} は、Terraform の書くバージョン ${STATE_VERSION} のステートではありません。`,
    ),
  );
}
