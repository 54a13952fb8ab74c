import { open, stat } from 'node:fs/promises';
import { type LogFormat, routeTable } from '#slo/core';
import { readLogs } from '../logs/read-logs.ts';

/** A file of a log, and when the first request that it tells of began: Infinity where it tells of none. */
export interface TimedFile {
  readonly file: string;
  readonly bytes: number;
  readonly firstMs: number;
}

/** What one thread reads: its own files, and of those before and behind as much as explains what it counts. */
export interface Share {
  readonly files: readonly TimedFile[];
  /** Its end is read first: it tells of the views that are open. */
  readonly before?: TimedFile;
  /** Read as far as it tells of views that are open. */
  readonly behind: readonly TimedFile[];
  /** What began from here up to there counts. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is looked at of a file to learn when it begins. */
const HEAD_BYTES = 64 * 1024;

/** In order of time. A file that cannot be read comes last; who reads it says why. */
export async function timedFiles(
  files: readonly string[],
  format?: LogFormat,
): Promise<readonly TimedFile[]> {
  const timed: TimedFile[] = [];
  for (const file of files) timed.push(await timedFile(file, format));
  // By name where they begin together: those of one server stay beside each other.
  return timed.toSorted((a, b) => (a.firstMs === b.firstMs ? 0 : a.firstMs - b.firstMs));
}

async function timedFile(file: string, format: LogFormat | undefined): Promise<TimedFile> {
  let firstMs = Number.POSITIVE_INFINITY;
  await readLogs([{ name: file, open: () => head(file) }], {
    ...(format && { format }),
    routes: routeTable(),
    consume: ({ beganMs, count }) => {
      for (let row = 0; row < count; row += 1) firstMs = Math.min(firstMs, beganMs[row] ?? firstMs);
    },
  });
  const found = await stat(file).catch(() => undefined);
  return { file, bytes: found?.size ?? 0, firstMs };
}

async function* head(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    yield buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Divides files in order of time into so many parts of about the same size, or fewer. Each part ends where the next begins. */
export function sharesOf(files: readonly TimedFile[], parts: number): readonly Share[] {
  const whole = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const starts = [0];
  let sum = 0;
  files.forEach(({ bytes, firstMs }, index) => {
    const isDue = sum + bytes / 2 >= (whole * starts.length) / parts;
    // Files that begin at the same time are of several servers, and stay together.
    const isLater = firstMs > (files[index - 1]?.firstMs ?? firstMs) && Number.isFinite(firstMs);
    if (isDue && isLater && starts.length < parts) starts.push(index);
    sum += bytes;
  });
  return starts.map((start, part): Share => {
    const end = starts[part + 1] ?? files.length;
    const before = files[start - 1];
    return {
      files: files.slice(start, end),
      ...(before !== undefined && { before }),
      behind: files.slice(end),
      fromMs: start === 0 ? 0 : (files[start]?.firstMs ?? 0),
      toMs: files[end]?.firstMs ?? Number.POSITIVE_INFINITY,
    };
  });
}
