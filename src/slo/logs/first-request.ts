import { detectFormat } from '../core/logs/detection.ts';
import { type LogFormat, parserOf } from '../core/logs/formats.ts';
import { lineMemory, lineReader } from '../core/logs/lines.ts';
import { compressionOf, decompress } from './decompression.ts';
import type { LogSource } from './read-logs.ts';

/** What the first bytes of a log tell. */
export interface LogBegin {
  /** When the earliest of its first requests began; -Infinity where that is not known. */
  readonly firstMs: number;
  /** The first kilobyte, unpacked: two logs that begin alike are the same log. Missing for short ones and those that cannot be read twice. */
  readonly fingerprint?: string;
}

const HEAD_BYTES = 16 * 1024;
const FINGERPRINT_BYTES = 1024;
const UNKNOWN: LogBegin = { firstMs: Number.NEGATIVE_INFINITY };

const memory = lineMemory({ longestLine: 64 * 1024, input: 72 * 1024, rows: 1024 });

/** Never fails: who reads the log then tells what is wrong with it. */
export async function beginOf(source: LogSource, format: LogFormat | undefined): Promise<LogBegin> {
  if (source.head === undefined) return UNKNOWN;
  try {
    const sample = await unpacked(await source.head(HEAD_BYTES));
    const fingerprint =
      sample.length < FINGERPRINT_BYTES
        ? {}
        : { fingerprint: sample.toString('latin1', 0, FINGERPRINT_BYTES) };
    return { firstMs: firstTime(source.name, sample, format), ...fingerprint };
  } catch {
    return UNKNOWN;
  }
}

async function unpacked(head: Uint8Array): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  await decompress(compressionOf(head), once(head), (bytes) => {
    if (length < HEAD_BYTES) parts.push(bytes);
    length += bytes.length;
  });
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function firstTime(file: string, sample: Uint8Array, given: LogFormat | undefined): number {
  const detected = given === undefined ? detectFormat(file, sample, false) : undefined;
  const format = given ?? (detected?.ok === true ? detected.value.format : undefined);
  if (format === undefined) return UNKNOWN.firstMs;
  let first = Number.POSITIVE_INFINITY;
  const reader = lineReader({
    ...{ file, memory, parser: parserOf(format) },
    consume: ({ beganMs, count }) => {
      for (let row = 0; row < count; row += 1) first = Math.min(first, beganMs[row] ?? first);
    },
  });
  reader.push(sample);
  reader.end(true);
  return Number.isFinite(first) ? first : UNKNOWN.firstMs;
}
