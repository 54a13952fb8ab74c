import { createHash, type Hash } from 'node:crypto';
import { sql } from 'kysely';
import { type Problem, problem, text } from '#core-values';
import type { Tx } from '#platform';
import { detectFormat, SAMPLE_BYTES } from '../core/logs/detection.ts';
import { KNOWN_FORMATS, type LogFormat, parserOf } from '../core/logs/formats.ts';
import { type LineCounts, type LineMemory, lineMemory, lineReader } from '../core/logs/lines.ts';
import type { LineParser } from '../core/logs/parser.ts';
import type { Damage } from '../logs/decompression.ts';
import type { SloRoom } from '../room.ts';
import {
  candidatesOf,
  digestOf,
  fingerprintOf,
  HEAD_BYTES,
  type KnownLog,
  knownLogs,
  type Mark,
  packMarks,
  recognition,
  withMark,
} from './known-logs.ts';
import { headOf, type LogObject, Unreadable, unpacked } from './log-object.ts';
import { beginTaking, readyToTake, type Taking, take } from './take.ts';

export interface SourceReading {
  readonly name: string;
  /** Found by content, log by log, if not given. */
  readonly format?: LogFormat;
}

export interface ReadingOptions {
  /** So much of a log, in bytes without compression, is taken in one transaction. */
  readonly pieceBytes?: number;
}

const PIECE_BYTES = 8 * 1024 * 1024;
const LINE_FEED = 10;
/** Somebody else reads the same source now: what we know of it is no longer true. */
export class ReadElsewhere extends Error {}

interface State {
  readonly room: SloRoom;
  readonly source: SourceReading;
  readonly memory: LineMemory;
  readonly pieceBytes: number;
  known: readonly KnownLog[];
  revision: number;
}

/** Reads logs of one source, one after the other, each from where it was left. Answers how many could not be read: they are told, and read again the next time. */
export async function readSource(
  room: SloRoom,
  source: SourceReading,
  objects: AsyncIterable<LogObject> | Iterable<LogObject>,
  { pieceBytes = PIECE_BYTES }: ReadingOptions = {},
): Promise<number> {
  const { name } = source;
  let unread = 0;
  await sql`INSERT INTO slo_sources (name) VALUES (${name}) ON CONFLICT DO NOTHING`.execute(room.db);
  const state: State = { room, source, memory: lineMemory(), pieceBytes, ...(await knownNow(room, name)) };
  for await (const object of objects) {
    const { rows } = await sql`SELECT 1 FROM slo_log_places
      WHERE source = ${name} AND place = ${object.place} AND version = ${object.version}`.execute(room.db);
    if (rows.length > 0) continue;
    try {
      const trouble = await readOne(state, object);
      if (trouble !== 'later') await rememberPlace(state, object, trouble);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unread += 1;
      await rememberPlace(state, { ...object, version: UNREAD }, unreadable(object.place, error.message));
    }
  }
  return unread;
}

/** The version of no log. */
const UNREAD = '';

const unreadable = (place: string, why: string): Problem =>
  problem('outside-failed', {
    rule: 'slo.log-unreadable',
    message: text(`${place} could not be read: ${why}`, `${place} を読み取れませんでした: ${why}`),
    remedy: text(
      'Look whether it is there and may be read; it is tried again.',
      'ファイルが存在し、読み取り権限があるか確認してください。次回に再び読み取ります。',
    ),
    place: { file: place },
  });

async function knownNow(room: SloRoom, name: string): Promise<Pick<State, 'known' | 'revision'>> {
  const { rows } = await sql<{
    revision: number;
  }>`SELECT revision FROM slo_sources WHERE name = ${name}`.execute(room.db);
  return { revision: rows[0]?.revision ?? 0, known: await knownLogs(room.db, name) };
}

async function rememberPlace(
  { room, source }: State,
  object: LogObject,
  trouble: Problem | undefined,
): Promise<void> {
  const why = trouble === undefined ? null : JSON.stringify(trouble);
  await sql`
    INSERT INTO slo_log_places (source, place, version, seen_at, problem)
    VALUES (${source.name}, ${object.place}, ${object.version}, ${new Date(room.clock.now())}, ${why}::jsonb)
    ON CONFLICT (source, place) DO UPDATE
      SET version = excluded.version, seen_at = excluded.seen_at, problem = excluded.problem`.execute(
    room.db,
  );
}

async function readOne(state: State, object: LogObject): Promise<Problem | undefined | 'later'> {
  const { bytes: head } = await headOf(object);
  if (head.length === 0) return undefined;
  // It may be the first bytes of a copy of what was read: too few to tell.
  if (head.length < HEAD_BYTES && !object.isStill) return 'later';
  const candidates = candidatesOf(state.known, head);
  if (candidates.length === 0) return takeFrom(state, object, head, undefined);
  const looking = recognition(candidates);
  await unpacked(object, async (bytes) => looking.push(bytes));
  const identity = looking.end();
  if (identity.kind === 'part-of-known') return undefined;
  return takeFrom(state, object, head, identity.kind === 'known' ? identity.log : undefined);
}

/** Where taking a log stands. */
interface Progress {
  log: KnownLog | undefined;
  /** Of all that was given on; `marks` and the digest of what was taken come from it. */
  readonly hash: Hash;
  readonly fingerprintHead: Buffer;
  parser: LineParser | undefined;
  format: string | null;
  /** Given on as whole lines. */
  atBytes: number;
  marks: readonly Mark[];
  lines: number;
}

/** Takes what is behind the part of a log that was taken before. */
async function takeFrom(
  state: State,
  object: LogObject,
  head: Buffer,
  log: KnownLog | undefined,
): Promise<Problem | undefined> {
  const progress: Progress = {
    log,
    hash: createHash('sha256'),
    fingerprintHead: head,
    parser: undefined,
    format: log?.format ?? null,
    atBytes: log?.takenBytes ?? 0,
    marks: log?.marks ?? [],
    lines: log?.lines ?? 0,
  };
  let toSkip = progress.atBytes;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let refused: Problem | undefined;
  const flush = async (isLast: boolean): Promise<void> => {
    const bytes = Buffer.concat(waiting);
    const end = isLast ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
    const whole = end === 0 && bytes.length >= 2 * state.pieceBytes ? bytes.length : end;
    if (whole > 0) refused = await takePiece(state, object, progress, bytes.subarray(0, whole));
    waiting = [bytes.subarray(whole)];
    waitingBytes = bytes.length - whole;
  };
  const { damage, isPacked } = await unpacked(
    object,
    async (bytes) => {
      const skipped = Math.min(toSkip, bytes.length);
      progress.hash.update(bytes.subarray(0, skipped));
      toSkip -= skipped;
      if (skipped === bytes.length) return;
      waiting.push(bytes.subarray(skipped));
      waitingBytes += bytes.length - skipped;
      if (waitingBytes >= state.pieceBytes) await flush(false);
    },
    () => refused !== undefined,
  );
  const isWhole = damage === undefined && (object.isFinal || isPacked);
  if (refused === undefined && waitingBytes > 0) await flush(isWhole);
  return refused ?? (damage === undefined ? undefined : damaged(object.place, damage));
}

/** Reads some lines and puts their requests into the spool together with how far the log was taken. */
async function takePiece(
  state: State,
  object: LogObject,
  progress: Progress,
  bytes: Buffer,
): Promise<Problem | undefined> {
  const { room, source } = state;
  const parser = parserFor(state, object, progress, bytes);
  if ('rule' in parser) return parser.problem;
  const taking = await beginTaking(room);
  const lines = readLines(state, object.place, parser.parser, taking, bytes);
  const taken = await readyToTake(source.name, taking.gatherer.take(), lines);
  progress.hash.update(bytes);
  const before = progress.atBytes;
  const after: Mark = { bytes: before + bytes.length, digest: digestOf(progress.hash) };
  const marks =
    before === 0
      ? progress.marks
      : withMark(progress.marks, { bytes: before, digest: progress.log?.takenDigest ?? after.digest });
  const at = room.clock.now();
  const written = await room.inTransaction(async (tx) => {
    const { rows } =
      await sql`SELECT 1 FROM slo_sources WHERE name = ${source.name} AND revision = ${state.revision} FOR UPDATE`.execute(
        tx,
      );
    if (rows.length === 0) throw new ReadElsewhere(source.name);
    await take(tx, taken, { at, linesBefore: progress.lines });
    return writeLog(tx, {
      source: source.name,
      place: object.place,
      at,
      progress,
      after,
      marks,
      lines: lines.lines,
    });
  });
  state.revision += 1;
  state.known = [...state.known.filter(({ id }) => id !== written.id), written];
  progress.log = written;
  progress.marks = marks;
  progress.atBytes = after.bytes;
  progress.lines += lines.lines;
  return undefined;
}

function readLines(
  { memory }: State,
  place: string,
  parser: LineParser,
  { gatherer, routes }: Taking,
  bytes: Buffer,
): LineCounts {
  const reader = lineReader({ file: place, parser, routes, memory, consume: (batch) => gatherer.add(batch) });
  reader.push(bytes);
  return reader.end();
}

type Parser = { readonly parser: LineParser } | { readonly rule: 'refused'; readonly problem: Problem };

/** The parser of the log, as it stands behind the lines that were read before: CloudFront's knows what the header said. */
function parserFor({ source, memory }: State, object: LogObject, progress: Progress, bytes: Buffer): Parser {
  if (progress.parser !== undefined) return { parser: progress.parser };
  const named = KNOWN_FORMATS.find((kind) => kind === progress.format);
  let format: LogFormat | undefined = source.format ?? (named === undefined ? undefined : { kind: named });
  if (format === undefined) {
    const found = detectFormat(object.place, bytes.subarray(0, SAMPLE_BYTES), bytes.length <= SAMPLE_BYTES);
    if (!found.ok) return { rule: 'refused', problem: found.error };
    format = found.value.format;
  }
  progress.format = source.format === undefined ? format.kind : null;
  const parser = parserOf(format);
  progress.parser = parser;
  if (progress.atBytes > 0) {
    const preamble = headerOf(progress.fingerprintHead);
    const reader = lineReader({ file: object.place, parser, memory, consume: () => undefined });
    reader.push(preamble);
    reader.end();
  }
  return { parser };
}

/** The lines at the beginning of a log that tell what its columns are. */
function headerOf(head: Buffer): Buffer {
  let end = 0;
  while (head[end] === 0x23) {
    const lineFeed = head.indexOf(LINE_FEED, end);
    if (lineFeed < 0) break;
    end = lineFeed + 1;
  }
  return head.subarray(0, end);
}

interface LogWritten {
  readonly source: string;
  readonly place: string;
  readonly at: number;
  readonly progress: Progress;
  readonly after: Mark;
  readonly marks: readonly Mark[];
  readonly lines: number;
}

async function writeLog(
  tx: Tx,
  { source, place, at, progress, after, marks, lines }: LogWritten,
): Promise<KnownLog> {
  const fingerprintBytes = Math.min(HEAD_BYTES, after.bytes, progress.fingerprintHead.length);
  const fingerprint = fingerprintOf(progress.fingerprintHead.subarray(0, fingerprintBytes));
  const now = new Date(at);
  const { rows } =
    progress.log === undefined
      ? await sql<{ id: number }>`
          INSERT INTO slo_logs (source, fingerprint, fingerprint_bytes, taken_bytes, taken_digest, marks, lines, format, name, first_at, last_at)
          VALUES (${source}, ${fingerprint}, ${fingerprintBytes}, ${after.bytes}, ${after.digest}, ${packMarks(marks)},
            ${lines}, ${progress.format}, ${place}, ${now}, ${now}) RETURNING id`.execute(tx)
      : await sql<{ id: number }>`
          UPDATE slo_logs SET fingerprint = ${fingerprint}, fingerprint_bytes = ${fingerprintBytes}, taken_bytes = ${after.bytes},
            taken_digest = ${after.digest}, marks = ${packMarks(marks)}, lines = lines + ${lines}, format = ${progress.format},
            name = ${place}, last_at = ${now}
          WHERE id = ${progress.log.id} RETURNING id`.execute(tx);
  return {
    id: rows[0]?.id ?? 0,
    ...{ fingerprint, fingerprintBytes, marks, format: progress.format },
    takenBytes: after.bytes,
    takenDigest: after.digest,
    lines: progress.lines + lines,
  };
}

const damaged = (place: string, { kind, atByte }: Damage): Problem =>
  problem('bad-input', {
    rule: kind === 'cut-off' ? 'slo.log-cut-off' : 'slo.log-corrupt',
    message: text(
      `${place} is damaged near byte ${atByte}. Whole lines before that were taken.`,
      `${place} は ${atByte} バイト目付近で壊れています。それより前の完全な行は取り込みました。`,
    ),
    remedy: text(
      'Put the whole file in its place: what was taken is known, and the rest is read.',
      '完全なファイルに置き換えてください。取り込み済みの部分は判別され、残りだけが読み込まれます。',
    ),
    place: { file: place },
  });
