import { doubledFloats, doubledIntegers } from './columns.ts';

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Requests of screens that wait for those that began before them and may be read later. */
export interface Arrivals {
  /** Milliseconds since 1970, whole. */
  began: Float64Array;
  /** Microseconds; -1 where it was not measured. */
  timeUs: Int32Array;
  status: Int32Array;
  route: Int32Array;
  /** The screen that it opens; -1 for none. */
  opens: Int32Array;
  /** Keys of texts, 0 where they are not told: of who asks, of the page (its own, or the one it is asked from), of trace and view. */
  client: Float64Array;
  page: Float64Array;
  trace: Float64Array;
  view: Float64Array;
  customer: Int32Array;
  bot: Int32Array;
  /** Where it comes in order: twice the time, even for what opens a view. */
  time: Float64Array;
  /** Decides between those of the same time, by what they are and not by when they were read. */
  tie: Int32Array;
}

export interface ArrivalQueue {
  readonly rows: Arrivals;
  /** A place for a row, which is waiting from then on; `time` and `tie` are filled in before the next release. */
  readonly place: () => number;
  readonly waiting: () => number;
  /** Gives rows below a time in their order, and forgets them. */
  readonly release: (belowTime: number, consume: (row: number) => void) => void;
}

const FIRST = 4096;

export function arrivalQueue(): ArrivalQueue {
  const rows: Arrivals = newRows();
  let waiting = new Int32Array(FIRST);
  let free = Int32Array.from({ length: FIRST }, (_, index) => FIRST - 1 - index);
  let freeCount = FIRST;
  let count = 0;

  const grow = (): void => {
    const before = rows.tie.length;
    growRows(rows);
    waiting = doubledIntegers(waiting);
    free = doubledIntegers(free);
    for (let place = 2 * before - 1; place >= before; place -= 1) {
      free[freeCount] = place;
      freeCount += 1;
    }
  };

  return {
    rows,
    waiting: () => count,
    place: () => {
      if (freeCount === 0) grow();
      freeCount -= 1;
      const place = free[freeCount] ?? 0;
      waiting[count] = place;
      count += 1;
      return place;
    },
    release: (belowTime, consume) => {
      const due = new Int32Array(count);
      let dueCount = 0;
      let kept = 0;
      for (let index = 0; index < count; index += 1) {
        const place = waiting[index] ?? 0;
        if ((rows.time[place] ?? 0) < belowTime) {
          due[dueCount] = place;
          dueCount += 1;
        } else {
          waiting[kept] = place;
          kept += 1;
        }
      }
      count = kept;
      const ordered = inOrder(rows, due.subarray(0, dueCount));
      for (let index = 0; index < dueCount; index += 1) {
        const place = ordered[index] ?? 0;
        consume(place);
        free[freeCount] = place;
        freeCount += 1;
      }
    },
  };
}

const newRows = (): Arrivals => ({
  began: new Float64Array(FIRST),
  timeUs: new Int32Array(FIRST),
  status: new Int32Array(FIRST),
  route: new Int32Array(FIRST),
  opens: new Int32Array(FIRST),
  client: new Float64Array(FIRST),
  page: new Float64Array(FIRST),
  trace: new Float64Array(FIRST),
  view: new Float64Array(FIRST),
  customer: new Int32Array(FIRST),
  bot: new Int32Array(FIRST),
  time: new Float64Array(FIRST),
  tie: new Int32Array(FIRST),
});

function growRows(rows: Arrivals): void {
  for (const name of ['began', 'client', 'page', 'trace', 'view', 'time'] as const) {
    rows[name] = doubledFloats(rows[name]);
  }
  for (const name of ['timeUs', 'status', 'route', 'opens', 'customer', 'bot', 'tie'] as const) {
    rows[name] = doubledIntegers(rows[name]);
  }
}

/** Radix sort by tie, then time: a pass for eleven bits, none where they are the same for all. */
function inOrder({ tie, time }: Arrivals, due: Int32Array<ArrayBuffer>): Int32Array {
  const digits = new Int32Array(due.length);
  let from = due;
  let to = new Int32Array(due.length);
  const pass = (digitOf: (place: number) => number): void => {
    const counts = new Int32Array(DIGITS + 1);
    for (let index = 0; index < from.length; index += 1) {
      const digit = digitOf(from[index] ?? 0) & (DIGITS - 1);
      digits[index] = digit;
      counts[digit + 1] = (counts[digit + 1] ?? 0) + 1;
    }
    if (counts[(digits[0] ?? 0) + 1] === from.length) return;
    for (let digit = 0; digit < DIGITS; digit += 1)
      counts[digit + 1] = (counts[digit + 1] ?? 0) + (counts[digit] ?? 0);
    for (let index = 0; index < from.length; index += 1) {
      const digit = digits[index] ?? 0;
      const place = counts[digit] ?? 0;
      to[place] = from[index] ?? 0;
      counts[digit] = place + 1;
    }
    [from, to] = [to, from];
  };
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) pass((place) => (tie[place] ?? 0) >>> shift);
  // Time is below 2^44: four digits.
  for (let unit = 1; unit < 2 ** 44; unit *= DIGITS)
    pass((place) => Math.floor((time[place] ?? 0) / unit) % DIGITS);
  return from;
}
