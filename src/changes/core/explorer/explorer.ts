import type { Json } from '#core-values';
import {
  ACTION_ORDER,
  type ChangeAction,
  type Finding,
  parseResourceAddress,
  SENSITIVE_TEXT,
  SEVERITIES,
  type Severity,
  type ShownChange,
} from '#plan/core';

/** A change as a kept review has it: values that must not be seen are hidden already. */
export interface ReviewedChange extends Omit<ShownChange, 'replacePaths' | 'changedSensitivePaths'> {
  readonly provider: string;
  readonly sensitivePaths: readonly string[];
  readonly unknownPaths: readonly string[];
  readonly replacePaths?: readonly string[];
  readonly changedSensitivePaths?: readonly string[];
}

/** A change in one line of a list. */
export interface ExplorerRow {
  /** Its place in the plan: with the plan's id, its name in the API. */
  readonly n: number;
  readonly address: string;
  readonly module: string;
  readonly mode: 'managed' | 'data' | 'ephemeral';
  readonly type: string;
  readonly action: ChangeAction;
  readonly previousAddress?: string;
  readonly deposed?: string;
  readonly replaceOrder?: 'delete-first' | 'create-first';
  readonly reason?: string;
  readonly importing: boolean;
  /** Top-level attributes that differ, of what exists on both sides; the first few. */
  readonly attributes: readonly string[];
  readonly moreAttributes: number;
  readonly hidden: boolean;
  readonly unknown: boolean;
  /** The gravest finding about it. */
  readonly severity?: Severity;
  readonly findings: number;
}

/** Changes of one plan, ready to be listed, searched and opened: rows in the order of the plan. */
export interface Explorer {
  readonly rows: readonly ExplorerRow[];
  /** Places in `rows`, the most dangerous first. */
  readonly byDanger: readonly number[];
  /** In lower case: what a search looks in. */
  readonly searchable: readonly string[];
  /** Each change as JSON text, far smaller in memory than the tree that it is of. */
  readonly texts: readonly string[];
}

const MOST_ATTRIBUTES = 8;

/** Changes that follow each other, made ready: a large plan is, a part at a time, so that others need not wait for it. */
export interface ExplorerPart extends Pick<Explorer, 'rows' | 'searchable' | 'texts'> {}

/** Addresses alone tell findings apart: a deposed object has the findings of the address it is of. */
export type FindingsByAddress = ReadonlyMap<string | undefined, readonly Finding[]>;

export const findingsByAddress = (findings: readonly Finding[]): FindingsByAddress =>
  Map.groupBy(findings, ({ address }) => address);

/** `from` is the place of the first of them in the plan. */
export const explorerPart = (
  changes: readonly ReviewedChange[],
  from: number,
  about: FindingsByAddress,
): ExplorerPart => ({
  rows: changes.map((change, index) => rowOf(change, from + index, about.get(change.address) ?? [])),
  searchable: changes.map(searchableOf),
  texts: changes.map((change) => JSON.stringify(change)),
});

/** All parts of one plan, in order. */
export function explorerOf(parts: readonly ExplorerPart[]): Explorer {
  const rows = parts.flatMap((part) => part.rows);
  return {
    rows,
    byDanger: rows.map(({ n }) => n).sort((a, b) => dangerOf(rows[a]) - dangerOf(rows[b]) || a - b),
    searchable: parts.flatMap(({ searchable }) => searchable),
    texts: parts.flatMap(({ texts }) => texts),
  };
}

function rowOf(change: ReviewedChange, n: number, findings: readonly Finding[]): ExplorerRow {
  const { module, mode, type } = placeOf(change.address);
  const names = differingNames(change);
  const severity = SEVERITIES.find((one) => findings.some((finding) => finding.severity === one));
  return {
    ...{ n, address: change.address, module, mode, type, action: change.action },
    ...(change.previousAddress === undefined ? {} : { previousAddress: change.previousAddress }),
    ...(change.deposed === undefined ? {} : { deposed: change.deposed }),
    ...(change.replaceOrder === undefined ? {} : { replaceOrder: change.replaceOrder }),
    ...(change.reason === undefined ? {} : { reason: change.reason }),
    importing: change.importing !== undefined,
    attributes: names.slice(0, MOST_ATTRIBUTES),
    moreAttributes: Math.max(0, names.length - MOST_ATTRIBUTES),
    hidden: change.sensitivePaths.length > 0,
    unknown: change.unknownPaths.length > 0,
    ...(severity === undefined ? {} : { severity }),
    findings: findings.length,
  };
}

/** Every address of a kept review was parsed when the plan came in; should one not be of the form, it is of no module and no type. */
function placeOf(address: string): Pick<ExplorerRow, 'module' | 'mode' | 'type'> {
  try {
    return parseResourceAddress(address);
  } catch {
    return { module: '', mode: 'managed', type: '' };
  }
}

function differingNames({ before, after, changedSensitivePaths = [] }: ReviewedChange): readonly string[] {
  if (!isObject(before) || !isObject(after)) return [];
  const hidden = new Set(changedSensitivePaths.map((pointer) => pointer.split('/')[1] ?? ''));
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => hidden.has(name) || differs(before[name], after[name]));
}

const differs = (a: Json | undefined, b: Json | undefined): boolean =>
  a !== b && (typeof a !== 'object' || typeof b !== 'object' || JSON.stringify(a) !== JSON.stringify(b));

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const dangerOf = (row: ExplorerRow | undefined): number => {
  if (row === undefined) return 0;
  const severity = row.severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(row.severity);
  const action = ACTION_ORDER.indexOf(row.action);
  return severity * (ACTION_ORDER.length + 1) + (action < 0 ? ACTION_ORDER.length : action);
};

/** Addresses, names and values; what is hidden is in none of them. */
function searchableOf({ address, previousAddress, before, after }: ReviewedChange): string {
  const words = new Set<string>([address]);
  if (previousAddress !== undefined) words.add(previousAddress);
  collect(before, words);
  collect(after, words);
  return [...words].join('\n').toLowerCase();
}

function collect(value: Json, words: Set<string>): void {
  if (value === null || value === SENSITIVE_TEXT) return;
  if (typeof value !== 'object') words.add(String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, words);
  else
    for (const [name, item] of Object.entries(value)) {
      words.add(name);
      collect(item, words);
    }
}
