import type { paths } from '../api/types.gen.ts';

type AuditQuery = NonNullable<paths['/v1/audit']['get']['parameters']['query']>;
export type Outcome = NonNullable<AuditQuery['outcome']>;

export const OUTCOMES = ['allowed', 'denied', 'failed', 'done'] as const satisfies readonly Outcome[];

/** Which entries are listed; lives in the address. Days are of the time zone that the reader sees. */
export interface AuditFilter {
  readonly text?: string;
  /** One kind, or the topic of many: `grant`. */
  readonly kind?: string;
  readonly outcome?: Outcome;
  readonly stack?: string;
  readonly actor?: string;
  readonly plan?: string;
  readonly grant?: string;
  /** The first and the last day, both with all of their entries: `2026-11-23`. */
  readonly from?: string;
  readonly to?: string;
}

const WORDS = ['kind', 'stack', 'actor', 'plan', 'grant'] as const;
const DAYS = ['from', 'to'] as const;
const LEAST_TEXT = 2;
const MOST_TEXT = 100;
const MOST_PLAN = 64;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the address; what makes no sense there is left out, so that an old or mistyped link still shows the log. */
export function auditFilter(search: Readonly<Record<string, unknown>>): AuditFilter {
  const outcome = OUTCOMES.find((known) => known === search.outcome);
  const text = wordsOf(search.text).slice(0, MOST_TEXT);
  const words = WORDS.map((name) => [name, wordsOf(search[name])] as const);
  const days = DAYS.map((name) => [name, wordsOf(search[name])] as const);
  return {
    ...(text.length < LEAST_TEXT ? {} : { text }),
    ...Object.fromEntries(
      words.filter(([name, value]) => value !== '' && (name !== 'plan' || value.length <= MOST_PLAN)),
    ),
    ...(outcome === undefined ? {} : { outcome }),
    ...Object.fromEntries(days.filter(([, value]) => isDay(value))),
  };
}

/** As the server is asked. */
export function queryOf({ from, to, ...filter }: AuditFilter): AuditQuery {
  return {
    ...filter,
    ...(from === undefined ? {} : { since: startOf(from, 0) }),
    ...(to === undefined ? {} : { until: startOf(to, 1) }),
  };
}

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const isDay = (value: string): boolean =>
  DAY.test(value) && !Number.isNaN(new Date(`${value}T00:00:00`).getTime());

/** When a day, or one some days later, begins here. */
function startOf(day: string, daysLater: number): string {
  const start = new Date(`${day}T00:00:00`);
  start.setDate(start.getDate() + daysLater);
  return start.toISOString();
}
