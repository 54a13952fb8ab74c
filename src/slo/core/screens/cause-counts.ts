import { integerTable } from '../series/integer-table.ts';
import { type CauseKind, jointFix, singleFixes } from './cause.ts';
import { doubledFloats } from './columns.ts';
import type { ViewRequests } from './score.ts';
import { type CompiledScreen, MOST_REQUESTS, MOST_SCREENS } from './screen.ts';

/** Causes of bad views by minute, customer and group of requests. */
export interface CauseCounts {
  readonly add: (place: CausePlace, screen: CompiledScreen, view: ViewRequests) => void;
  readonly rows: () => readonly CauseRow[];
}

export interface CausePlace {
  readonly minute: number;
  readonly customer: number;
  /** By its place in the list. */
  readonly screen: number;
}

export interface CauseRow extends CausePlace {
  readonly kind: CauseKind;
  /** Places in the screen's list; none where there were too many different groups to name this one. */
  readonly requests: readonly number[];
  readonly views: number;
}

/** With none, and the others. */
export const MOST_CUSTOMERS = 2 ** 14;
const KINDS = ['alone', 'either', 'together'] as const satisfies readonly CauseKind[];
const KIND_BITS = 4;
const MASKS = 2 ** MOST_REQUESTS;
const GROUPS = 2 ** 13;
/** So that every kind of cause of every screen has one for what is not named. */
const NAMED_GROUPS = GROUPS - KINDS.length * MOST_SCREENS;

export function causeCounts(): CauseCounts {
  const groups = new Map<number, number>();
  const groupKeys: number[] = [];
  const table = integerTable();
  let counts = new Float64Array(256);

  /** A group beyond the most that are told apart is counted without its requests. */
  const groupOf = (of: number, mask: number): number => {
    const key = of * MASKS + mask;
    const known = groups.get(key);
    if (known !== undefined) return known;
    if (groups.size >= NAMED_GROUPS && mask !== 0) return groupOf(of, 0);
    groups.set(key, groupKeys.push(key) - 1);
    return groupKeys.length - 1;
  };

  return {
    add: ({ minute, customer, screen }, compiled, view) => {
      const fixes = singleFixes(compiled, view);
      const kind = fixes === 0 ? 2 : (fixes & (fixes - 1)) === 0 ? 0 : 1;
      const group = groupOf(screen * KIND_BITS + kind, fixes === 0 ? jointFix(compiled, view) : fixes);
      const place = table.placeOf((minute * MOST_CUSTOMERS + customer) * GROUPS + group);
      if (place >= counts.length) counts = doubledFloats(counts);
      counts[place] = (counts[place] ?? 0) + 1;
    },
    rows: () =>
      Array.from({ length: table.size() }, (_, row) => {
        const key = table.keyAt(row);
        const group = groupKeys[key % GROUPS] ?? 0;
        const of = Math.floor(group / MASKS);
        const mask = group % MASKS;
        return {
          minute: Math.floor(key / GROUPS / MOST_CUSTOMERS),
          customer: Math.floor(key / GROUPS) % MOST_CUSTOMERS,
          screen: Math.floor(of / KIND_BITS),
          kind: KINDS[of % KIND_BITS] ?? 'together',
          requests: Array.from({ length: MOST_REQUESTS }, (_unused, request) => request).filter(
            (request) => (mask & (1 << request)) !== 0,
          ),
          views: counts[row] ?? 0,
        };
      }),
  };
}
