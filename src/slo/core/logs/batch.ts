import { textOf } from './bytes.ts';

/** What a log may tell about a request in words. */
export const TEXT_FIELDS = [
  'method',
  'path',
  'host',
  'client',
  'userAgent',
  'referer',
  'trace',
  'view',
  'customer',
] as const;

export type TextField = (typeof TEXT_FIELDS)[number];

/** The place of each text in `spans`: start at `row * SPAN_WIDTH + SPANS.path`, end right behind it. */
export const SPANS = {
  method: 0,
  path: 2,
  host: 4,
  client: 6,
  userAgent: 8,
  referer: 10,
  trace: 12,
  view: 14,
  customer: 16,
} as const satisfies Record<TextField, number>;

export const SPAN_WIDTH = 2 * TEXT_FIELDS.length;

/**
 * Requests as columns, row by row: only `count` of them hold, and only while the consumer runs, for the next batch is read into the
 * same memory. Texts are places in `bytes` without the escapes of their format; an empty one was not told.
 */
export interface RequestBatch {
  readonly bytes: Uint8Array;
  count: number;
  /** When the request began, in milliseconds since 1970. */
  readonly beganMs: Float64Array;
  /** NaN where the log does not tell it. */
  readonly durationMs: Float64Array;
  /** 0: the client had gone before there was a response. */
  readonly status: Uint16Array;
  /** NaN where the log does not tell it. */
  readonly sentBytes: Float64Array;
  readonly spans: Int32Array;
  /** Ids of the route table; 0 for what is no request line. */
  readonly route: Int32Array;
  /** From 1, in the file. */
  readonly line: Float64Array;
  /** Where texts without their escapes go: behind the bytes that were read. */
  free: number;
}

export const newBatch = (rows: number, byteLength: number): RequestBatch => ({
  bytes: new Uint8Array(byteLength),
  count: 0,
  beganMs: new Float64Array(rows),
  durationMs: new Float64Array(rows),
  status: new Uint16Array(rows),
  sentBytes: new Float64Array(rows),
  spans: new Int32Array(rows * SPAN_WIDTH),
  route: new Int32Array(rows),
  line: new Float64Array(rows),
  free: 0,
});

/** Begins the row that is read next. */
export function clearRow(batch: RequestBatch): void {
  const row = batch.count;
  const first = row * SPAN_WIDTH;
  for (let index = first; index < first + SPAN_WIDTH; index += 1) batch.spans[index] = 0;
  batch.beganMs[row] = Number.NaN;
  batch.durationMs[row] = Number.NaN;
  batch.sentBytes[row] = Number.NaN;
  batch.status[row] = 0;
  batch.route[row] = 0;
}

export function setSpan(batch: RequestBatch, span: number, start: number, end: number): void {
  const index = batch.count * SPAN_WIDTH + span;
  batch.spans[index] = start;
  batch.spans[index + 1] = end;
}

export const spanStart = (batch: RequestBatch, row: number, span: number): number =>
  batch.spans[row * SPAN_WIDTH + span] ?? 0;

export const spanEnd = (batch: RequestBatch, row: number, span: number): number =>
  batch.spans[row * SPAN_WIDTH + span + 1] ?? 0;

/** One request as a value, for tests and for who reads few of them. Times in milliseconds, `began` since 1970. */
export interface LogRequest extends Partial<Record<TextField, string>> {
  readonly beganMs: number;
  readonly durationMs?: number;
  readonly status: number;
  readonly sentBytes?: number;
}

export function requestAt(batch: RequestBatch, row: number): LogRequest {
  const durationMs = batch.durationMs[row] ?? Number.NaN;
  const sentBytes = batch.sentBytes[row] ?? Number.NaN;
  const texts = TEXT_FIELDS.flatMap((field) => {
    const start = spanStart(batch, row, SPANS[field]);
    const end = spanEnd(batch, row, SPANS[field]);
    return end > start ? [[field, textOf(batch.bytes, start, end)] as const] : [];
  });
  return {
    beganMs: batch.beganMs[row] ?? Number.NaN,
    status: batch.status[row] ?? 0,
    ...(Number.isNaN(durationMs) ? {} : { durationMs }),
    ...(Number.isNaN(sentBytes) ? {} : { sentBytes }),
    ...Object.fromEntries(texts),
  };
}
