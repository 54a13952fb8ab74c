import type { RouteTable } from '../routes/route-table.ts';
import { newBatch, type RequestBatch, SPANS, spanEnd, spanStart } from './batch.ts';
import { byteAt, CARRIAGE_RETURN, LINE_FEED, textOf } from './bytes.ts';
import { LINE_FAULTS, type LineFault, type LineParser } from './parser.ts';

const KEPT_OF_EACH_FAULT = 20;
const KEPT_BYTES = 500;
/** A byte order mark and a carriage return. */
const MORE_BYTES = 4;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** A line that is no request, as far as it is kept. */
export interface UnparsedLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly fault: LineFault;
  /** Its first 500 bytes. */
  readonly text: string;
}

/** What became of a file's lines: `lines` = `requests` + `skipped` + all of `unparsed`. */
export interface LineCounts {
  readonly lines: number;
  readonly requests: number;
  readonly skipped: number;
  readonly unparsed: Readonly<Record<LineFault, number>>;
  /** The first of each fault. */
  readonly kept: readonly UnparsedLine[];
}

export interface LineReader {
  /** Bytes in any pieces; they are not kept. */
  readonly push: (chunk: Uint8Array) => void;
  /** The last line counts also without a line feed. `cutOff`: the file ended before it should, so its last line cannot be trusted. */
  readonly end: (cutOff?: boolean) => LineCounts;
}

/** How much is held at once, in bytes and rows. `input` holds the longest line. */
export interface Sizes {
  readonly longestLine: number;
  readonly input: number;
  readonly rows: number;
}

/**
 * The longest line is twice what any web server writes with its limits at their defaults. Behind the input is as much again, for texts
 * without escapes.
 */
const SIZES: Sizes = { longestLine: 256 * 1024, input: 1024 * 1024, rows: 4096 };

export interface LineMemory {
  readonly sizes: Sizes;
  readonly batch: RequestBatch;
}

export const lineMemory = (sizes: Sizes = SIZES): LineMemory => ({
  sizes,
  batch: newBatch(sizes.rows, 2 * sizes.input),
});

export interface LineReading {
  readonly file: string;
  readonly parser: LineParser;
  /** Fills the batch's column of routes. */
  readonly routes?: RouteTable;
  /** Called with requests in the file's order; must be done with them when it returns. */
  readonly consume: (batch: RequestBatch) => void;
  /** What the batches are kept in. Readers that are not used at the same time can share one. */
  readonly memory?: LineMemory;
}

interface State extends LineReading, LineMemory {
  readonly unparsed: Record<LineFault, number>;
  readonly kept: UnparsedLine[];
  lines: number;
  requests: number;
  skipped: number;
  /** Bytes of lines that have not ended. */
  filled: number;
  /** How many of them are known to hold no line feed. */
  searched: number;
  /** Within a line that is too long: it was counted, its end is looked for. */
  skipping: boolean;
}

/** Cuts bytes into lines and gives what the parser makes of them, in batches. Memory does not grow with the file. */
export function lineReader(reading: LineReading): LineReader {
  const state: State = {
    ...reading,
    ...(reading.memory ?? lineMemory()),
    unparsed: noFaults(),
    kept: [],
    ...{ lines: 0, requests: 0, skipped: 0, filled: 0, searched: 0, skipping: false },
  };
  const { batch, sizes, unparsed, kept } = state;
  batch.count = 0;
  batch.free = sizes.input;
  return {
    push: (chunk) => {
      for (let from = 0; from < chunk.length; ) {
        const take = Math.min(chunk.length - from, sizes.input - state.filled);
        batch.bytes.set(chunk.subarray(from, from + take), state.filled);
        state.filled += take;
        from += take;
        readLines(state);
      }
    },
    end: (cutOff = false) => {
      const { filled } = state;
      if (filled > 0 && cutOff && !state.skipping) {
        state.lines += 1;
        fail(state, 'cut-off', 0, filled);
      } else if (filled > 0) readLine(state, 0, filled);
      flush(state);
      state.filled = 0;
      const { lines, requests, skipped } = state;
      return { lines, requests, skipped, unparsed, kept };
    },
  };
}

export const noFaults = (): Record<LineFault, number> => ({
  ...{ shape: 0, time: 0, status: 0, number: 0 },
  ...{ json: 0, 'fields-unknown': 0, 'too-long': 0, 'cut-off': 0 },
});

function flush({ batch, consume, sizes }: State): void {
  if (batch.count > 0) consume(batch);
  batch.count = 0;
  batch.free = sizes.input;
}

function fail(state: State, fault: LineFault, start: number, end: number): void {
  const { batch, file, kept, lines, unparsed } = state;
  unparsed[fault] += 1;
  if (unparsed[fault] > KEPT_OF_EACH_FAULT) return;
  const text = textOf(batch.bytes, start, Math.min(end, start + KEPT_BYTES));
  kept.push({ file, line: lines, fault, text });
}

/** Reads the whole lines there are and moves the rest to the front. */
function readLines(state: State): void {
  const { bytes } = state.batch;
  const input = bytes.subarray(0, state.filled);
  let start = 0;
  for (;;) {
    const lineFeed = input.indexOf(LINE_FEED, Math.max(start, state.searched));
    if (lineFeed < 0) break;
    readLine(state, start, lineFeed);
    start = lineFeed + 1;
  }
  flush(state);
  bytes.copyWithin(0, start, state.filled);
  state.filled -= start;
  state.searched = state.filled;
  if (state.skipping || state.filled > state.sizes.longestLine + MORE_BYTES) dropLine(state);
}

/** Forgets what there is of a line that is too long. */
function dropLine(state: State): void {
  if (!state.skipping) {
    state.lines += 1;
    fail(state, 'too-long', 0, state.filled);
  }
  state.skipping = true;
  state.filled = 0;
  state.searched = 0;
}

function readLine(state: State, from: number, lineFeed: number): void {
  if (state.skipping) {
    state.skipping = false;
    return;
  }
  const { batch, parser, routes } = state;
  const { bytes } = batch;
  state.lines += 1;
  const marked = state.lines === 1 && BYTE_ORDER_MARK.every((byte, at) => bytes[from + at] === byte);
  const start = marked ? from + BYTE_ORDER_MARK.length : from;
  const end = lineFeed > start && byteAt(bytes, lineFeed - 1) === CARRIAGE_RETURN ? lineFeed - 1 : lineFeed;
  const verdict = end - start > state.sizes.longestLine ? 'too-long' : parser.parse(batch, start, end);
  if (verdict === 'skipped') state.skipped += 1;
  else if (verdict !== 'request') fail(state, verdict, start, end);
  else {
    batch.line[batch.count] = state.lines;
    if (routes !== undefined) batch.route[batch.count] = routeOf(batch, routes);
    batch.count += 1;
    state.requests += 1;
    if (batch.count === state.sizes.rows) flush(state);
  }
}

function routeOf(batch: RequestBatch, routes: RouteTable): number {
  const row = batch.count;
  return routes.idOf(
    batch.bytes,
    spanStart(batch, row, SPANS.method),
    spanEnd(batch, row, SPANS.method),
    spanStart(batch, row, SPANS.path),
    spanEnd(batch, row, SPANS.path),
  );
}

export const unparsedOf = ({ unparsed }: LineCounts): number =>
  LINE_FAULTS.reduce((sum, fault) => sum + unparsed[fault], 0);
