import { clearRow, type RequestBatch, SPANS, setSpan } from './batch.ts';
import {
  BACKSLASH,
  byteAt,
  bytesOf,
  COLON,
  type Cursor,
  MINUS,
  QUOTE,
  readDecimal,
  readInteger,
  SPACE,
  startsWith,
} from './bytes.ts';
import { withoutBackslashes } from './escapes.ts';
import type { Layout, Step, TextKind } from './layout.ts';
import type { LineParser, LineVerdict } from './parser.ts';
import { setRequestLine, setTarget, setTrace, withoutPort } from './request.ts';
import { type TimeReader, timeReader } from './time.ts';

const ONE = 0x31;
const COMMA = 0x2c;

interface CompiledStep {
  readonly step: Step;
  readonly after: Uint8Array;
  readonly stop: number;
  /** What begins an escape; none where the value is not in quotes. */
  readonly escapeByte: number;
  readonly isText: boolean;
  readonly isList: boolean;
}

/** What a parser keeps from value to value of the line it reads. */
interface State {
  readonly time: TimeReader;
  readonly cursor: Cursor;
  timeMs: number;
  /** The sum of the durations so far; infinite is what was not measured. */
  partsMs: number;
}

/** Reads lines of a fixed order of values with fixed text between them, once from left to right, without going back. */
export function layoutParser(layout: Layout): LineParser {
  const before = bytesOf(layout.before);
  const steps = layout.steps.map((step): CompiledStep => {
    const after = bytesOf(step.after);
    const isText = step.kind === 'text' || step.kind === 'skip';
    const isList = step.kind === 'skip' && step.isList === true;
    return {
      step,
      after,
      stop: after[0] ?? -1,
      escapeByte: after[0] === QUOTE ? BACKSLASH : -1,
      isText,
      isList,
    };
  });
  const required = layout.required ?? steps.length;
  const state: State = { time: timeReader(), cursor: { at: 0 }, timeMs: Number.NaN, partsMs: 0 };
  const { cursor } = state;

  const readLine = (batch: RequestBatch, start: number, end: number): LineVerdict => {
    if (!startsWith(batch.bytes, start, end, before)) return 'shape';
    cursor.at = start + before.length;
    for (let index = 0; index < steps.length; index += 1) {
      const compiled = steps[index];
      if (compiled === undefined) return 'shape';
      if (compiled.isText) readText(batch, compiled, cursor, end);
      else {
        const verdict = readValue(state, batch, compiled.step, end);
        if (verdict !== 'request') return verdict;
      }
      if (!startsWith(batch.bytes, cursor.at, end, compiled.after)) return 'shape';
      cursor.at += compiled.after.length;
      if (cursor.at === end && index + 1 >= required) return 'request';
    }
    return layout.rest === 'ignored' && byteAt(batch.bytes, cursor.at) === SPACE ? 'request' : 'shape';
  };

  return {
    parse: (batch, start, end) => {
      if (start === end) return 'skipped';
      clearRow(batch);
      state.timeMs = Number.NaN;
      state.partsMs = layout.measured ? 0 : Number.POSITIVE_INFINITY;
      const verdict = readLine(batch, start, end);
      return verdict === 'request' ? settleTime(batch, state.timeMs, state.partsMs, layout.timeIs) : verdict;
    },
  };
}

function readValue(state: State, batch: RequestBatch, step: Step, end: number): LineVerdict {
  const { bytes } = batch;
  const { cursor, time } = state;
  switch (step.kind) {
    case 'common-log-time':
      state.timeMs = time.commonLog(bytes, cursor, end);
      return Number.isNaN(state.timeMs) ? 'time' : 'request';
    case 'iso-time':
      state.timeMs = time.iso(bytes, cursor, end);
      return Number.isNaN(state.timeMs) ? 'time' : 'request';
    case 'epoch-time':
      state.timeMs = readDecimal(bytes, cursor, end, step.exponent);
      return Number.isNaN(state.timeMs) ? 'time' : 'request';
    case 'began': {
      const beganMs = time.iso(bytes, cursor, end);
      batch.beganMs[batch.count] = beganMs;
      return Number.isNaN(beganMs) ? 'time' : 'request';
    }
    case 'status':
      return readStatus(batch, cursor, end);
    case 'sent-bytes': {
      const value = readNumber(bytes, cursor, end, 0);
      batch.sentBytes[batch.count] = value === Number.POSITIVE_INFINITY ? Number.NaN : value;
      return Number.isNaN(value) ? 'number' : 'request';
    }
    case 'duration': {
      const value = readNumber(bytes, cursor, end, step.exponent);
      state.partsMs += value;
      return Number.isNaN(value) ? 'number' : 'request';
    }
    default:
      return 'shape';
  }
}

/** Infinite for `-` and `-1`: what was not measured. */
function readNumber(bytes: Uint8Array, cursor: Cursor, end: number, exponent: number): number {
  if (cursor.at >= end || byteAt(bytes, cursor.at) !== MINUS)
    return readDecimal(bytes, cursor, end, exponent);
  cursor.at += 1;
  if (cursor.at < end && byteAt(bytes, cursor.at) === ONE) cursor.at += 1;
  return Number.POSITIVE_INFINITY;
}

/** Minutes from here on would not fit beside a route in a double. */
const YEAR_10000_MS = 253_402_300_800_000;

/** Duration and begin of the row from what its line told; infinite is what was not measured. A begin before 1970 is no time. */
export function settleTime(
  batch: RequestBatch,
  timeMs: number,
  durationMs: number,
  timeIs: Layout['timeIs'],
): LineVerdict {
  const row = batch.count;
  const measured = durationMs < Number.POSITIVE_INFINITY;
  const told = batch.beganMs[row] ?? Number.NaN;
  const counted = Math.round(measured && timeIs === 'end' ? timeMs - durationMs : timeMs);
  const beganMs = Number.isNaN(told) ? counted : told;
  const lasted = Number.isNaN(told) ? Number.NaN : Math.max(0, timeMs - told);
  batch.beganMs[row] = beganMs;
  batch.durationMs[row] = measured ? durationMs : lasted;
  return beganMs >= 0 && beganMs < YEAR_10000_MS ? 'request' : 'time';
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

function readText(batch: RequestBatch, compiled: CompiledStep, cursor: Cursor, end: number): void {
  const { bytes } = batch;
  const { stop, after, escapeByte, step, isList } = compiled;
  const start = cursor.at;
  let index = start;
  let escaped = false;
  for (;;) {
    let byte = -1;
    while (index < end) {
      byte = bytes[index] ?? 0;
      if (byte === stop || byte === escapeByte) break;
      index += 1;
    }
    if (index >= end) break;
    const ends = byte === stop && (after.length === 1 || startsWith(bytes, index, end, after));
    if (ends && !(isList && isWithinList(bytes, index))) break;
    if (byte === escapeByte) escaped = true;
    index += byte === escapeByte ? 2 : 1;
  }
  // A backslash may have been the last byte.
  const valueEnd = Math.min(index, end);
  cursor.at = valueEnd;
  if (step.kind !== 'text' || (valueEnd === start + 1 && bytes[start] === MINUS)) return;
  const from = escaped ? withoutBackslashes(batch, start, valueEnd) : start;
  setText(batch, step.is, from, escaped ? batch.free : valueEnd);
}

/** A space of `0.1, 0.2 : 0.3`. */
const isWithinList = (bytes: Uint8Array, index: number): boolean =>
  byteAt(bytes, index) === SPACE &&
  (byteAt(bytes, index - 1) === COMMA ||
    byteAt(bytes, index - 1) === COLON ||
    byteAt(bytes, index + 1) === COLON);

/** Puts what stands in a text into the row's texts. */
export function setText(batch: RequestBatch, is: TextKind, start: number, end: number): void {
  if (is === 'request') setRequestLine(batch, start, end);
  else if (is === 'target') setTarget(batch, start, end);
  else if (is === 'client-port') setSpan(batch, SPANS.client, start, withoutPort(batch.bytes, start, end));
  else if (is === 'trace') setTrace(batch, start, end);
  else setSpan(batch, SPANS[is], start, end);
}
