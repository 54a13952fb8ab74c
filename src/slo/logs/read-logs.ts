import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Problem, problem, type Reason, text } from '#core-values';
import type { RequestBatch } from '../core/logs/batch.ts';
import { type DetectedFormat, detectFormat, SAMPLE_BYTES } from '../core/logs/detection.ts';
import { type LogFormat, parserOf } from '../core/logs/formats.ts';
import {
  type LineCounts,
  type LineMemory,
  type LineReader,
  lineMemory,
  lineReader,
  noFaults,
} from '../core/logs/lines.ts';
import type { RouteTable } from '../core/routes/route-table.ts';
import { type Compression, compressionOf, type Damage, decompress, LONGEST_MAGIC } from './decompression.ts';

/** A log to read: a file, an object of S3, the body of a request. */
export interface LogSource {
  /** As people know it; shown with lines that do not parse. */
  readonly name: string;
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Its first bytes, for those that can be read more than once. */
  readonly head?: (mostBytes: number) => Promise<Uint8Array>;
}

const READ_AT_ONCE = 256 * 1024;

export const fileSource = (file: string): LogSource => ({
  name: file,
  open: () => createReadStream(file, { highWaterMark: READ_AT_ONCE }),
  head: async (mostBytes) => {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(mostBytes), 0, mostBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  },
});

export interface LogReading {
  /** Found by content, file by file, if not given. */
  readonly format?: LogFormat;
  readonly routes: RouteTable;
  /** Requests of a file in its order; must be done with them when it returns, for their memory is used again. */
  readonly consume: (batch: RequestBatch, source: LogSource) => void;
  /** What batches are kept in; readings that are not under way at the same time can share it. */
  readonly memory?: LineMemory;
}

/** What became of one log. */
export interface LogReport {
  readonly name: string;
  readonly compression: Compression;
  /** Missing where the format was given, and for an empty log. */
  readonly detected?: DetectedFormat;
  readonly counts: LineCounts;
  /** It could not be read, or not to its end; `counts` tell what was read before. */
  readonly problem?: Problem;
}

const NO_LINES: LineCounts = { lines: 0, requests: 0, skipped: 0, unparsed: noFaults(), kept: [] };

/** Reads logs one after the other. One that cannot be read does not keep the others from being read; its report says why. */
export async function readLogs(
  sources: Iterable<LogSource>,
  reading: LogReading,
): Promise<readonly LogReport[]> {
  const memory = reading.memory ?? lineMemory();
  const reports: LogReport[] = [];
  for (const source of sources) reports.push(await readLog(source, reading, memory));
  return reports;
}

/** Where reading one log stands. */
interface State {
  readonly sample: Uint8Array[];
  sampled: number;
  reader: LineReader | undefined;
  detected: DetectedFormat | undefined;
  refused: Problem | undefined;
}

async function readLog(source: LogSource, reading: LogReading, memory: LineMemory): Promise<LogReport> {
  const { name } = source;
  const state: State = {
    sample: [],
    sampled: 0,
    ...{ reader: undefined, detected: undefined, refused: undefined },
  };
  const start = (format: LogFormat): LineReader => {
    const consume = (batch: RequestBatch): void => reading.consume(batch, source);
    return lineReader({ file: name, parser: parserOf(format), routes: reading.routes, consume, memory });
  };
  if (reading.format !== undefined) state.reader = start(reading.format);

  const settle = (whole: boolean): void => {
    const sample = Buffer.concat(state.sample.splice(0));
    const found = sample.length === 0 ? undefined : detectFormat(name, sample, whole);
    if (found === undefined) return;
    if (!found.ok) {
      state.refused = found.error;
      return;
    }
    state.detected = found.value;
    state.reader = start(found.value.format);
    state.reader.push(sample);
  };
  const consume = (bytes: Uint8Array): void => {
    if (state.reader !== undefined) state.reader.push(bytes);
    else if (state.refused === undefined) {
      state.sample.push(bytes);
      state.sampled += bytes.length;
      if (state.sampled >= SAMPLE_BYTES) settle(false);
    }
  };

  const { compression, damage, failure } = await unpack(source, consume, () => state.refused !== undefined);
  if (state.reader === undefined && state.refused === undefined) settle(damage === undefined);
  const counts = state.reader?.end(damage !== undefined || failure !== undefined) ?? NO_LINES;
  const broken = damage === undefined ? undefined : damaged(name, compression, damage);
  const reason = failure ?? broken;
  const why = state.refused ?? (reason === undefined ? undefined : problem('bad-input', reason));
  const { detected } = state;
  return {
    ...{ name, compression, counts },
    ...(detected === undefined ? {} : { detected }),
    ...(why === undefined ? {} : { problem: why }),
  };
}

interface Unpacked {
  readonly compression: Compression;
  readonly damage?: Damage | undefined;
  readonly failure?: Reason;
}

/** Gives a source's bytes to `consume` until somebody has seen enough; says what went wrong. */
async function unpack(
  source: LogSource,
  consume: (bytes: Uint8Array) => void,
  enough: () => boolean,
): Promise<Unpacked> {
  let compression: Compression = 'none';
  try {
    const chunks = source.open()[Symbol.asyncIterator]();
    const head = await firstBytes(chunks);
    compression = compressionOf(head);
    const damage = await decompress(compression, rest(head, chunks, enough), consume);
    return { compression, damage };
  } catch (error) {
    return { compression, failure: unreadable(source.name, error) };
  }
}

async function firstBytes(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < LONGEST_MAGIC) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* rest(
  head: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
  enough: () => boolean,
): AsyncGenerator<Uint8Array> {
  yield head;
  while (!enough()) {
    const next = await chunks.next();
    if (next.done === true) return;
    yield next.value;
  }
  await chunks.return?.();
}

const unreadable = (file: string, error: unknown): Reason => ({
  rule: 'slo.log-unreadable',
  message: text(
    `${file} could not be read: ${messageOf(error)}`,
    `${file} を読み取れませんでした: ${messageOf(error)}`,
  ),
  remedy: text(
    'Look whether it is there and may be read.',
    'ファイルが存在し、読み取り権限があるか確認してください。',
  ),
  place: { file },
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function damaged(file: string, compression: Compression, { kind, atByte }: Damage): Reason {
  const cutOff = kind === 'cut-off';
  return {
    rule: cutOff ? 'slo.log-cut-off' : 'slo.log-corrupt',
    message: cutOff
      ? text(
          `${file} ends in the middle of its ${compression} data, after ${atByte} bytes. What came before is counted.`,
          `${file} は ${compression} データの途中（${atByte} バイト目）で終わっています。それより前は集計しました。`,
        )
      : text(
          `The ${compression} data of ${file} is damaged near byte ${atByte}. What came before is counted, nothing after it.`,
          `${file} の ${compression} データは ${atByte} バイト目付近で壊れています。それより前は集計し、以降は集計していません。`,
        ),
    remedy: text('Get the whole file once more.', 'ファイル全体を取得し直してください。'),
    place: { file },
  };
}
