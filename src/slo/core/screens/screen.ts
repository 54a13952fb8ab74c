import { err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import { type Ppm, WHOLE_PPM } from '../objective/ppm.ts';

/** Statuses from `from` to `to`, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

export interface ScreenRequest {
  /** `GET /items/{id}`: method and pattern, as the route table names it. Several where they stand for the same request. */
  readonly routes: readonly string[];
  /** A positive integer. */
  readonly weight: number;
  /** The screen is worth nothing without it. */
  readonly required: boolean;
  readonly thresholdMs: number;
  /** Default: 500 and above. */
  readonly failed?: readonly StatusRange[];
  /** The request (by its place in the list) that must have ended before this one can begin. */
  readonly after?: number;
}

/** What a user sees at once, by the requests that make it. */
export interface Screen {
  readonly name: string;
  readonly requests: readonly ScreenRequest[];
  /** The place of the request that opens a view. It is required, and its routes open no other screen. */
  readonly document: number;
  /** The score from which a view is good. */
  readonly barPpm: Ppm;
  /** Until the last required request has ended, along the requests that run one after the other. */
  readonly thresholdMs: number;
}

/** A bit for each request, in integers of 32 bits with a sign. */
export const MOST_REQUESTS = 31;
export const MOST_SCREENS = 1024;
/** Four times it still fits 31 bits of microseconds. */
export const LONGEST_THRESHOLD_MS = 500_000;
/** So that two of them times a million stay exact in a double. */
const HEAVIEST = 1_000_000_000;
const SERVER_ERRORS: readonly StatusRange[] = [{ from: 500, to: 999 }];
const STATUSES = 1000;

/** A screen that was found right, as numbers. */
export interface CompiledScreen {
  readonly screen: Screen;
  readonly size: number;
  readonly documentBit: number;
  /** A bit for each required request. */
  readonly required: number;
  readonly weights: Float64Array;
  readonly thresholdsUs: Float64Array;
  readonly thresholdUs: number;
  readonly barPpm: number;
  /** Requests so that each comes behind the one it waits for. */
  readonly order: Int32Array;
  /** -1 for none. */
  readonly after: Int32Array;
  /** 1 at `request * 1000 + status` where that status is a failure. */
  readonly failed: Uint8Array;
  /** When each ends in the longest chain; written by the score, so that nothing is allocated for a view. */
  readonly ends: Float64Array;
}

/** Screens that can be told apart and judged; all that is wrong with them at once. */
export function compileScreens(screens: readonly Screen[]): Result<readonly CompiledScreen[], Problem> {
  const faults = screens.flatMap((screen) => faultsOf(screen).map((fault) => faultReason(screen, fault)));
  const opened = new Map<string, string>();
  if (screens.length > MOST_SCREENS) {
    faults.push(
      faultReason(
        { name: '…' },
        text(`More than ${MOST_SCREENS} screens.`, `画面が ${MOST_SCREENS} 個を超えています。`),
      ),
    );
  }
  for (const screen of screens) {
    for (const route of screen.requests[screen.document]?.routes ?? []) {
      const other = opened.get(route);
      if (other !== undefined) faults.push(faultReason(screen, opensTwo(route, other)));
      opened.set(route, screen.name);
    }
  }
  const [first, ...others] = faults;
  return first === undefined ? ok(screens.map(compiled)) : err(problem('bad-input', first, ...others));
}

const faultReason = ({ name }: Pick<Screen, 'name'>, fault: Text) => ({
  rule: 'slo.screen',
  message: text(`Screen ${name}: ${fault.en}`, `画面 ${name}: ${fault.ja}`),
  remedy: text('Correct its definition.', '画面の定義を修正してください。'),
});

const opensTwo = (route: string, other: string): Text =>
  text(`${route} already opens ${other}.`, `${route} はすでに画面 ${other} を開くリクエストです。`);

const isThreshold = (ms: number): boolean => Number.isInteger(ms) && ms > 0 && ms <= LONGEST_THRESHOLD_MS;

const BAD_THRESHOLD = text(
  `A threshold is a whole number of milliseconds from 1 to ${LONGEST_THRESHOLD_MS}.`,
  `しきい値は 1 から ${LONGEST_THRESHOLD_MS} までの整数（ミリ秒）です。`,
);

function faultsOf({ requests, document, barPpm, thresholdMs }: Screen): readonly Text[] {
  const faults: Text[] = [];
  const must = (right: boolean, fault: Text): void => {
    if (!right) faults.push(fault);
  };
  must(
    requests.length > 0 && requests.length <= MOST_REQUESTS,
    text(
      `A screen has from 1 to ${MOST_REQUESTS} requests.`,
      `リクエストは 1 個から ${MOST_REQUESTS} 個までです。`,
    ),
  );
  must(
    requests[document]?.required === true,
    text(
      'The request that opens it must be one of its requests, and required.',
      '画面を開くリクエストは、この画面の必須リクエストでなければなりません。',
    ),
  );
  must(
    requests.reduce((sum, { weight }) => sum + weight, 0) <= HEAVIEST &&
      requests.every(({ weight }) => Number.isInteger(weight) && weight > 0),
    text('A weight is a positive integer.', '重みは正の整数です。'),
  );
  must(
    isThreshold(thresholdMs) && requests.every((request) => isThreshold(request.thresholdMs)),
    BAD_THRESHOLD,
  );
  must(
    barPpm > 0 && barPpm <= WHOLE_PPM,
    text('Its bar is above 0 and at most 100 %.', '合格点は 0 より大きく 100 % 以下です。'),
  );
  const routes = requests.flatMap((request) => request.routes);
  must(
    new Set(routes).size === routes.length && requests.every((request) => request.routes.length > 0),
    text(
      'Every request has routes, and no route belongs to two requests.',
      'どのリクエストにもルートが必要で、同じルートを二つのリクエストには使えません。',
    ),
  );
  must(
    requests.every(({ failed = [] }) => failed.every(isRange)),
    text('Statuses go from 100 to 999.', 'ステータスは 100 から 999 までです。'),
  );
  must(
    orderOf(requests) !== undefined,
    text(
      '"after" names another request, and they wait in no circle.',
      'after は別のリクエストを指し、循環してはなりません。',
    ),
  );
  return faults;
}

const isRange = ({ from, to }: StatusRange): boolean =>
  Number.isInteger(from) && Number.isInteger(to) && from >= 100 && from <= to && to < STATUSES;

/** Each behind the one it waits for; undefined where that is impossible. */
function orderOf(requests: readonly ScreenRequest[]): readonly number[] | undefined {
  const order: number[] = [];
  const placed = new Set<number | undefined>([undefined]);
  for (let before = -1; before < order.length; ) {
    before = order.length;
    for (const [index, { after }] of requests.entries()) {
      if (placed.has(index) || !placed.has(after)) continue;
      placed.add(index);
      order.push(index);
    }
  }
  return order.length === requests.length ? order : undefined;
}

function compiled(screen: Screen): CompiledScreen {
  const { requests } = screen;
  const failed = new Uint8Array(requests.length * STATUSES);
  for (const [index, { failed: ranges = SERVER_ERRORS }] of requests.entries()) {
    for (const { from, to } of ranges) failed.fill(1, index * STATUSES + from, index * STATUSES + to + 1);
  }
  return {
    screen,
    size: requests.length,
    documentBit: 1 << screen.document,
    required: requests.reduce((bits, { required }, index) => (required ? bits | (1 << index) : bits), 0),
    weights: Float64Array.from(requests, ({ weight }) => weight),
    thresholdsUs: Float64Array.from(requests, ({ thresholdMs }) => thresholdMs * 1000),
    thresholdUs: screen.thresholdMs * 1000,
    barPpm: screen.barPpm,
    order: Int32Array.from(orderOf(requests) ?? []),
    after: Int32Array.from(requests, ({ after }) => after ?? -1),
    failed,
    ends: new Float64Array(requests.length),
  };
}

export const isFailure = ({ failed }: CompiledScreen, request: number, status: number): boolean =>
  status < STATUSES ? failed[request * STATUSES + status] === 1 : true;
