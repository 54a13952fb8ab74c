import type { RequestBatch } from './batch.ts';

/** Why a line is no request of its format. */
export const LINE_FAULTS = [
  'shape',
  'time',
  'status',
  'number',
  'json',
  'fields-unknown',
  'too-long',
  'cut-off',
] as const;

export type LineFault = (typeof LINE_FAULTS)[number];

/** `skipped`: a comment, a header or nothing at all. */
export type LineVerdict = 'request' | 'skipped' | LineFault;

export interface LineParser {
  /** Reads `batch.bytes` from `start` to `end` (without the line's end) into the row `batch.count`; the caller counts it. */
  readonly parse: (batch: RequestBatch, start: number, end: number) => LineVerdict;
}
