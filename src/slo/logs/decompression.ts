import { createGunzip, createZstdDecompress } from 'node:zlib';

export type Compression = 'none' | 'gzip' | 'zstd';

/** Why a compressed file could not be read to its end. */
export interface Damage {
  readonly kind: 'cut-off' | 'corrupt';
  /** Whole bytes of the compressed file that were understood. */
  readonly atByte: number;
}

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
export const LONGEST_MAGIC = 6;

const beginsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

/** By the first bytes, for names lie: S3 keeps `.log` objects that are gzip, and `.gz` files that a browser unpacked. */
export function compressionOf(bytes: Uint8Array): Compression {
  if (beginsWith(bytes, GZIP)) return 'gzip';
  // Skippable frames have 16 magic numbers (RFC 8878, 3.1.2).
  const skippable = ((bytes[0] ?? 0) & 0xf0) === 0x50 && beginsWith(bytes.subarray(1), [0x2a, 0x4d, 0x18]);
  return skippable || beginsWith(bytes, ZSTD) ? 'zstd' : 'none';
}

/** What is read at once of a compressed file. Deflate makes at most a thousand times as much of it. */
const INPUT = 32 * 1024;
const OUTPUT = 256 * 1024;

type Stream = ReturnType<typeof createGunzip | typeof createZstdDecompress>;

interface Unpacking {
  readonly stream: Stream;
  /** What was unpacked and not consumed yet. */
  readonly ready: Uint8Array[];
  fed: number;
  failure: NodeJS.ErrnoException | undefined;
  /** Called when there is something to consume or nothing more to wait for. */
  wake: () => void;
}

function begin(compression: 'gzip' | 'zstd'): Unpacking {
  const stream =
    compression === 'gzip'
      ? createGunzip({ chunkSize: OUTPUT })
      : createZstdDecompress({ chunkSize: OUTPUT });
  const unpacking: Unpacking = { stream, ready: [], fed: 0, failure: undefined, wake: () => undefined };
  stream.on('data', (chunk: Uint8Array) => {
    unpacking.ready.push(chunk);
    unpacking.wake();
  });
  stream.on('error', (failure) => {
    unpacking.failure = failure;
  });
  return unpacking;
}

/** Feeds the stream and consumes what it gives meanwhile: zlib's threads inflate the next piece while this one works on the last. */
async function feed(unpacking: Unpacking, bytes: Uint8Array | 'end', consume: Consume): Promise<void> {
  const { stream, ready } = unpacking;
  let busy = true;
  const done = (): void => {
    busy = false;
    unpacking.wake();
  };
  stream.once('close', done);
  if (bytes === 'end') stream.once('end', done).end();
  else {
    unpacking.fed += bytes.length;
    stream.write(bytes, done);
  }
  while (busy) {
    drain(ready, consume);
    await new Promise<void>((resolve) => {
      unpacking.wake = resolve;
      if (!busy || ready.length > 0) resolve();
    });
  }
  // What is ready now is consumed while the next piece is inflated; at the end there is none.
  if (bytes === 'end') drain(ready, consume);
  stream.off('close', done);
}

type Consume = (bytes: Uint8Array) => void;

function drain(ready: Uint8Array[], consume: Consume): void {
  for (const unpacked of ready.splice(0)) consume(unpacked);
}

/** Gives a file's bytes to `consume` as they are unpacked. What comes before a damage is given. */
export async function decompress(
  compression: Compression,
  source: AsyncIterable<Uint8Array>,
  consume: Consume,
): Promise<Damage | undefined> {
  if (compression === 'none') {
    for await (const chunk of source) consume(chunk);
    return undefined;
  }
  let unpacking = begin(compression);
  let before = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length && unpacking.failure === undefined; ) {
      // Zeros behind a whole file are padding (tape blocks); gzip steps over them by itself.
      if (unpacking.fed === 0 && before > 0 && chunk[from] === 0) {
        from += 1;
        continue;
      }
      const bytes = chunk.subarray(from, from + INPUT);
      await feed(unpacking, bytes, consume);
      from += bytes.length;
      const left = unpacking.fed - unpacking.stream.bytesWritten;
      if (left === 0 || unpacking.failure !== undefined) continue;
      // A frame has ended. Node stops there for zstd, and before padding for gzip.
      await feed(unpacking, 'end', consume);
      from -= left;
      before += unpacking.stream.bytesWritten;
      unpacking = begin(compression);
    }
    if (unpacking.failure !== undefined) break;
  }
  if (unpacking.failure === undefined && unpacking.fed > 0) await feed(unpacking, 'end', consume);
  drain(unpacking.ready, consume);
  const { failure, stream } = unpacking;
  stream.destroy();
  if (failure === undefined) return undefined;
  const kind = failure.code === 'Z_BUF_ERROR' ? 'cut-off' : 'corrupt';
  return { kind, atByte: before + stream.bytesWritten };
}
