import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/** An entry to be written, and what to write wrongly about it. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly inflatedBytes?: number;
  readonly localName?: string;
  readonly localMethod?: number;
  readonly localSizes?: readonly [crc: number, compressed: number, inflated: number];
  readonly extra?: Uint8Array;
  readonly comment?: string;
  /** Written as they are instead of the compressed data. */
  readonly compressed?: Uint8Array;
  readonly gapBefore?: Uint8Array;
  readonly offset?: number;
}

export interface ZipTail {
  readonly comment?: string;
  readonly disk?: number;
  readonly count?: number;
  /** Bytes between the last entry and the directory, which belong to neither. */
  readonly beforeDirectory?: Uint8Array;
  /** Bytes at the end of the directory that are no entry. */
  readonly inDirectory?: Uint8Array;
}

const NO_BYTES = new Uint8Array();

/** Writes a zip archive the way Go does for Terraform (data descriptors), for tests to make good and bad ones. */
export function writeZip(entries: readonly ZipEntry[], tail: ZipTail = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { before, central } = entryRecords(entry, offset);
    parts.push(...before);
    directory.push(central);
    offset += before.reduce((sum, part) => sum + part.length, 0);
  }
  const gap = tail.beforeDirectory ?? NO_BYTES;
  const directoryBytes = Buffer.concat([...directory, tail.inDirectory ?? NO_BYTES]);
  const comment = Buffer.from(tail.comment ?? '');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(tail.disk ?? 0, 4);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(tail.count ?? entries.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset + gap.length, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, gap, directoryBytes, end, comment]);
}

function entryRecords(
  entry: ZipEntry,
  offset: number,
): { before: readonly Uint8Array[]; central: Uint8Array } {
  const method = entry.method ?? 8;
  const compressed = entry.compressed ?? (method === 8 ? deflateRawSync(entry.data) : entry.data);
  const flags = entry.flags ?? 8;
  const sizes = [
    entry.crc ?? crc32(entry.data),
    compressed.length,
    entry.inflatedBytes ?? entry.data.length,
  ] as const;
  const extra = entry.extra ?? NO_BYTES;
  const localName = Buffer.from(entry.localName ?? entry.name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(flags, 6);
  local.writeUInt16LE(entry.localMethod ?? method, 8);
  const described = (flags & 8) !== 0;
  (entry.localSizes ?? (described ? [0, 0, 0] : sizes)).forEach((size, index) => {
    local.writeUInt32LE(size, 14 + 4 * index);
  });
  local.writeUInt16LE(localName.length, 26);
  local.writeUInt16LE(extra.length, 28);
  const descriptor = Buffer.alloc(described ? 16 : 0);
  if (described) {
    descriptor.writeUInt32LE(0x08074b50, 0);
    sizes.forEach((size, index) => {
      descriptor.writeUInt32LE(size, 4 + 4 * index);
    });
  }
  const gap = entry.gapBefore ?? NO_BYTES;
  return {
    before: [gap, local, localName, extra, compressed, descriptor],
    central: centralRecord(entry, {
      method,
      flags,
      sizes,
      extra,
      offset: entry.offset ?? offset + gap.length,
    }),
  };
}

function centralRecord(
  entry: ZipEntry,
  facts: {
    readonly method: number;
    readonly flags: number;
    readonly sizes: readonly number[];
    readonly extra: Uint8Array;
    readonly offset: number;
  },
): Uint8Array {
  const name = Buffer.from(entry.name);
  const comment = Buffer.from(entry.comment ?? '');
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(facts.flags, 8);
  central.writeUInt16LE(facts.method, 10);
  facts.sizes.forEach((size, index) => {
    central.writeUInt32LE(size, 16 + 4 * index);
  });
  central.writeUInt16LE(name.length, 28);
  central.writeUInt16LE(facts.extra.length, 30);
  central.writeUInt16LE(comment.length, 32);
  central.writeUInt32LE(facts.offset, 42);
  return Buffer.concat([central, name, facts.extra, comment]);
}

/** The entries of a well-formed archive, read carelessly: for tests to change one and write them again. */
export function readZipCarelessly(
  bytes: Uint8Array,
): readonly { readonly name: string; readonly data: Uint8Array }[] {
  const buffer = Buffer.from(bytes);
  const end = buffer.length - 22;
  const count = buffer.readUInt16LE(end + 10);
  let position = buffer.readUInt32LE(end + 16);
  return Array.from({ length: count }, () => {
    const [nameLength, extraLength] = [
      buffer.readUInt16LE(position + 28),
      buffer.readUInt16LE(position + 30),
    ];
    const name = buffer.toString('utf8', position + 46, position + 46 + nameLength);
    const local = buffer.readUInt32LE(position + 42);
    const start = local + 30 + buffer.readUInt16LE(local + 26) + buffer.readUInt16LE(local + 28);
    const data = inflateRawSync(buffer.subarray(start, start + buffer.readUInt32LE(position + 20)));
    position += 46 + nameLength + extraLength;
    return { name, data };
  });
}
