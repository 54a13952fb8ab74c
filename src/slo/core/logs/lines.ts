import { newBatch, type RequestBatch } from './batch.ts';
import { byteAt, CARRIAGE_RETURN, LINE_FEED, textOf } from './bytes.ts';
import { LINE_FAULTS, type LineFault, type LineParser, type LineVerdict } from './parser.ts';

/** Twice what any web server writes as one line with its limits at their defaults. */
const LONGEST_LINE = 256 * 1024;
/** What is read at once. Its other half takes texts without escapes. */
const INPUT = 1024 * 1024;
const ROWS = 4096;
const KEPT_OF_EACH_FAULT = 20;
const KEPT_BYTES = 500;
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

export interface LineReading {
  readonly file: string;
  readonly parser: LineParser;
  /** Called with requests in the file's order; must be done with them when it returns. */
  readonly consume: (batch: RequestBatch) => void;
  /** For tests: the longest line, in bytes. */
  readonly longestLine?: number;
}

/** Cuts bytes into lines and gives what the parser makes of them, in batches. Memory does not grow with the file. */
export function lineReader({ file, parser, consume, longestLine = LONGEST_LINE }: LineReading): LineReader {
  const batch = newBatch(ROWS, 2 * INPUT);
  const { bytes } = batch;
  const unparsed: Record<LineFault, number> = {
    ...{ shape: 0, time: 0, status: 0, number: 0 },
    ...{ json: 0, 'fields-unknown': 0, 'too-long': 0, 'cut-off': 0 },
  };
  const kept: UnparsedLine[] = [];
  let lines = 0;
  let requests = 0;
  let skipped = 0;
  let filled = 0;
  // So far there is no line feed.
  let searched = 0;
  // Within a line that is too long: its beginning was counted and kept, its end is looked for.
  let skipping = false;

  const flush = (): void => {
    if (batch.count > 0) consume(batch);
    batch.count = 0;
    batch.free = INPUT;
  };

  const fail = (fault: LineFault, start: number, end: number): void => {
    unparsed[fault] += 1;
    if (unparsed[fault] > KEPT_OF_EACH_FAULT) return;
    kept.push({ file, line: lines, fault, text: textOf(bytes, start, Math.min(end, start + KEPT_BYTES)) });
  };

  const settle = (verdict: LineVerdict, start: number, end: number): void => {
    if (verdict === 'request') {
      batch.line[batch.count] = lines;
      batch.count += 1;
      requests += 1;
      if (batch.count === ROWS) flush();
    } else if (verdict === 'skipped') skipped += 1;
    else fail(verdict, start, end);
  };

  const readLine = (from: number, lineFeed: number): void => {
    if (skipping) {
      skipping = false;
      return;
    }
    lines += 1;
    const start = lines === 1 && BYTE_ORDER_MARK.every((byte, at) => bytes[from + at] === byte) ? from + 3 : from;
    const end = lineFeed > start && byteAt(bytes, lineFeed - 1) === CARRIAGE_RETURN ? lineFeed - 1 : lineFeed;
    if (end - start > longestLine) fail('too-long', start, end);
    else settle(parser.parse(batch, start, end), start, end);
  };

  /** Reads the whole lines there are and moves the rest to the front. */
  const readLines = (): void => {
    let start = 0;
    const input = bytes.subarray(0, filled);
    for (;;) {
      const lineFeed = input.indexOf(LINE_FEED, Math.max(start, searched));
      if (lineFeed < 0) break;
      readLine(start, lineFeed);
      start = lineFeed + 1;
    }
    searched = filled - start;
    flush();
    bytes.copyWithin(0, start, filled);
    filled -= start;
    // A byte order mark and a carriage return may be more.
    if (!skipping && filled <= longestLine + 4) return;
    if (!skipping) {
      lines += 1;
      fail('too-long', 0, filled);
      skipping = true;
    }
    filled = 0;
    searched = 0;
  };

  batch.free = INPUT;
  return {
    push: (chunk) => {
      for (let from = 0; from < chunk.length; ) {
        const take = Math.min(chunk.length - from, INPUT - filled);
        bytes.set(take === chunk.length ? chunk : chunk.subarray(from, from + take), filled);
        filled += take;
        from += take;
        readLines();
      }
    },
    end: (cutOff = false) => {
      if (filled > 0 && cutOff && !skipping) {
        lines += 1;
        fail('cut-off', 0, filled);
      } else if (filled > 0) readLine(0, filled);
      flush();
      filled = 0;
      return { lines, requests, skipped, unparsed, kept };
    },
  };
}

export const unparsedOf = ({ unparsed }: LineCounts): number =>
  LINE_FAULTS.reduce((sum, fault) => sum + unparsed[fault], 0);
