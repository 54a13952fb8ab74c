import { clearRow, type RequestBatch, SPANS, setSpan } from './batch.ts';
import { byteAt, bytesOf, type Cursor, HASH, MINUS, readDecimal, startsWith, TAB, textOf } from './bytes.ts';
import { withoutPercents } from './escapes.ts';
import { readStatus, settleTime } from './layout-parser.ts';
import type { LineParser, LineVerdict } from './parser.ts';
import { setTarget } from './request.ts';
import { clockMs, isoDayMs } from './time.ts';

/*
 * CloudFront's standard logs: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html. Values are
 * separated by tabs, in the order that the file's own `#Fields:` line tells; date and time are UTC, when the response was finished.
 */

/** The 33 fields of legacy standard logs, for files that were cut from their header. */
const FIELDS =
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end';

const CLOCK_LENGTH = 8;
const HEADER = bytesOf('#Fields:');
/** Fields that a header must name before its lines can be read. */
const NEEDED = ['date', 'time', 'cs-method', 'cs-uri-stem', 'sc-status'];
type ColumnKind = (typeof KINDS)[keyof typeof KINDS] | 'other';

export function cloudFrontParser(): LineParser {
  const cursor: Cursor = { at: 0 };
  const readDay = dayReader();
  let columns: readonly ColumnKind[] | undefined = columnsOf(FIELDS);

  const readColumn = (
    batch: RequestBatch,
    kind: ColumnKind,
    start: number,
    end: number,
    times: Times,
  ): LineVerdict => {
    const { bytes } = batch;
    const absent = end === start + 1 && bytes[start] === MINUS;
    cursor.at = start;
    switch (kind) {
      case 'other':
        return 'request';
      case 'date':
        times.endedMs += readDay(bytes, start, end);
        return 'request';
      case 'time':
        times.endedMs += end - start === CLOCK_LENGTH ? clockMs(bytes, start) : Number.NaN;
        return 'request';
      case 'status':
        return readStatus(batch, cursor, end) === 'request' && cursor.at === end ? 'request' : 'status';
      case 'taken':
      case 'sent-bytes': {
        if (absent) return 'request';
        const value = readDecimal(bytes, cursor, end, kind === 'taken' ? 3 : 0);
        if (kind === 'taken') times.takenMs = value;
        else batch.sentBytes[batch.count] = value;
        return cursor.at === end && !Number.isNaN(value) ? 'request' : 'number';
      }
      default:
        if (!absent) setColumn(batch, kind, start, end);
        return 'request';
    }
  };

  const readLine = (
    batch: RequestBatch,
    kinds: readonly ColumnKind[],
    from: number,
    end: number,
  ): LineVerdict => {
    const times: Times = { endedMs: 0, takenMs: Number.POSITIVE_INFINITY };
    let start = from;
    let index = 0;
    for (; start <= end; index += 1) {
      let stop = start;
      while (stop < end && byteAt(batch.bytes, stop) !== TAB) stop += 1;
      const verdict = readColumn(batch, kinds[index] ?? 'other', start, stop, times);
      if (verdict !== 'request') return verdict;
      start = stop + 1;
    }
    if (index < kinds.length) return 'shape';
    if (Number.isNaN(times.endedMs)) return 'time';
    return settleTime(batch, times.endedMs, times.takenMs, 'end');
  };

  return {
    parse: (batch, start, end) => {
      if (start === end) return 'skipped';
      if (byteAt(batch.bytes, start) === HASH) {
        if (startsWith(batch.bytes, start, end, HEADER))
          columns = columnsOf(textOf(batch.bytes, start + HEADER.length, end));
        return 'skipped';
      }
      if (columns === undefined) return 'fields-unknown';
      clearRow(batch);
      return readLine(batch, columns, start, end);
    },
  };
}

/** Most lines are of the day of the line before. */
function dayReader(): (bytes: Uint8Array, start: number, end: number) => number {
  const day = new Uint8Array(10);
  let dayMs = Number.NaN;
  return (bytes, start, end) => {
    if (end - start !== day.length) return Number.NaN;
    if (Number.isNaN(dayMs) || !startsWith(bytes, start, end, day)) {
      day.set(bytes.subarray(start, end));
      dayMs = isoDayMs(bytes, start);
    }
    return dayMs;
  };
}

interface Times {
  endedMs: number;
  takenMs: number;
}

/** What is read of a line, by the names of the header; other values are stepped over. */
const KINDS = {
  date: 'date',
  time: 'time',
  'sc-status': 'status',
  'sc-bytes': 'sent-bytes',
  'time-taken': 'taken',
  'cs-method': 'method',
  'cs-uri-stem': 'target',
  'c-ip': 'client',
  'cs(Host)': 'host',
  // What the viewer asked for; it comes behind the distribution's own name and takes its place.
  'x-host-header': 'host',
  'cs(Referer)': 'referer',
  'cs(User-Agent)': 'userAgent',
} as const satisfies Record<string, string>;

function columnsOf(header: string): readonly ColumnKind[] | undefined {
  const names = header.trim().split(/\s+/);
  if (!NEEDED.every((name) => names.includes(name))) return undefined;
  const kinds = new Map<string, ColumnKind>(Object.entries(KINDS));
  return names.map((name) => kinds.get(name) ?? 'other');
}

type ColumnText = 'method' | 'target' | 'client' | 'host' | 'referer' | 'userAgent';

function setColumn(batch: RequestBatch, kind: ColumnText, start: number, end: number): void {
  if (kind === 'target') setTarget(batch, start, end);
  else if (kind === 'referer' || kind === 'userAgent') {
    const from = withoutPercents(batch, start, end);
    setSpan(batch, SPANS[kind], from, batch.free);
  } else setSpan(batch, SPANS[kind], start, end);
}
