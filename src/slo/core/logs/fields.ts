import { clearRow, type RequestBatch } from './batch.ts';
import { byteAt, CLOSING_BRACKET, type Cursor, MINUS, OPENING_BRACKET, readDecimal, SLASH } from './bytes.ts';
import type { TextKind } from './layout.ts';
import { readStatus, setText, settleTime } from './layout-parser.ts';
import type { LineVerdict } from './parser.ts';
import { type TimeReader, timeReader } from './time.ts';

/** What a named value of a line is. Durations name their unit, for a number alone has none. */
export type FieldKind = TextKind | 'time' | 'status' | 'sent-bytes' | DurationKind;

/** Powers of ten from the unit to milliseconds. */
const EXPONENTS = { 'duration-s': 3, 'duration-ms': 0, 'duration-us': -3, 'duration-ns': -6 } as const;

type DurationKind = keyof typeof EXPONENTS;

const isNumber = (kind: FieldKind): kind is DurationKind | 'sent-bytes' =>
  kind === 'sent-bytes' ||
  kind === 'duration-s' ||
  kind === 'duration-ms' ||
  kind === 'duration-us' ||
  kind === 'duration-ns';

/** Values by their names: the name as the log has it to what it is. */
export type FieldNames = Readonly<Record<string, FieldKind>>;

/** Whether the time of a line was written when the request began or when it had ended. */
export type TimeIs = 'begin' | 'end';

/** The labels that ltsv.org recommends; its time is when the request came. */
export const LTSV_FIELDS: FieldNames = {
  time: 'time',
  host: 'client',
  req: 'request',
  method: 'method',
  uri: 'target',
  status: 'status',
  size: 'sent-bytes',
  referer: 'referer',
  ua: 'userAgent',
  vhost: 'host',
  reqtime: 'duration-s',
  reqtime_microsec: 'duration-us',
};

/**
 * Names that mean the same wherever they are used. `duration`, `latency`, `elapsed` are not among them: they are seconds in one log and
 * milliseconds in the next.
 */
export const JSON_FIELDS: FieldNames = {
  ...{ time: 'time', timestamp: 'time', '@timestamp': 'time', ts: 'time', time_iso8601: 'time' },
  ...{ time_local: 'time', msec: 'time' },
  ...{ method: 'method', request_method: 'method', http_method: 'method', 'request.method': 'method' },
  ...{ 'http.request.method': 'method', 'request.host': 'host', 'request.remote_ip': 'client' },
  ...{ path: 'target', uri: 'target', request_uri: 'target', url: 'target', 'request.uri': 'target' },
  ...{ 'url.path': 'target', request: 'request' },
  ...{
    status: 'status',
    status_code: 'status',
    http_status: 'status',
    'http.response.status_code': 'status',
  },
  ...{ host: 'host', http_host: 'host', remote_addr: 'client', client_ip: 'client', 'client.ip': 'client' },
  ...{ referer: 'referer', http_referer: 'referer', user_agent: 'userAgent', http_user_agent: 'userAgent' },
  ...{ 'user_agent.original': 'userAgent', trace_id: 'trace', 'trace.id': 'trace', traceparent: 'trace' },
  ...{ body_bytes_sent: 'sent-bytes', bytes_sent: 'sent-bytes' },
  ...{ request_time: 'duration-s', duration_s: 'duration-s', duration_seconds: 'duration-s' },
  ...{ duration_ms: 'duration-ms', latency_ms: 'duration-ms', response_time_ms: 'duration-ms' },
  ...{ elapsed_ms: 'duration-ms', duration_us: 'duration-us', duration_ns: 'duration-ns' },
  ...{ 'event.duration': 'duration-ns' },
};

/** Puts values of a line into the row, one after the other in any order. */
export interface FieldReader {
  readonly begin: (batch: RequestBatch) => void;
  readonly put: (batch: RequestBatch, kind: FieldKind, start: number, end: number) => LineVerdict;
  /** For numbers that are not written plainly: 9.5e-05. */
  readonly putNumber: (batch: RequestBatch, kind: FieldKind, value: number) => LineVerdict;
  readonly settle: (batch: RequestBatch) => LineVerdict;
}

export function fieldReader(timeIs: TimeIs): FieldReader {
  const time = timeReader();
  const cursor: Cursor = { at: 0 };
  let timeMs = Number.NaN;
  let durationMs = Number.POSITIVE_INFINITY;
  let hasStatus = false;

  const putScaled = (batch: RequestBatch, kind: DurationKind | 'sent-bytes', value: number): LineVerdict => {
    if (kind === 'sent-bytes') batch.sentBytes[batch.count] = value;
    else durationMs = value;
    return value >= 0 && value < Number.POSITIVE_INFINITY ? 'request' : 'number';
  };

  return {
    begin: (batch) => {
      clearRow(batch);
      timeMs = Number.NaN;
      durationMs = Number.POSITIVE_INFINITY;
      hasStatus = false;
    },
    put: (batch, kind, start, end) => {
      const { bytes } = batch;
      if (kind === 'status') {
        cursor.at = start;
        hasStatus = true;
        return readStatus(batch, cursor, end) === 'request' && cursor.at === end ? 'request' : 'status';
      }
      if (end === start || (end === start + 1 && bytes[start] === MINUS)) return 'request';
      if (kind === 'time') {
        timeMs = readTimeMs(time, cursor, bytes, start, end);
        return Number.isNaN(timeMs) ? 'time' : 'request';
      }
      if (isNumber(kind)) {
        cursor.at = start;
        const value = readDecimal(bytes, cursor, end, kind === 'sent-bytes' ? 0 : EXPONENTS[kind]);
        return cursor.at === end ? putScaled(batch, kind, value) : 'number';
      }
      setText(batch, kind, start, end);
      return 'request';
    },
    putNumber: (batch, kind, value) => {
      if (isNumber(kind))
        return putScaled(batch, kind, kind === 'sent-bytes' ? value : value * 10 ** EXPONENTS[kind]);
      timeMs = kind === 'time' ? epochMs(value) : timeMs;
      return kind === 'time' && !Number.isNaN(timeMs) ? 'request' : 'number';
    },
    settle: (batch) => {
      if (Number.isNaN(timeMs)) return 'time';
      if (!hasStatus) return 'status';
      return settleTime(batch, timeMs, durationMs, timeIs);
    },
  };
}

/** A time in whichever way it is written: common log, perhaps in brackets; ISO 8601 with a zone; since 1970. */
function readTimeMs(time: TimeReader, cursor: Cursor, bytes: Uint8Array, from: number, to: number): number {
  const bracketed = byteAt(bytes, from) === OPENING_BRACKET && byteAt(bytes, to - 1) === CLOSING_BRACKET;
  const start = bracketed ? from + 1 : from;
  const end = bracketed ? to - 1 : to;
  cursor.at = start;
  let value: number;
  if (byteAt(bytes, start + 2) === SLASH) value = time.commonLog(bytes, cursor, end);
  else if (byteAt(bytes, start + 4) === MINUS) value = time.iso(bytes, cursor, end);
  else value = epochMs(readDecimal(bytes, cursor, end, 0));
  return cursor.at === end ? value : Number.NaN;
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970: between 2001 and 2286 the size alone tells which. */
function epochMs(value: number): number {
  if (value >= 1e9 && value < 1e10) return value * 1000;
  if (value >= 1e12 && value < 1e13) return value;
  if (value >= 1e15 && value < 1e16) return value / 1e3;
  return value >= 1e18 && value < 1e19 ? value / 1e6 : Number.NaN;
}
