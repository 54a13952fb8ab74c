import { createHash, type Hash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#platform';

/** So much of a log's beginning, without compression, tells whether it can be another one. */
export const HEAD_BYTES = 1024;
const MARK_BYTES = 40;
const MOST_MARKS = 64;

/** A beginning of a log. */
export interface Mark {
  readonly bytes: number;
  readonly digest: Buffer;
}

/** A log of which something was taken. */
export interface KnownLog {
  readonly id: number;
  readonly fingerprintBytes: number;
  readonly fingerprint: Buffer;
  readonly takenBytes: number;
  readonly takenDigest: Buffer;
  /** Shorter beginnings, ascending. */
  readonly marks: readonly Mark[];
  readonly lines: number;
  readonly format: string | null;
}

interface LogRow {
  readonly id: number;
  readonly fingerprint_bytes: number;
  readonly fingerprint: Buffer;
  readonly taken_bytes: number;
  readonly taken_digest: Buffer;
  readonly marks: Buffer;
  readonly lines: number;
  readonly format: string | null;
}

export async function knownLogs(db: Db, source: string): Promise<readonly KnownLog[]> {
  const { rows } = await sql<LogRow>`
    SELECT id, fingerprint_bytes, fingerprint, taken_bytes, taken_digest, marks, lines, format
    FROM slo_logs WHERE source = ${source} ORDER BY id`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    fingerprintBytes: row.fingerprint_bytes,
    fingerprint: row.fingerprint,
    takenBytes: row.taken_bytes,
    takenDigest: row.taken_digest,
    marks: unpackMarks(row.marks),
    lines: row.lines,
    format: row.format,
  }));
}

export const packMarks = (marks: readonly Mark[]): Buffer =>
  Buffer.concat(
    marks.map(({ bytes, digest }) => {
      const mark = Buffer.alloc(MARK_BYTES);
      mark.writeBigUInt64BE(BigInt(bytes));
      digest.copy(mark, 8);
      return mark;
    }),
  );

const unpackMarks = (packed: Buffer): readonly Mark[] =>
  Array.from({ length: packed.length / MARK_BYTES }, (_, index) => ({
    bytes: Number(packed.readBigUInt64BE(index * MARK_BYTES)),
    digest: packed.subarray(index * MARK_BYTES + 8, (index + 1) * MARK_BYTES),
  }));

/** With one mark more; every second one is forgotten where there are too many. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  const all = [...marks, mark];
  return all.length <= MOST_MARKS ? all : all.filter((_, index) => index % 2 === 1);
}

export const digestOf = (hash: Hash): Buffer => hash.copy().digest();

export const fingerprintOf = (head: Uint8Array): Buffer => createHash('sha256').update(head).digest();

/** What a log's bytes say about which log it is. */
export type Identity =
  | { readonly kind: 'new' }
  /** Something was taken of it; perhaps there is more now. */
  | { readonly kind: 'known'; readonly log: KnownLog }
  /** A copy that is still being written, or an older one: there is nothing that was not taken. */
  | { readonly kind: 'part-of-known' };

/** Looks at a log's bytes as they come, and says in the end which log it is. */
export interface Recognition {
  readonly push: (bytes: Uint8Array) => void;
  readonly end: () => Identity;
}

/**
 * A log is the one whose taken beginning it has, the longest of them. Where it is shorter than what was taken of a log, and is the same
 * as far as marks tell, it is a copy of that.
 */
export function recognition(known: readonly KnownLog[]): Recognition {
  const hash = createHash('sha256');
  const wanted = [
    ...new Set(known.flatMap(({ takenBytes, marks }) => [takenBytes, ...marks.map(({ bytes }) => bytes)])),
  ].toSorted((a, b) => a - b);
  const digests = new Map<number, Buffer>();
  let head = Buffer.alloc(0);
  let length = 0;
  let next = 0;
  return {
    push: (bytes) => {
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, bytes.subarray(0, HEAD_BYTES - head.length)]);
      for (let from = 0; from < bytes.length; ) {
        const mark = wanted[next] ?? Number.POSITIVE_INFINITY;
        const to = Math.min(bytes.length, from + mark - length);
        hash.update(bytes.subarray(from, to));
        length += to - from;
        from = to;
        if (length !== mark) continue;
        digests.set(mark, digestOf(hash));
        next += 1;
      }
    },
    end: () => {
      const isAt = ({ bytes, digest }: Mark): boolean => digests.get(bytes)?.equals(digest) === true;
      const whole = known
        .filter(({ takenBytes, takenDigest }) => isAt({ bytes: takenBytes, digest: takenDigest }))
        .toSorted((a, b) => b.takenBytes - a.takenBytes)[0];
      const isPart = known.some(({ fingerprint, fingerprintBytes, marks, takenBytes }) => {
        if (takenBytes <= length || takenBytes <= (whole?.takenBytes ?? 0)) return false;
        const last = marks.filter(({ bytes }) => bytes <= length).at(-1);
        if (last !== undefined) return isAt(last);
        return (
          length >= fingerprintBytes && fingerprint.equals(fingerprintOf(head.subarray(0, fingerprintBytes)))
        );
      });
      if (isPart) return { kind: 'part-of-known' };
      return whole === undefined ? { kind: 'new' } : { kind: 'known', log: whole };
    },
  };
}

/** Those that a log can be that begins so; `isWhole`: there is no more of it. */
export function candidatesOf(known: readonly KnownLog[], head: Uint8Array): readonly KnownLog[] {
  const fingerprints = new Map<number, Buffer>();
  return known.filter(({ fingerprint, fingerprintBytes }) => {
    if (fingerprintBytes > head.length) return false;
    const own = fingerprints.get(fingerprintBytes) ?? fingerprintOf(head.subarray(0, fingerprintBytes));
    fingerprints.set(fingerprintBytes, own);
    return own.equals(fingerprint);
  });
}
