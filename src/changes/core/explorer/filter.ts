import type { ChangeAction, Severity } from '#plan/core';
import type { Explorer, ExplorerRow } from './explorer.ts';

export interface ExplorerFilter {
  /** This module and those inside it; empty for the root module alone. */
  readonly module?: string;
  readonly type?: string;
  /** None: everything but what stays as it is. */
  readonly actions?: readonly ChangeAction[];
  readonly severity?: Severity;
  /** In addresses, attribute names and values, upper and lower case alike. */
  readonly text?: string;
}

const FACETS = ['module', 'type', 'action', 'severity'] as const;
type Facet = (typeof FACETS)[number];

/** How many rows each value would give, were it chosen instead of what is chosen of its kind. */
export type ExplorerGroups = Readonly<Record<Facet, readonly ExplorerGroup[]>>;

export interface ExplorerGroup {
  readonly value: string;
  readonly count: number;
}

export interface ExplorerPage {
  readonly rows: readonly ExplorerRow[];
  readonly total: number;
  /** Where the next page begins; absent on the last. */
  readonly next?: number;
}

/** A page of the rows that a filter lets through. A kept review never changes, so a place in its list is a cursor. */
export function explorerPage(
  explorer: Explorer,
  filter: ExplorerFilter,
  {
    order,
    from,
    limit,
  }: { readonly order: 'danger' | 'plan'; readonly from: number; readonly limit: number },
): ExplorerPage {
  const { rows, byDanger } = explorer;
  const tests = testsOf(explorer, filter);
  const inOrder = order === 'plan' ? rows : byDanger.flatMap((n) => rows[n] ?? []);
  const matching = inOrder.filter((row) => FACETS.every((facet) => tests[facet](row)) && tests.text(row));
  const end = from + limit;
  return {
    rows: matching.slice(from, end),
    total: matching.length,
    ...(end < matching.length ? { next: end } : {}),
  };
}

const MOST_GROUPS = 200;

/** The most frequent values of each kind; of each kind at most 200. */
export function explorerGroups(explorer: Explorer, filter: ExplorerFilter): ExplorerGroups {
  const tests = testsOf(explorer, filter);
  const counted = (facet: Facet): readonly ExplorerGroup[] => {
    const others = FACETS.filter((one) => one !== facet);
    const counts = new Map<string, number>();
    for (const row of explorer.rows) {
      if (!others.every((one) => tests[one](row)) || !tests.text(row)) continue;
      const value = row[facet];
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, MOST_GROUPS);
  };
  return {
    module: counted('module'),
    type: counted('type'),
    action: counted('action'),
    severity: counted('severity'),
  };
}

type Test = (row: ExplorerRow) => boolean;

function testsOf(
  { searchable }: Explorer,
  { module, type, actions, severity, text }: ExplorerFilter,
): Readonly<Record<Facet | 'text', Test>> {
  const needle = text?.toLowerCase() ?? '';
  return {
    module: (row) => module === undefined || isInside(row.module, module),
    type: (row) => type === undefined || row.type === type,
    action: (row) => (actions === undefined ? !isStill(row) : actions.includes(row.action)),
    severity: (row) => severity === undefined || row.severity === severity,
    text: ({ n }) => needle === '' || searchable[n]?.includes(needle) === true,
  };
}

const isInside = (module: string, wanted: string): boolean =>
  module === wanted ||
  (wanted !== '' && (module.startsWith(`${wanted}.`) || module.startsWith(`${wanted}[`)));

/** Neither changed, nor moved, nor taken over. */
const isStill = ({ action, previousAddress, importing }: ExplorerRow): boolean =>
  action === 'no-op' && previousAddress === undefined && !importing;
