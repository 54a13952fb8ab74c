import { clearRow, type RequestBatch, SPANS, setSpan } from './batch.ts';
import {
  BACKSLASH,
  byteAt,
  bytesOf,
  type Cursor,
  MINUS,
  readDecimal,
  readInteger,
  SPACE,
  startsWith,
} from './bytes.ts';
import { withoutBackslashes } from './escapes.ts';
import type { Layout, Step } from './layout.ts';
import type { LineParser, LineVerdict } from './parser.ts';
import { setRequestLine, setTarget, setTrace, withoutPort } from './request.ts';
import { timeReader } from './time.ts';

interface CompiledStep {
  readonly step: Step;
  readonly after: Uint8Array;
  readonly stop: number;
  readonly escapes: boolean;
}

/** Reads lines of a fixed order of values with fixed text between them, once from left to right, without going back. */
export function layoutParser(layout: Layout): LineParser {
  const time = timeReader();
  const cursor: Cursor = { at: 0 };
  const before = bytesOf(layout.before);
  const steps = layout.steps.map((step): CompiledStep => {
    const after = bytesOf(step.after);
    return { step, after, stop: after[0] ?? -1, escapes: step.after.startsWith('"') };
  });
  const required = layout.required ?? steps.length;
  const { timeIs } = layout;
  // Of the line that is being read.
  let timeMs = Number.NaN;
  let partsMs = 0;

  const readNumber = (batch: RequestBatch, end: number, scale: number): number => {
    if (byteAt(batch.bytes, cursor.at) === MINUS && cursor.at < end) {
      cursor.at += 1;
      // `-` and `-1` are what was not measured.
      if (cursor.at < end && byteAt(batch.bytes, cursor.at) === 0x31) cursor.at += 1;
      return Number.POSITIVE_INFINITY;
    }
    return readDecimal(batch.bytes, cursor, end, scale);
  };

  const readValue = (batch: RequestBatch, { step }: CompiledStep, end: number): LineVerdict => {
    const { bytes } = batch;
    switch (step.kind) {
      case 'common-log-time':
        timeMs = time.commonLog(bytes, cursor, end);
        return Number.isNaN(timeMs) ? 'time' : 'request';
      case 'iso-time':
        timeMs = time.iso(bytes, cursor, end);
        return Number.isNaN(timeMs) ? 'time' : 'request';
      case 'epoch-time':
        timeMs = readDecimal(bytes, cursor, end, step.scaleMs);
        return Number.isNaN(timeMs) ? 'time' : 'request';
      case 'began':
        batch.beganMs[batch.count] = time.iso(bytes, cursor, end);
        return Number.isNaN(batch.beganMs[batch.count]) ? 'time' : 'request';
      case 'status':
        return readStatus(batch, cursor, end);
      case 'sent-bytes': {
        const value = readNumber(batch, end, 1);
        batch.sentBytes[batch.count] = value === Number.POSITIVE_INFINITY ? Number.NaN : value;
        return Number.isNaN(value) ? 'number' : 'request';
      }
      case 'duration': {
        const value = readNumber(batch, end, step.scaleMs);
        partsMs += value;
        return Number.isNaN(value) ? 'number' : 'request';
      }
      default:
        return 'request';
    }
  };

  const readLine = (batch: RequestBatch, start: number, end: number): LineVerdict => {
    cursor.at = start + before.length;
    if (!startsWith(batch.bytes, start, end, before)) return 'shape';
    for (let index = 0; index < steps.length; index += 1) {
      const compiled = steps[index];
      if (compiled === undefined) return 'shape';
      const { step } = compiled;
      if (step.kind === 'text' || step.kind === 'skip') {
        if (!readText(batch, compiled, cursor, end)) return 'shape';
      } else {
        const verdict = readValue(batch, compiled, end);
        if (verdict !== 'request') return verdict;
      }
      if (cursor.at === end && index + 1 >= required) return 'request';
      if (!startsWith(batch.bytes, cursor.at, end, compiled.after)) return 'shape';
      cursor.at += compiled.after.length;
    }
    if (cursor.at === end) return 'request';
    return layout.rest === 'ignored' && byteAt(batch.bytes, cursor.at) === SPACE ? 'request' : 'shape';
  };

  return {
    parse: (batch, start, end) => {
      if (start === end) return 'skipped';
      clearRow(batch);
      timeMs = Number.NaN;
      partsMs = layout.measured ? 0 : Number.POSITIVE_INFINITY;
      const verdict = readLine(batch, start, end);
      if (verdict === 'request') settleTime(batch, timeMs, partsMs, timeIs);
      return verdict;
    },
  };
}

/** Duration and begin of the row from what its line told; infinite is what was not measured. */
export function settleTime(
  batch: RequestBatch,
  timeMs: number,
  durationMs: number,
  timeIs: Layout['timeIs'],
): void {
  const row = batch.count;
  const known = durationMs < Number.POSITIVE_INFINITY;
  const began = batch.beganMs[row] ?? Number.NaN;
  if (Number.isNaN(began)) {
    batch.beganMs[row] = known && timeIs === 'end' ? timeMs - durationMs : timeMs;
    batch.durationMs[row] = known ? durationMs : Number.NaN;
    return;
  }
  batch.durationMs[row] = known ? durationMs : Math.max(0, timeMs - began);
}

/** `200`; `000` and `-`: there was no response. */
export function readStatus(batch: RequestBatch, cursor: Cursor, end: number): LineVerdict {
  const { bytes } = batch;
  if (byteAt(bytes, cursor.at) === MINUS && cursor.at < end) {
    cursor.at += 1;
    return 'request';
  }
  const start = cursor.at;
  const value = readInteger(bytes, cursor, end);
  batch.status[batch.count] = value;
  return cursor.at - start === 3 && (value === 0 || (value >= 100 && value <= 999)) ? 'request' : 'status';
}

function readText(batch: RequestBatch, compiled: CompiledStep, cursor: Cursor, end: number): boolean {
  const { bytes } = batch;
  const { stop, after, escapes, step } = compiled;
  const start = cursor.at;
  let index = start;
  let escaped = false;
  for (;;) {
    let byte = -1;
    while (index < end) {
      byte = bytes[index] ?? 0;
      if (byte === stop || byte === BACKSLASH) break;
      index += 1;
    }
    if (index >= end) break;
    if (byte === stop && (after.length === 1 || startsWith(bytes, index, end, after))) break;
    const skips = byte === BACKSLASH && escapes;
    if (skips) escaped = true;
    index += skips ? 2 : 1;
  }
  // A backslash may have been the last byte.
  const valueEnd = Math.min(index, end);
  cursor.at = valueEnd;
  if (step.kind === 'skip') return true;
  if (step.kind !== 'text') return false;
  if (valueEnd === start + 1 && bytes[start] === MINUS) return true;
  const from = escaped ? withoutBackslashes(batch, start, valueEnd) : start;
  setText(batch, step.is, from, escaped ? batch.free : valueEnd);
  return true;
}

/** Puts what stands in a text into the row's texts. */
export function setText(
  batch: RequestBatch,
  is: Extract<Step, { kind: 'text' }>['is'],
  start: number,
  end: number,
): void {
  switch (is) {
    case 'request':
      return setRequestLine(batch, start, end);
    case 'target':
      setTarget(batch, start, end);
      return;
    case 'client-port':
      return setSpan(batch, SPANS.client, start, withoutPort(batch.bytes, start, end));
    case 'trace':
      return setTrace(batch, start, end);
    default:
      return setSpan(batch, SPANS[is], start, end);
  }
}
