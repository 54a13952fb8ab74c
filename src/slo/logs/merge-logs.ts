import type { RequestBatch } from '../core/logs/batch.ts';
import { type LineMemory, lineMemory } from '../core/logs/lines.ts';
import { copiedRows, keepWithin, rowsBetween } from '../core/logs/rows.ts';
import { beginOf, type LogBegin } from './first-request.ts';
import { type LogReading, type LogReport, type LogSource, readLogs } from './read-logs.ts';

export interface MergedReading extends Omit<LogReading, 'memory' | 'consume'> {
  /** Requests of all logs by time, as far as each log has them by time: never more than some seconds apart. */
  readonly consume: (batch: RequestBatch) => void;
  /** Requests that began before or not before are only counted. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Told of bytes as they are read, packed as they are. */
  readonly progress?: (bytes: number) => void;
}

export interface MergedReport {
  /** In the order in which the logs were given. */
  readonly logs: readonly LogReport[];
  readonly before: number;
  readonly after: number;
  /** Logs that begin with the same lines: most likely one of them is a copy, and all of it counted twice. */
  readonly twins: readonly (readonly [string, string])[];
}

/** How far a log may run ahead of the others, so that rows are given by the hundred. */
const SLACK_MS = 10_000;
/** Logs open at once. Beyond that requests of others may come late, which who puts views together counts. */
const MOST_OPEN = 64;
const PIECE = 64 * 1024;

interface Planned extends LogBegin {
  readonly source: LogSource;
  readonly place: number;
}

/** A log that is open: what was read of it and not given yet. */
interface Stream {
  readonly queue: RequestBatch[];
  /** The next row of the first batch. */
  row: number;
  /** While it is waited for, rows before this are given as they are read. */
  directMs: number;
  ended: boolean;
  /** Lets its source read on, or the merge go on. */
  resume: () => void;
  arrived: () => void;
}

interface Merge {
  readonly reading: MergedReading;
  readonly reports: LogReport[];
  readonly memories: LineMemory[];
  before: number;
  after: number;
}

/**
 * Reads logs that tell of the same time (one for each node, or each five minutes) beside each other, and those that do not one after the
 * other. A log is opened when the others have come to where it begins, so memory is that of those that overlap.
 */
export async function mergeLogs(
  sources: readonly LogSource[],
  reading: MergedReading,
): Promise<MergedReport> {
  const planned: Planned[] = [];
  for (const [place, source] of sources.entries()) {
    const begin = sources.length === 1 ? { firstMs: 0 } : await beginOf(source, reading.format);
    planned.push({ ...begin, source, place });
  }
  const merge: Merge = { reading, reports: [], memories: [], before: 0, after: 0 };
  await mergeAll(
    planned.toSorted((a, b) => (a.firstMs === b.firstMs ? 0 : a.firstMs < b.firstMs ? -1 : 1)),
    merge,
  );
  const { before, after, reports } = merge;
  return { logs: reports, before, after, twins: twinsOf(planned) };
}

async function mergeAll(planned: readonly Planned[], merge: Merge): Promise<void> {
  const open: Stream[] = [];
  for (let next = 0; ; ) {
    for (; next < planned.length && open.length < MOST_OPEN; next += 1) {
      const log = planned[next];
      if (log === undefined || (open.length > 0 && log.firstMs > lowestOf(open) + SLACK_MS)) break;
      const stream = begin(log, merge);
      await fill(stream, limitOf(open, planned[next + 1]));
      if (stream.queue.length > 0) open.push(stream);
    }
    const stream = open.toSorted((a, b) => headMs(a) - headMs(b))[0];
    if (stream === undefined) {
      if (next >= planned.length) return;
      continue;
    }
    const others = open.filter((other) => other !== stream);
    const limit = limitOf(others, open.length < MOST_OPEN ? planned[next] : undefined);
    give(stream, limit, merge.reading.consume);
    if (stream.queue.length === 0) await fill(stream, limit);
    if (stream.queue.length === 0) open.splice(open.indexOf(stream), 1);
  }
}

/** Up to where a log may be given while the others stand where they do. */
const limitOf = (others: readonly Stream[], next: Planned | undefined): number =>
  Math.min(lowestOf(others), next?.firstMs ?? Number.POSITIVE_INFINITY) + SLACK_MS;

const lowestOf = (streams: readonly Stream[]): number =>
  streams.reduce((lowest, stream) => Math.min(lowest, headMs(stream)), Number.POSITIVE_INFINITY);

const headMs = ({ queue, row }: Stream): number => queue[0]?.beganMs[row] ?? Number.POSITIVE_INFINITY;

/** Gives rows up to the first beyond the limit; at least one. */
function give(stream: Stream, limitMs: number, consume: MergedReading['consume']): void {
  for (let given = 0; ; ) {
    const [batch] = stream.queue;
    if (batch === undefined) return;
    let to = stream.row;
    while (to < batch.count && (given === 0 || (batch.beganMs[to] ?? 0) <= limitMs)) {
      to += 1;
      given += 1;
    }
    if (to > stream.row) consume(rowsBetween(batch, stream.row, to));
    stream.row = to;
    if (to < batch.count) return;
    stream.queue.shift();
    stream.row = 0;
  }
}

function begin({ source, place }: Planned, merge: Merge): Stream {
  const { reading, reports } = merge;
  const stream: Stream = {
    ...{ queue: [], row: 0, directMs: Number.NEGATIVE_INFINITY, ended: false },
    ...{ resume: () => undefined, arrived: () => undefined },
  };
  const memory = merge.memories.pop() ?? lineMemory();
  const consume = (batch: RequestBatch): void => {
    const left = keepWithin(batch, reading.fromMs, reading.toMs);
    merge.before += left.before;
    merge.after += left.after;
    if (batch.count === 0) return;
    if (stream.queue.length === 0 && isBefore(batch, stream.directMs)) reading.consume(batch);
    else {
      stream.queue.push(copiedRows(batch));
      stream.arrived();
    }
  };
  const gated = { name: source.name, open: () => inPieces(source, stream, reading.progress) };
  void readLogs([gated], { ...reading, consume, memory }).then(([report]) => {
    if (report !== undefined) reports[place] = report;
    merge.memories.push(memory);
    stream.ended = true;
    stream.arrived();
  });
  return stream;
}

function isBefore({ beganMs, count }: RequestBatch, ms: number): boolean {
  if (ms === Number.POSITIVE_INFINITY) return true;
  for (let row = 0; row < count; row += 1) if ((beganMs[row] ?? 0) > ms) return false;
  return true;
}

/** Reads on until something waits to be given, or nothing is left. */
async function fill(stream: Stream, directMs: number): Promise<void> {
  stream.directMs = directMs;
  while (stream.queue.length === 0 && !stream.ended) {
    const arrival = new Promise<void>((resolve) => {
      stream.arrived = resolve;
    });
    stream.resume();
    await arrival;
  }
  stream.directMs = Number.NEGATIVE_INFINITY;
}

async function* inPieces(
  source: LogSource,
  stream: Stream,
  progress: MergedReading['progress'],
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source.open()) {
    for (let from = 0; from < chunk.length; from += PIECE) {
      if (stream.queue.length > 0)
        await new Promise<void>((resolve) => {
          stream.resume = resolve;
        });
      const piece = chunk.subarray(from, from + PIECE);
      progress?.(piece.length);
      yield piece;
    }
  }
}

function twinsOf(planned: readonly Planned[]): MergedReport['twins'] {
  const seen = new Map<string, string>();
  return planned.flatMap(({ fingerprint, source: { name } }) => {
    if (fingerprint === undefined) return [];
    const twin = seen.get(fingerprint);
    if (twin === undefined) seen.set(fingerprint, name);
    return twin === undefined ? [] : [[twin, name] as const];
  });
}
