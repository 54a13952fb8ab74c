import { newBatch, type RequestBatch, SPAN_WIDTH } from './batch.ts';

/** How many rows of a batch were outside of some time, and on which side. */
export interface LeftRows {
  readonly before: number;
  readonly after: number;
}

/** Takes rows out of a batch, in place, that did not begin within `fromMs` up to and without `toMs`. */
export function keepWithin(batch: RequestBatch, fromMs: number, toMs: number): LeftRows {
  const { beganMs, count } = batch;
  let [kept, after] = [0, 0];
  for (let row = 0; row < count; row += 1) {
    const began = beganMs[row] ?? Number.NaN;
    if (began >= fromMs && began < toMs) {
      if (kept < row) moveRow(batch, row, kept);
      kept += 1;
    } else if (began >= toMs) after += 1;
  }
  batch.count = kept;
  return { before: count - kept - after, after };
}

function moveRow(batch: RequestBatch, from: number, to: number): void {
  const { beganMs, durationMs, line, route, sentBytes, spans, status } = batch;
  beganMs[to] = beganMs[from] ?? 0;
  durationMs[to] = durationMs[from] ?? 0;
  line[to] = line[from] ?? 0;
  route[to] = route[from] ?? 0;
  sentBytes[to] = sentBytes[from] ?? 0;
  status[to] = status[from] ?? 0;
  spans.copyWithin(to * SPAN_WIDTH, from * SPAN_WIDTH, (from + 1) * SPAN_WIDTH);
}

/** A copy that lasts, no larger than what is in it. */
export function copiedRows(batch: RequestBatch): RequestBatch {
  const { count } = batch;
  // Texts without their escapes stand behind the input, which has as many bytes.
  const half = batch.bytes.length / 2;
  let filled = 0;
  for (let index = 0; index < count * SPAN_WIDTH; index += 1) {
    const place = batch.spans[index] ?? 0;
    if (place <= half && place > filled) filled = place;
  }
  const copy = newBatch(count, filled + Math.max(0, batch.free - half));
  copy.bytes.set(batch.bytes.subarray(0, filled));
  if (batch.free > half) copy.bytes.set(batch.bytes.subarray(half, batch.free), filled);
  copy.count = count;
  copy.free = copy.bytes.length;
  for (const name of COLUMNS) copy[name].set(batch[name].subarray(0, count));
  for (let index = 0; index < count * SPAN_WIDTH; index += 1) {
    const place = batch.spans[index] ?? 0;
    copy.spans[index] = place > half ? place - half + filled : place;
  }
  return copy;
}

const COLUMNS = ['beganMs', 'durationMs', 'status', 'sentBytes', 'route', 'line'] as const;

/** Some rows of a batch, in its own memory. */
export const rowsBetween = (batch: RequestBatch, from: number, to: number): RequestBatch => ({
  bytes: batch.bytes,
  count: to - from,
  beganMs: batch.beganMs.subarray(from, to),
  durationMs: batch.durationMs.subarray(from, to),
  status: batch.status.subarray(from, to),
  sentBytes: batch.sentBytes.subarray(from, to),
  spans: batch.spans.subarray(from * SPAN_WIDTH, to * SPAN_WIDTH),
  route: batch.route.subarray(from, to),
  line: batch.line.subarray(from, to),
  free: batch.free,
});
