import { z } from 'zod';
import { type Clock, err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Db } from '#platform';
import { makeCheckpoint } from './checkpoint.ts';
import {
  type ChainVerdict,
  chainReader,
  formatNoteKey,
  type NoteKey,
  openCheckpoint,
  parseNoteKey,
  type TreeHead,
} from './core/index.ts';
import { type AuditSigner, noteCrypto } from './signer.ts';
import { readEntries } from './store.ts';
import { openKept } from './verify.ts';

/** The first line of an export; every other line is one leaf, exactly as it is hashed. */
const exportHeader = z.strictObject({
  format: z.literal('sekisho-audit-export/1'),
  /** The log's public key as c2sp.org/signed-note writes it. */
  key: z.string(),
  /** The signed checkpoint of the whole export. */
  checkpoint: z.string(),
});

/**
 * The whole log as JSON lines: a header with a fresh signed checkpoint, then every entry below its size.
 * Entries are read as they are asked for, in constant memory.
 */
export async function exportAudit(
  db: Db,
  signer: AuditSigner,
  clock: Clock,
): Promise<Result<AsyncGenerator<string>, Problem>> {
  const signed = await makeCheckpoint(db, signer, clock);
  if (!signed.ok) return signed;
  const { checkpoint, note } = signed.value;
  const key = formatNoteKey(signer.key, noteCrypto.sha256);
  return ok(exportLines(db, checkpoint.size, { format: 'sekisho-audit-export/1', key, checkpoint: note }));
}

async function* exportLines(
  db: Db,
  size: number,
  header: z.infer<typeof exportHeader>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`;
  for await (const { leaf } of readEntries(db, { until: size })) yield `${leaf}\n`;
}

export interface ExportTrust {
  /** The log's public key from elsewhere; without it, the export's own is taken, and the answer says so. */
  readonly key?: NoteKey;
  /** Notes of checkpoints kept elsewhere. */
  readonly checkpoints: readonly string[];
}

export interface ExportVerdict {
  readonly verdict: ChainVerdict;
  readonly key: NoteKey;
  /** Whether anything but the export itself vouches for it: a key or a checkpoint from elsewhere. */
  readonly anchored: boolean;
}

/** Verifies an export line by line, without server or database. Fails with `bad-input` on what is no export. */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  trust: ExportTrust,
): Promise<Result<ExportVerdict, Problem>> {
  let opened: { readonly key: NoteKey; readonly reader: ReturnType<typeof chainReader> } | undefined;
  for await (const line of lines) {
    if (opened === undefined) {
      const header = openHeader(line, trust);
      if (!header.ok) return header;
      const { key, kept, own } = header.value;
      opened = { key, reader: chainReader([...kept, { ...own, whole: true }], noteCrypto.sha256) };
    } else opened.reader.push(line);
  }
  if (opened === undefined) return err(notAnExport);
  const anchored = trust.key !== undefined || trust.checkpoints.length > 0;
  return ok({ verdict: opened.reader.verdict(), key: opened.key, anchored });
}

interface OpenedHeader {
  readonly key: NoteKey;
  readonly own: TreeHead;
  readonly kept: readonly TreeHead[];
}

function openHeader(line: string, trust: ExportTrust): Result<OpenedHeader, Problem> {
  const header = exportHeader.safeParse(jsonOf(line));
  if (!header.success) return err(notAnExport);
  const key = trust.key ?? parseNoteKey(header.data.key, noteCrypto.sha256);
  if (key === undefined) return err(notAnExport);
  const kept = openKept({ keys: [key], checkpoints: trust.checkpoints });
  if (!kept.ok) return kept;
  const own = openCheckpoint(header.data.checkpoint, [key], noteCrypto);
  return own.kind === 'signed' ? ok({ key, own: own.checkpoint, kept: kept.value }) : err(notSigned);
}

function jsonOf(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

const notAnExport = problem('bad-input', {
  rule: 'audit.not-an-export',
  message: text('The file is no export of an audit log.', '監査ログのエクスポートファイルではありません。'),
  remedy: text(
    'Give the file that `sekisho audit export` wrote.',
    '`sekisho audit export` が書き出したファイルを指定してください。',
  ),
});

const notSigned = problem('denied', {
  rule: 'audit.export-not-signed',
  message: text(
    'The export’s own checkpoint is not signed by the log’s key: the export was made or changed by somebody else.',
    'エクスポートに含まれるチェックポイントが、このログの鍵で署名されていません。別の者が作成または変更したものです。',
  ),
  remedy: text(
    'Export again from the server, and compare the key with the one you keep.',
    'サーバーから改めてエクスポートし、鍵を手元に保管しているものと照合してください。',
  ),
});
