import type { paths } from '../api/types.gen.ts';

type Asked = NonNullable<paths['/v1/plans/{id}/changes']['get']['parameters']['query']>;

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ACTIONS = [
  'delete',
  'replace',
  'update',
  'create',
  'forget',
  'create-then-forget',
  'read',
  'no-op',
] as const;
export type Action = (typeof ACTIONS)[number];

/** How the two sides of a change stand: one after the other, or beside each other. */
export const SIDES = ['inline', 'beside'] as const;

/** What is looked at of a plan; lives in the address. */
export interface PlanSearch {
  readonly of?: 'drift';
  readonly q?: string;
  /** A module's address; `root` for the root module, which has none. */
  readonly module?: string;
  readonly type?: string;
  readonly action?: Action;
  readonly severity?: Severity;
  /** As Terraform lists them; otherwise the most dangerous first. */
  readonly order?: 'plan';
  readonly sides?: (typeof SIDES)[number];
  /** The change that is open, by its place in the plan. */
  readonly show?: number;
  /** Leads somebody through their first approval. */
  readonly guide?: true;
}

export const ROOT_MODULE = 'root';
const MOST_WORDS = 200;
const MOST_MODULE = 1_000;
const MOST_CHANGES = 10_000_000;

/** Reads the address; what makes no sense there is left out, so that an old or mistyped link still shows the plan. */
export function planSearch(search: Readonly<Record<string, unknown>>): PlanSearch {
  const { of, q, module, type, order } = search;
  const action = ACTIONS.find((known) => known === search.action);
  const severity = SEVERITIES.find((known) => known === search.severity);
  const sides = SIDES.find((known) => known === search.sides);
  const show =
    typeof search.show === 'string' && /^\d+$/.test(search.show) ? Number(search.show) : search.show;
  const isPlace = typeof show === 'number' && Number.isInteger(show) && show >= 0 && show <= MOST_CHANGES;
  return {
    ...(of === 'drift' ? { of } : {}),
    ...(isWords(q, MOST_WORDS) ? { q } : {}),
    ...(isWords(module, MOST_MODULE) ? { module } : {}),
    ...(isWords(type, MOST_WORDS) ? { type } : {}),
    ...(action === undefined ? {} : { action }),
    ...(severity === undefined ? {} : { severity }),
    ...(order === 'plan' ? { order } : {}),
    ...(sides === undefined ? {} : { sides }),
    ...(isPlace ? { show } : {}),
    ...(search.guide === 'true' || search.guide === true ? { guide: true } : {}),
  };
}

const isWords = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= most;

/** Which rows are listed: what the server is asked, and what makes two lists the same. */
export type ChangesAsked = Omit<Asked, 'cursor' | 'limit'>;

export const askedBy = ({ of, q, module, type, action, severity, order }: PlanSearch): ChangesAsked => ({
  ...(of === undefined ? {} : { of }),
  ...(q === undefined ? {} : { q }),
  ...(module === undefined ? {} : { module: module === ROOT_MODULE ? '' : module }),
  ...(type === undefined ? {} : { type }),
  ...(action === undefined ? {} : { action }),
  ...(severity === undefined ? {} : { severity }),
  ...(order === undefined ? {} : { order }),
});

/** Whether some changes are left out. */
export const isFiltered = ({ q, module, type, action, severity }: PlanSearch): boolean =>
  [q, module, type, action, severity].some((one) => one !== undefined);
