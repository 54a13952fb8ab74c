import { z } from 'zod';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type ChainReader, type ChainVerdict, chainReader } from './chain.ts';
import { openCheckpoint } from './checkpoint.ts';
import { openKept } from './kept.ts';
import type { TreeHead } from './merkle.ts';
import { type NoteCrypto, type NoteKey, parseNoteKey } from './signed-note.ts';

/** The first line of an export; every other line is one leaf, exactly as it is hashed. */
const exportHeader = z.strictObject({
  format: z.literal('sekisho-audit-export/1'),
  /** The log's public key as c2sp.org/signed-note writes it. */
  key: z.string(),
  /** The signed checkpoint of the whole export. */
  checkpoint: z.string(),
});

/** Without its newline. */
export const exportHeaderLine = (key: string, checkpoint: string): string =>
  JSON.stringify({ format: 'sekisho-audit-export/1', key, checkpoint });

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

/** Takes an export line by line, in constant memory, and answers `bad-input` or `denied` as soon as it is none. */
export interface ExportReader {
  push(line: string): Problem | undefined;
  verdict(): Result<ExportVerdict, Problem>;
}

export function exportReader(trust: ExportTrust, crypto: NoteCrypto): ExportReader {
  let opened: { readonly key: NoteKey; readonly reader: ChainReader } | undefined;
  const push = (line: string): Problem | undefined => {
    if (opened !== undefined) {
      opened.reader.push(line);
      return undefined;
    }
    const header = openHeader(line, trust, crypto);
    if (!header.ok) return header.error;
    const { key, kept, own } = header.value;
    opened = { key, reader: chainReader([...kept, { ...own, whole: true }], crypto.sha256) };
    return undefined;
  };
  const verdict = (): Result<ExportVerdict, Problem> => {
    if (opened === undefined) return err(notAnExport);
    const anchored = trust.key !== undefined || trust.checkpoints.length > 0;
    return ok({ verdict: opened.reader.verdict(), key: opened.key, anchored });
  };
  return { push, verdict };
}

interface OpenedHeader {
  readonly key: NoteKey;
  readonly own: TreeHead;
  readonly kept: readonly TreeHead[];
}

function openHeader(line: string, trust: ExportTrust, crypto: NoteCrypto): Result<OpenedHeader, Problem> {
  const header = exportHeader.safeParse(jsonOf(line));
  if (!header.success) return err(notAnExport);
  const key = trust.key ?? parseNoteKey(header.data.key, crypto.sha256);
  if (key === undefined) return err(notAnExport);
  const kept = openKept({ keys: [key], checkpoints: trust.checkpoints }, crypto);
  if (!kept.ok) return kept;
  const own = openCheckpoint(header.data.checkpoint, [key], crypto);
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
