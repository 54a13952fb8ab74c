import { sql } from 'kysely';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { KNOWN_FORMATS, type LogFormat } from '../core/logs/formats.ts';
import { parseLogFormat } from '../core/logs/log-format.ts';
import type { SloRoom } from '../room.ts';
import { localLogs } from './local-files.ts';
import { ReadElsewhere, readSource } from './read-log.ts';
import type { LogBucket } from './s3-logs.ts';
import { ForgottenMeanwhile } from './take.ts';

/** Where lines of requests come from that the server fetches itself. */
export interface FetchedSource {
  readonly name: string;
  /** Found by content if not given. */
  readonly format?: LogFormat;
  readonly from:
    | { readonly kind: 'files'; readonly patterns: readonly string[] }
    | { readonly kind: 'bucket'; readonly bucket: LogBucket; readonly isNoticed: boolean };
}

/** Reads what is new of every source; one that fails does not keep the others from being read. */
export async function readSources(room: SloRoom, sources: readonly FetchedSource[]): Promise<void> {
  for (const source of sources) {
    try {
      await readFetched(room, source);
    } catch (error) {
      // Somebody else reads it, or time went on: the next reading finds what is left.
      if (error instanceof ReadElsewhere || error instanceof ForgottenMeanwhile) continue;
      const why = error instanceof Error ? error.message : String(error);
      room.report({ kind: 'source-failed', about: source.name, why });
      await sql`UPDATE slo_sources SET problem = ${JSON.stringify(notRead(source.name, why))}::jsonb
        WHERE name = ${source.name}`.execute(room.db);
    }
  }
}

async function readFetched(room: SloRoom, source: FetchedSource): Promise<void> {
  const { from } = source;
  if (from.kind === 'files') {
    await readSource(room, source, localLogs(from.patterns, room.clock.now()));
    return;
  }
  const { bucket, isNoticed } = from;
  if (!isNoticed) {
    const since = room.clock.now() - room.keeping().retentionMs;
    await readSource(room, source, bucket.list(since));
    return;
  }
  for (;;) {
    const noticed = await bucket.noticed();
    if (noticed === undefined) return;
    // What could not be read is told again by the queue.
    if ((await readSource(room, source, noticed.objects)) > 0) continue;
    // Only now: what the notices tell of is in the database. Told again, it counts once all the same.
    await noticed.done();
  }
}

const notRead = (name: string, why: string): Problem =>
  problem('outside-failed', {
    rule: 'slo.source-not-read',
    message: text(`${name} could not be read: ${why}`, `${name} を読み取れませんでした: ${why}`),
    remedy: text(
      'Check `server.slo.sources` in sekisho.yaml and what the server may read (docs/slo-data.md); nothing is lost, the next reading goes on.',
      'sekisho.yaml の `server.slo.sources` と読み取り権限(docs/slo-data.ja.md)を確認してください。失われるものはなく、次回に続きから読み取ります。',
    ),
  });

/** The format that sekisho.yaml names; `undefined` where it is found by content. */
export function formatOf(told: {
  readonly name: string;
  readonly format?: string;
  readonly logFormat?: string;
  readonly fields: Readonly<Record<string, string>>;
}): Result<LogFormat | undefined, Problem> {
  const { format, logFormat } = told;
  const fields = Object.entries(told.fields).flatMap(([field, name]) => {
    const known = NAMED_FIELDS.find((one) => one === field);
    return known === undefined ? [] : [[known, name] as const];
  });
  const odd = Object.keys(told.fields).find((field) => !NAMED_FIELDS.some((one) => one === field));
  if (odd !== undefined) return err(unknownField(told.name, odd));
  if (logFormat !== undefined) {
    const layout = parseLogFormat(logFormat, Object.fromEntries(fields));
    return layout.ok ? ok({ kind: 'layout', layout: layout.value }) : layout;
  }
  if (format === undefined) return ok(undefined);
  const kind = KNOWN_FORMATS.find((known) => known === format);
  if (kind === undefined) return err(unknownFormat(told.name, format));
  if (kind === 'ltsv' || kind === 'json')
    return ok({ kind, fields: Object.fromEntries(fields.map(([field, name]) => [name, field])) });
  return ok({ kind });
}

const NAMED_FIELDS = ['host', 'client', 'userAgent', 'referer', 'trace', 'view', 'customer'] as const;

const unknownField = (name: string, field: string): Problem =>
  problem('bad-config', {
    rule: 'slo.unknown-field',
    message: text(
      `The source ${name} names the field ${field}, which is not known.`,
      `ソース ${name} の fields の ${field} は不明です。`,
    ),
    remedy: text(
      `Name one of ${NAMED_FIELDS.join(', ')}.`,
      `${NAMED_FIELDS.join('、')} のいずれかを指定してください。`,
    ),
  });

const unknownFormat = (name: string, format: string): Problem =>
  problem('bad-config', {
    rule: 'slo.unknown-format',
    message: text(
      `The source ${name} has the format ${format}, which is not known.`,
      `ソース ${name} の形式 ${format} は不明です。`,
    ),
    remedy: text(
      `Write one of ${KNOWN_FORMATS.join(', ')}.`,
      `${KNOWN_FORMATS.join('、')} のいずれかを書いてください。`,
    ),
  });
