import { byteTable } from '../logs/byte-table.ts';
import { integerTable } from '../series/integer-table.ts';
import type { CauseKind } from './cause.ts';
import { causeCounts, MOST_CUSTOMERS } from './cause-counts.ts';
import { doubledFloats } from './columns.ts';
import {
  ABANDONED,
  BOT,
  type OpenViews,
  UNMEASURED,
  UNSURE,
  VIEW_WAYS,
  type ViewWay,
  viewAt,
  WAY,
} from './open-views.ts';
import { isGood } from './score.ts';
import { type CompiledScreen, MOST_SCREENS } from './screen.ts';

/** Views of a screen that were opened within a minute. `good` and `total` are what a budget counts. */
export interface ScreenMinute {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly screen: string;
  /** Missing where the log does not tell one; `(others)` beyond 16,000 of them. */
  readonly customer?: string;
  readonly good: number;
  /** Views that were judged: neither abandoned nor a bot's. */
  readonly total: number;
  /** The client closed a required request: judging them would be guessing. */
  readonly abandoned: number;
  readonly bots: number;
  /** Judged views by the weakest way that was needed to put them together; their sum is `total`. */
  readonly ways: Readonly<Record<ViewWay, number>>;
  /** Judged views that could not have been put together otherwise. */
  readonly sure: number;
  /** Judged views without a required request. */
  readonly incomplete: number;
  /** Judged views with a request whose time the log does not tell; it counts as fast. */
  readonly unmeasured: number;
}

/** Why views of a minute were bad; all causes of some minutes add up to the views that were not good. */
export interface ScreenCause {
  readonly minute: number;
  readonly screen: string;
  readonly customer?: string;
  readonly kind: CauseKind;
  /** Places in the screen's list; none where there were too many different groups to name this one. */
  readonly requests: readonly number[];
  readonly views: number;
}

export interface ViewCounts {
  readonly customerOf: (bytes: Uint8Array, start: number, end: number) => number;
  /** Of two customers that a view's requests tell, the same one in any order. */
  readonly customerAmong: (one: number, other: number) => number;
  readonly add: (views: OpenViews, place: number) => void;
  readonly minutes: () => readonly ScreenMinute[];
  readonly causes: () => readonly ScreenCause[];
}

const MINUTE_MS = 60_000;
const OTHER_CUSTOMERS = MOST_CUSTOMERS - 1;
const OTHERS_NAME = '(others)';

/** Columns of counts; ways come last. */
const FIELD = {
  good: 0,
  total: 1,
  abandoned: 2,
  bots: 3,
  sure: 4,
  incomplete: 5,
  unmeasured: 6,
  ways: 7,
} as const;
const FIELDS = FIELD.ways + VIEW_WAYS.length;

/** Counts closed views by minute, screen and customer. Memory grows with those, not with views. */
export function viewCounts(screens: readonly CompiledScreen[]): ViewCounts {
  const table = integerTable();
  let counts = new Float64Array(256 * FIELDS);
  const causes = causeCounts();
  const customers = byteTable(OTHER_CUSTOMERS - 1);
  const customerName = (id: number): string =>
    id === OTHER_CUSTOMERS ? OTHERS_NAME : customers.text(id - 1);
  const named = (screen: number, id: number): { readonly screen: string; readonly customer?: string } => ({
    screen: screens[screen]?.screen.name ?? '',
    ...(id === 0 ? {} : { customer: customerName(id) }),
  });

  const add = (views: OpenViews, place: number): void => {
    const screen = views.screen[place] ?? 0;
    const compiled = screens[screen];
    if (compiled === undefined) return;
    const customer = views.customer[place] ?? 0;
    const minute = Math.floor((views.began[place] ?? 0) / MINUTE_MS);
    const row = table.placeOf((minute * MOST_SCREENS + screen) * MOST_CUSTOMERS + customer);
    if ((row + 1) * FIELDS > counts.length) counts = doubledFloats(counts);
    const count = (field: number, is: boolean): void => {
      if (is) counts[row * FIELDS + field] = (counts[row * FIELDS + field] ?? 0) + 1;
    };
    const flags = views.flags[place] ?? 0;
    if ((flags & (BOT | ABANDONED)) !== 0) {
      count((flags & BOT) !== 0 ? FIELD.bots : FIELD.abandoned, true);
      return;
    }
    const view = viewAt(views, place);
    const good = isGood(compiled, view);
    count(FIELD.total, true);
    count(FIELD.good, good);
    count(FIELD.ways + (views.way[place] ?? 0), true);
    count(FIELD.sure, (flags & UNSURE) === 0);
    count(FIELD.unmeasured, (flags & UNMEASURED) !== 0);
    count(FIELD.incomplete, (compiled.required & ~view.seen) !== 0);
    if (!good) causes.add({ minute, customer, screen }, compiled, view);
  };

  const minuteOf = (key: number, at: (field: number) => number): ScreenMinute => ({
    minute: Math.floor(key / MOST_CUSTOMERS / MOST_SCREENS),
    ...named(Math.floor(key / MOST_CUSTOMERS) % MOST_SCREENS, key % MOST_CUSTOMERS),
    good: at(FIELD.good),
    total: at(FIELD.total),
    abandoned: at(FIELD.abandoned),
    bots: at(FIELD.bots),
    ways: waysOf((way) => at(FIELD.ways + WAY[way])),
    sure: at(FIELD.sure),
    incomplete: at(FIELD.incomplete),
    unmeasured: at(FIELD.unmeasured),
  });

  return {
    add,
    customerOf: (bytes, start, end) => {
      if (end <= start) return 0;
      const id = customers.intern(bytes, start, end);
      return id < 0 ? OTHER_CUSTOMERS : id + 1;
    },
    customerAmong: (one, other) => {
      if (one === other || one === 0 || other === 0) return one === 0 ? other : one;
      return customerName(one) < customerName(other) ? one : other;
    },
    minutes: () =>
      Array.from({ length: table.size() }, (_, row) =>
        minuteOf(table.keyAt(row), (field) => counts[row * FIELDS + field] ?? 0),
      ).sort(inOrder),
    causes: () =>
      causes
        .rows()
        .map(({ screen, customer, ...row }): ScreenCause => ({ ...row, ...named(screen, customer) }))
        .sort(
          (a, b) => inOrder(a, b) || byText(a.kind, b.kind) || byText(a.requests.join(), b.requests.join()),
        ),
  };
}

export const waysOf = <T>(of: (way: ViewWay) => T): Readonly<Record<ViewWay, T>> => ({
  'page-view-id': of('page-view-id'),
  trace: of('trace'),
  referer: of('referer'),
  client: of('client'),
  alone: of('alone'),
});

type Place = Pick<ScreenMinute, 'minute' | 'screen' | 'customer'>;

const inOrder = (a: Place, b: Place): number =>
  a.minute - b.minute || byText(a.screen, b.screen) || byText(a.customer, b.customer);

const byText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
