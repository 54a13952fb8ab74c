import type { RequestIndicator } from '../definitions/indicators.ts';
import { type RequestBatch, SPANS, spanEnd, spanStart } from '../logs/batch.ts';
import { byteTable } from '../logs/byte-table.ts';
import { covers } from '../routes/covers.ts';
import type { RouteTable } from '../routes/route-table.ts';
import { MOST_CUSTOMERS } from '../screens/cause-counts.ts';
import { microseconds } from '../screens/score.ts';
import { integerTable } from '../series/integer-table.ts';

/** An SLO that judges requests one by one. */
export interface RequestSlo {
  readonly name: string;
  readonly indicator: RequestIndicator;
}

/** Requests of an SLO within a minute; of one customer, or of all whoever they were. */
export interface SloMinute {
  readonly slo: string;
  readonly customer?: string;
  readonly minute: number;
  readonly good: number;
  readonly total: number;
}

const MINUTE_MS = 60_000;
const STATUSES = 1000;
const OTHER_CUSTOMERS = MOST_CUSTOMERS - 1;
const ALL = 0;

interface Judge {
  readonly indicator: RequestIndicator;
  readonly bad: Uint8Array;
  readonly slowerThanUs: number;
}

/** Counts by minute and customer. What the client took back without an answer is not judged, unless its status is called bad. */
export function sloRequestCounts(slos: readonly RequestSlo[], routes: RouteTable) {
  const judges = slos.map(({ indicator }) => judgeOf(indicator));
  const customers = byteTable(OTHER_CUSTOMERS - 1);
  const ofRoute: (readonly number[])[] = [];
  const table = integerTable();
  const good: number[] = [];
  const total: number[] = [];

  const slosOf = (route: number): readonly number[] => {
    const { method, pattern } = routes.route(route);
    const found = judges.flatMap(({ indicator }, slo) => (isOf(indicator, method, pattern) ? [slo] : []));
    ofRoute[route] = found;
    return found;
  };
  const count = (slo: number, customer: number, minute: number, isGood: boolean): void => {
    const place = table.placeOf((minute * slos.length + slo) * MOST_CUSTOMERS + customer);
    total[place] = (total[place] ?? 0) + 1;
    good[place] = (good[place] ?? 0) + (isGood ? 1 : 0);
  };
  return {
    add: (batch: RequestBatch): void => {
      for (let row = 0; row < batch.count; row += 1) {
        const route = batch.route[row] ?? 0;
        const own = ofRoute[route] ?? slosOf(route);
        if (own.length === 0) continue;
        const [start, end] = [spanStart(batch, row, SPANS.customer), spanEnd(batch, row, SPANS.customer)];
        const known = end > start ? customers.intern(batch.bytes, start, end) : ALL;
        const customer = end <= start ? ALL : known < 0 ? OTHER_CUSTOMERS : known + 1;
        const minute = Math.floor((batch.beganMs[row] ?? 0) / MINUTE_MS);
        const status = batch.status[row] ?? 0;
        const timeUs = microseconds(batch.durationMs[row] ?? Number.NaN);
        for (const slo of own) {
          const { bad, slowerThanUs } = judges[slo] ?? NEVER;
          const failed = bad[status] === 1;
          if (!failed && isClosedByClient(status)) continue;
          const isGood = !failed && timeUs <= slowerThanUs;
          count(slo, ALL, minute, isGood);
          if (customer !== ALL) count(slo, customer, minute, isGood);
        }
      }
    },
    rows: (): readonly SloMinute[] =>
      Array.from({ length: table.size() }, (_, place): SloMinute => {
        const key = table.keyAt(place);
        const customer = key % MOST_CUSTOMERS;
        const rest = Math.floor(key / MOST_CUSTOMERS);
        return {
          slo: slos[rest % slos.length]?.name ?? '',
          minute: Math.floor(rest / slos.length),
          ...(customer === ALL
            ? {}
            : { customer: customer === OTHER_CUSTOMERS ? '(others)' : customers.text(customer - 1) }),
          good: good[place] ?? 0,
          total: total[place] ?? 0,
        };
      }),
  };
}

const NEVER = { bad: new Uint8Array(), slowerThanUs: 0 };

/** CloudFront's 000, nginx's 499, ALB's 460. */
const isClosedByClient = (status: number): boolean => status === 0 || status === 499 || status === 460;

/** A request has the most exact route that anybody named; wider ones of an SLO hold it as well. */
const isOf = ({ routes }: RequestIndicator, method: string, pattern: string): boolean =>
  routes.length === 0 ||
  routes.some((route) => {
    const space = route.indexOf(' ');
    return (space < 0 || route.slice(0, space) === method) && covers(route.slice(space + 1), pattern);
  });

function judgeOf(indicator: RequestIndicator): Judge {
  const bad = new Uint8Array(STATUSES);
  for (const { from, to } of indicator.badStatus) bad.fill(1, from, to + 1);
  const { slowerThanMs } = indicator;
  return {
    indicator,
    bad,
    slowerThanUs: slowerThanMs === undefined ? Number.POSITIVE_INFINITY : slowerThanMs * 1000,
  };
}
