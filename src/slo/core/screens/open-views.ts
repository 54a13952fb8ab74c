import { doubledFloats, doubledIntegers } from './columns.ts';
import type { ViewRequests } from './score.ts';

/** How a view's requests were found to belong together: by the weakest way that was needed. `alone`: nothing but its document came. */
export const VIEW_WAYS = ['page-view-id', 'trace', 'referer', 'client', 'alone'] as const;

export type ViewWay = (typeof VIEW_WAYS)[number];

export const WAY = { 'page-view-id': 0, trace: 1, referer: 2, client: 3, alone: 4 } as const satisfies Record<
  ViewWay,
  number
>;

/** The client closed one of its required requests. */
export const ABANDONED = 1;
export const BOT = 2;
/** Another view that was open could have had one of its requests. */
export const UNSURE = 4;
/** The time of one of its requests is not known. */
export const UNMEASURED = 8;
/** The customer was told by the document. */
export const CUSTOMER_SETTLED = 16;

/** Views that may still get requests, in columns; a place is used again once its view is closed. */
export interface OpenViews {
  /** -1 where there is none at a place. */
  screen: Int32Array;
  /** Milliseconds since 1970: when its document began, and when the last of its requests ended. */
  began: Float64Array;
  ended: Float64Array;
  client: Float64Array;
  page: Float64Array;
  trace: Float64Array;
  view: Float64Array;
  customer: Int32Array;
  flags: Int32Array;
  way: Int32Array;
  /** The views of the same client, and of the same page of it, that were opened before and after; -1 for none. */
  olderOfClient: Int32Array;
  newerOfClient: Int32Array;
  olderOfPage: Int32Array;
  newerOfPage: Int32Array;
  seen: Int32Array;
  failed: Int32Array;
  /** `stride` for each view. */
  timesUs: Int32Array;
  /** How long after the document each of them began, in milliseconds; negative where a clock tells whole seconds. */
  afterMs: Int32Array;
  readonly stride: number;
  /** Places from here on were never used. */
  top: number;
}

const FIRST = 1024;
const WHOLE_NUMBERS = [
  ...(['screen', 'customer', 'flags', 'way', 'seen', 'failed', 'timesUs', 'afterMs'] as const),
  ...(['olderOfClient', 'newerOfClient', 'olderOfPage', 'newerOfPage'] as const),
];

export function openViews(stride: number): OpenViews {
  return {
    screen: new Int32Array(FIRST).fill(-1),
    began: new Float64Array(FIRST),
    ended: new Float64Array(FIRST),
    client: new Float64Array(FIRST),
    page: new Float64Array(FIRST),
    trace: new Float64Array(FIRST),
    view: new Float64Array(FIRST),
    customer: new Int32Array(FIRST),
    flags: new Int32Array(FIRST),
    way: new Int32Array(FIRST),
    olderOfClient: new Int32Array(FIRST),
    newerOfClient: new Int32Array(FIRST),
    olderOfPage: new Int32Array(FIRST),
    newerOfPage: new Int32Array(FIRST),
    seen: new Int32Array(FIRST),
    failed: new Int32Array(FIRST),
    timesUs: new Int32Array(FIRST * stride),
    afterMs: new Int32Array(FIRST * stride),
    ...{ stride, top: 0 },
  };
}

/** A place that was never used. */
export function nextPlace(views: OpenViews): number {
  const place = views.top;
  if (place === views.screen.length) {
    for (const name of ['began', 'ended', 'client', 'page', 'trace', 'view'] as const) {
      views[name] = doubledFloats(views[name]);
    }
    for (const name of WHOLE_NUMBERS) {
      views[name] = doubledIntegers(views[name]);
    }
  }
  views.top = place + 1;
  return place;
}

export function viewAt(views: OpenViews, place: number): ViewRequests {
  return {
    seen: views.seen[place] ?? 0,
    failed: views.failed[place] ?? 0,
    timesUs: views.timesUs,
    at: place * views.stride,
  };
}
