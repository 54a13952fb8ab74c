import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { compressionOf, decompress, LONGEST_MAGIC } from '../logs/decompression.ts';
import type { LogSource } from '../logs/read-logs.ts';

/** A minute of 5,000 requests a second. */
const TAIL_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;
const HASH = 0x23;

/** The last whole lines of a log, unpacked, behind the lines at its head that name its fields. */
export const tailSource = (file: string, most: number = TAIL_BYTES): LogSource => ({
  name: file,
  open: () => tailOf(file, most),
});

async function* tailOf(file: string, most: number): AsyncGenerator<Uint8Array> {
  const handle = await open(file);
  const magic = await handle
    .read(Buffer.alloc(LONGEST_MAGIC), 0, LONGEST_MAGIC, 0)
    .finally(() => handle.close());
  const compression = compressionOf(magic.buffer);
  const { size } = await stat(file);
  const kept: Uint8Array[] = [];
  let length = 0;
  let whole = 0;
  let head: Uint8Array | undefined;
  const consume = (chunk: Uint8Array): void => {
    head ??= namesOf(chunk);
    kept.push(chunk);
    length += chunk.length;
    whole += chunk.length;
    while (length - (kept[0]?.length ?? 0) > most) length -= kept.shift()?.length ?? 0;
  };
  // What is packed can only be read from its begin; what comes before the tail is unpacked and forgotten.
  const start = compression === 'none' && size > 2 * most ? size - most : 0;
  if (start > 0) head = namesOf(await firstBytes(file));
  await decompress(compression, createReadStream(file, { start }), consume);
  const isCut = start > 0 || whole > length;
  if (isCut && head !== undefined) yield head;
  const [first, ...others] = kept;
  if (first !== undefined) yield isCut ? first.subarray(first.indexOf(LINE_FEED) + 1) : first;
  yield* others;
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(4096), 0, 4096, 0)
    .finally(() => handle.close());
  return buffer.subarray(0, bytesRead);
}

/** Lines that begin with `#`, as CloudFront's do. */
function namesOf(bytes: Uint8Array): Uint8Array {
  let end = 0;
  while (bytes[end] === HASH && bytes.indexOf(LINE_FEED, end) >= 0) end = bytes.indexOf(LINE_FEED, end) + 1;
  return bytes.slice(0, end);
}
