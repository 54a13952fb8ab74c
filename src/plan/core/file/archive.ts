import { type Text, text } from '#core-values';
import { refuse } from './refusal.ts';

/** What the archive reader needs from outside: pure code has no zlib. */
export interface Inflater {
  /** Inflates raw DEFLATE data to at most `maxBytes`; `undefined` where the data is damaged or longer. */
  inflateRaw(data: Uint8Array, maxBytes: number): { bytes: Uint8Array; consumedBytes: number } | undefined;
  crc32(data: Uint8Array): number;
}

/** A plan of 5,000 resources is about 100 KB in the archive, so these are far above any real plan. */
export const ARCHIVE_LIMITS = {
  archiveBytes: 64 * 1024 * 1024,
  /** States of many thousand resources reach tens of megabytes. */
  entryBytes: 128 * 1024 * 1024,
  /** Everything inflated is held at once, so this bounds our memory. */
  totalBytes: 192 * 1024 * 1024,
  /** One entry per configuration file of every module. */
  entries: 10_000,
  nameBytes: 1_024,
} as const;

const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const DESCRIPTOR_BYTES = 16;
const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
const FLAG_DESCRIPTOR = 0x8;
const FLAG_UTF8 = 0x800;
const METHOD_STORED = 0;
const METHOD_DEFLATE = 8;
/** "Extended timestamp", the only extra field Terraform writes. Others can rename an entry or change its size. */
const EXTRA_TIMESTAMP = 0x5455;

interface Entry {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly inflatedBytes: number;
  readonly offset: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const ambiguous = (en: string, ja: string): never =>
  refuse('ambiguous-archive', text(`The plan file's archive ${en}.`, `プランファイルのアーカイブ${ja}。`));

const damaged = (en: string, ja: string): never =>
  refuse('damaged-archive', text(`The plan file's archive ${en}.`, `プランファイルのアーカイブ${ja}。`));

const tooLarge = (message: Text): never =>
  refuse(
    'archive-too-large',
    message,
    text('Split the configuration into smaller stacks.', '構成をより小さなスタックに分割してください。'),
  );

/**
 * Reads a zip archive as Terraform writes it, and nothing else: entries one after the other from the first byte,
 * then the directory, then the end. Whatever two zip readers could understand differently is refused.
 * Format: PKWARE APPNOTE.TXT 6.3. Throws a refusal.
 */
export function readArchive(bytes: Uint8Array, inflater: Inflater): ReadonlyMap<string, Uint8Array> {
  const entries = readDirectory(bytes);
  const contents = new Map<string, Uint8Array>();
  let expectedOffset = 0;
  let total = 0;
  for (const entry of entries.inFileOrder) {
    if (entry.offset !== expectedOffset) {
      ambiguous(
        'has overlapping entries or bytes that belong to no entry',
        'に重なったエントリー、またはどのエントリーにも属さないバイトがあります',
      );
    }
    total += entry.inflatedBytes;
    if (total > ARCHIVE_LIMITS.totalBytes) {
      tooLarge(
        text('The plan file inflates to too much data.', 'プランファイルを展開したデータが大きすぎます。'),
      );
    }
    const { data, endOffset } = locateData(bytes, entry, entries.directoryOffset);
    contents.set(entry.name, inflateEntry(entry, data, inflater));
    expectedOffset = endOffset;
  }
  if (expectedOffset !== entries.directoryOffset) {
    ambiguous('has bytes that belong to no entry', 'にどのエントリーにも属さないバイトがあります');
  }
  return contents;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readDirectory(bytes: Uint8Array): { inFileOrder: readonly Entry[]; directoryOffset: number } {
  if (bytes.length > ARCHIVE_LIMITS.archiveBytes) {
    tooLarge(text('The plan file is too large.', 'プランファイルが大きすぎます。'));
  }
  const view = viewOf(bytes);
  const end = bytes.length - END_BYTES;
  if (end < 0 || view.getUint32(end, true) !== END_SIGNATURE) {
    damaged(
      'does not end as a zip archive ends: it is truncated, or something was appended',
      'の末尾が zip として正しくありません。途中で切れているか、何かが追加されています',
    );
  }
  const disk = view.getUint16(end + 4, true);
  const directoryDisk = view.getUint16(end + 6, true);
  const countOnDisk = view.getUint16(end + 8, true);
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const offset = view.getUint32(end + 16, true);
  if (disk !== 0 || directoryDisk !== 0 || countOnDisk !== count) {
    ambiguous('spans several disks', 'が複数のディスクにまたがっています');
  }
  if (view.getUint16(end + 20, true) !== 0) ambiguous('has a comment', 'にコメントが付いています');
  // All ones in a field mean "see the zip64 record", which no plan within our limits needs.
  if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff || offset + size !== end) {
    ambiguous(
      'has a directory that does not lie right before its end',
      'のディレクトリーが末尾の直前にありません',
    );
  }
  if (count > ARCHIVE_LIMITS.entries) {
    tooLarge(text('The plan file has too many entries.', 'プランファイルのエントリーが多すぎます。'));
  }
  return { inFileOrder: readEntries(bytes.subarray(offset, end), count), directoryOffset: offset };
}

function readEntries(directory: Uint8Array, count: number): readonly Entry[] {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  let position = 0;
  for (let index = 0; index < count; index += 1) {
    const { entry, lengthBytes } = readEntry(directory.subarray(position));
    position += lengthBytes;
    // Readers on file systems that fold case or normalise would take one for the other.
    const folded = entry.name.normalize('NFKC').toLowerCase();
    if (seen.has(folded)) ambiguous(`holds ${entry.name} twice`, `に ${entry.name} が二つ入っています`);
    seen.add(folded);
    entries.push(entry);
  }
  if (position !== directory.length) {
    ambiguous(
      'has a directory longer than its entries',
      'のディレクトリーがエントリーの数より長くなっています',
    );
  }
  return entries.sort((a, b) => a.offset - b.offset);
}

function readEntry(directory: Uint8Array): { entry: Entry; lengthBytes: number } {
  const view = viewOf(directory);
  if (directory.length < CENTRAL_BYTES || view.getUint32(0, true) !== CENTRAL_SIGNATURE) {
    damaged('has a damaged directory', 'のディレクトリーが壊れています');
  }
  const nameLength = view.getUint16(28, true);
  const extraLength = view.getUint16(30, true);
  const commentLength = view.getUint16(32, true);
  const lengthBytes = CENTRAL_BYTES + nameLength + extraLength;
  if (lengthBytes > directory.length) damaged('has a damaged directory', 'のディレクトリーが壊れています');
  if (commentLength !== 0) ambiguous('has a comment on an entry', 'のエントリーにコメントが付いています');
  if (view.getUint16(34, true) !== 0) ambiguous('spans several disks', 'が複数のディスクにまたがっています');
  const nameBytes = directory.subarray(CENTRAL_BYTES, CENTRAL_BYTES + nameLength);
  const entry: Entry = {
    name: readName(nameBytes, view.getUint16(8, true)),
    nameBytes,
    flags: view.getUint16(8, true),
    method: view.getUint16(10, true),
    crc: view.getUint32(16, true),
    compressedBytes: view.getUint32(20, true),
    inflatedBytes: view.getUint32(24, true),
    offset: view.getUint32(42, true),
  };
  checkExtra(directory.subarray(CENTRAL_BYTES + nameLength, lengthBytes));
  checkKind(entry);
  return { entry, lengthBytes };
}

function readName(nameBytes: Uint8Array, flags: number): string {
  const name = decodeName(nameBytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const odd = /[\\\u0000-\u001f\u007f]|^\/|^[A-Za-z]:|(?:^|\/)\.{0,2}(?:\/|$)/;
  if (name.length === 0 || nameBytes.length > ARCHIVE_LIMITS.nameBytes || odd.test(name)) {
    ambiguous(
      'has an entry whose name leaves the archive or is no plain path',
      'に、アーカイブの外を指す、またはパスとして正しくない名前のエントリーがあります',
    );
  }
  // Without the flag, names are in a code page of the reader's choice.
  if (name.length !== nameBytes.length && (flags & FLAG_UTF8) === 0) {
    ambiguous('has a name in an unknown encoding', 'に文字コードの不明な名前のエントリーがあります');
  }
  return name;
}

function decodeName(nameBytes: Uint8Array): string {
  try {
    return utf8.decode(nameBytes);
  } catch {
    return ambiguous('has a name that is not UTF-8', 'に UTF-8 でない名前のエントリーがあります');
  }
}

function checkExtra(extra: Uint8Array): void {
  const view = viewOf(extra);
  let position = 0;
  while (position < extra.length) {
    if (position + 4 > extra.length || view.getUint16(position, true) !== EXTRA_TIMESTAMP) {
      ambiguous(
        'has extra fields that Terraform does not write',
        'に Terraform が書かない拡張フィールドがあります',
      );
    }
    position += 4 + view.getUint16(position + 2, true);
  }
  if (position !== extra.length) damaged('has damaged extra fields', 'の拡張フィールドが壊れています');
}

function checkKind(entry: Entry): void {
  if ((entry.flags & ~(FLAG_DESCRIPTOR | FLAG_UTF8)) !== 0) {
    ambiguous(
      `has an encrypted or otherwise unusual entry, ${entry.name}`,
      `に暗号化された、または通常と異なるエントリー ${entry.name} があります`,
    );
  }
  if (entry.method !== METHOD_STORED && entry.method !== METHOD_DEFLATE) {
    ambiguous(
      `compresses ${entry.name} in a way Terraform does not`,
      `の ${entry.name} が Terraform の使わない方式で圧縮されています`,
    );
  }
  if (entry.inflatedBytes > ARCHIVE_LIMITS.entryBytes) {
    tooLarge(
      text(
        `${entry.name} in the plan file is too large.`,
        `プランファイル内の ${entry.name} が大きすぎます。`,
      ),
    );
  }
  if (entry.method === METHOD_STORED && entry.compressedBytes !== entry.inflatedBytes) {
    damaged(
      `contradicts itself about the size of ${entry.name}`,
      `の ${entry.name} のサイズが食い違っています`,
    );
  }
}

/** Finds an entry's compressed bytes by its local header, which must say what the directory says. */
function locateData(bytes: Uint8Array, entry: Entry, limit: number): { data: Uint8Array; endOffset: number } {
  const contradicts = (): never =>
    ambiguous(`contradicts itself about ${entry.name}`, `の ${entry.name} についての記述が食い違っています`);
  const view = viewOf(bytes);
  const header = entry.offset;
  if (header + LOCAL_BYTES > limit || view.getUint32(header, true) !== LOCAL_SIGNATURE) contradicts();
  const nameLength = view.getUint16(header + 26, true);
  const extraLength = view.getUint16(header + 28, true);
  const start = header + LOCAL_BYTES + nameLength + extraLength;
  const dataEnd = start + entry.compressedBytes;
  const described = (entry.flags & FLAG_DESCRIPTOR) !== 0;
  const endOffset = dataEnd + (described ? DESCRIPTOR_BYTES : 0);
  if (endOffset > limit) contradicts();
  if (view.getUint16(header + 6, true) !== entry.flags) contradicts();
  if (view.getUint16(header + 8, true) !== entry.method) contradicts();
  const localName = bytes.subarray(header + LOCAL_BYTES, header + LOCAL_BYTES + nameLength);
  if (!equalBytes(localName, entry.nameBytes)) contradicts();
  checkExtra(bytes.subarray(header + LOCAL_BYTES + nameLength, start));
  const sizes = (at: number): readonly number[] => [0, 4, 8].map((step) => view.getUint32(at + step, true));
  const says = [entry.crc, entry.compressedBytes, entry.inflatedBytes];
  const isSame = (other: readonly number[]): boolean => other.every((value, index) => value === says[index]);
  const local = sizes(header + 14);
  if (!isSame(local) && !(described && local.every((value) => value === 0))) contradicts();
  if (described && (view.getUint32(dataEnd, true) !== DESCRIPTOR_SIGNATURE || !isSame(sizes(dataEnd + 4)))) {
    contradicts();
  }
  return { data: bytes.subarray(start, dataEnd), endOffset };
}

function inflateEntry(entry: Entry, data: Uint8Array, inflater: Inflater): Uint8Array {
  const mismatch = (): never =>
    damaged(
      `holds ${entry.name} damaged: size or checksum do not fit`,
      `の ${entry.name} が壊れています。サイズまたはチェックサムが一致しません`,
    );
  const inflated =
    entry.method === METHOD_STORED
      ? { bytes: data, consumedBytes: data.length }
      : inflater.inflateRaw(data, entry.inflatedBytes);
  if (inflated === undefined) return mismatch();
  if (inflated.bytes.length !== entry.inflatedBytes || inflated.consumedBytes !== data.length) mismatch();
  if (inflater.crc32(inflated.bytes) !== entry.crc) mismatch();
  return inflated.bytes;
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
