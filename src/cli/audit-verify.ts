import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import pc from 'picocolors';
import {
  type ChainVerdict,
  type ExportReader,
  type ExportTrust,
  type ExportVerdict,
  exportReader,
  formatNoteKey,
  type NoteCrypto,
  type NoteKey,
  parseNoteKey,
  splitCheckpoints,
  type Tampering,
} from '#audit/core';
import { err, ok, type Problem, problem, type Result, type Text, text, verbatim } from '#core-values';
import { toHex } from '#platform/core';
import type { ApiClient } from './api-client.ts';
import { type AuditProgress, auditProgress } from './audit-progress.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';

interface Options {
  readonly checkpoint: readonly string[];
  readonly key?: string;
  readonly format: 'text' | 'json';
}

const HELP = {
  file: text(
    'an export; without it, the server’s log is fetched',
    'エクスポートファイル。省略時はサーバーから取得',
  ),
  checkpoint: text(
    'a checkpoint kept elsewhere; repeatable',
    '別の場所に保管したチェックポイント(複数指定可)',
  ),
  key: text(
    'the log’s public key (NAME+ID+BASE64), kept elsewhere',
    '別の場所に保管したログの公開鍵(名前+ID+BASE64 形式)',
  ),
  format: text('form of the output', '出力形式'),
};

/** Here and not from #audit, which would load a database driver and an HTTP server. */
export const nodeNoteCrypto: NoteCrypto = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  verifyEd25519: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, message, key, signature);
  },
};

/** `sekisho audit verify [EXPORT-FILE]`: exit code 0 intact, 1 tampered, 2 not to be read, 3 not signed by the log. */
export const auditVerify = (clientOf: (context: CliContext) => ApiClient): CliCommand => ({
  configure(command, context) {
    const help = (words: Text): string => words[context.language];
    const collect = (one: string, before: readonly string[]) => [...before, one];
    command
      .argument('[export-file]', help(HELP.file))
      .addOption(new Option('--checkpoint <file>', help(HELP.checkpoint)).argParser(collect).default([]))
      .option('--key <key>', help(HELP.key))
      .addOption(new Option('--format <format>', help(HELP.format)).choices(['text', 'json']).default('text'))
      .action(async (file: string | undefined, options: Options) => {
        const verified = await verifyLog(file, options, context, clientOf);
        if (!verified.ok) failWith(context, verified.error);
        else report(verified.value, options, context);
      });
  },
});

async function verifyLog(
  file: string | undefined,
  options: Options,
  context: CliContext,
  clientOf: (context: CliContext) => ApiClient,
): Promise<Result<ExportVerdict, Problem>> {
  const trust = await readTrust(options, context);
  if (!trust.ok) return trust;
  const reader = exportReader(trust.value, nodeNoteCrypto);
  if (file === undefined) {
    const stream = await clientOf(context).stream('/v1/audit/export');
    return stream.ok ? readThrough(stream.value, reader, auditProgress(context)) : stream;
  }
  try {
    return await readThrough(createReadStream(resolve(context.cwd, file)), reader, auditProgress(context));
  } catch (cause) {
    return err(unreadable(file, cause));
  }
}

async function readTrust(options: Options, context: CliContext): Promise<Result<ExportTrust, Problem>> {
  const checkpoints: string[] = [];
  for (const file of options.checkpoint) {
    try {
      checkpoints.push(...splitCheckpoints(await readFile(resolve(context.cwd, file), 'utf8')));
    } catch (cause) {
      return err(unreadable(file, cause));
    }
  }
  if (options.key === undefined) return ok({ checkpoints });
  const key: NoteKey | undefined = parseNoteKey(options.key.trim(), nodeNoteCrypto.sha256);
  return key === undefined ? err(notAKey) : ok({ key, checkpoints });
}

/** Gives every line to the reader and, when given, every piece to `copy` as it came. */
export async function readThrough(
  pieces: AsyncIterable<Uint8Array>,
  reader: ExportReader,
  progress: AuditProgress,
  copy?: (piece: Uint8Array) => Promise<void>,
): Promise<Result<ExportVerdict, Problem>> {
  try {
    return await readLines(pieces, reader, progress, copy);
  } finally {
    progress.end();
  }
}

async function readLines(
  pieces: AsyncIterable<Uint8Array>,
  reader: ExportReader,
  progress: AuditProgress,
  copy: ((piece: Uint8Array) => Promise<void>) | undefined,
): Promise<Result<ExportVerdict, Problem>> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  // Not by node:readline, which also splits at U+2028: that may stand in an entry.
  const take = (words: string): Problem | undefined => {
    const lines = (rest + words).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const fault = reader.push(line);
      if (fault !== undefined) return fault;
      progress.line(line);
    }
    return undefined;
  };
  for await (const piece of pieces) {
    const fault = take(decoder.decode(piece, { stream: true }));
    if (fault !== undefined) return err(fault);
    await copy?.(piece);
  }
  const fault = take(decoder.decode()) ?? (rest === '' ? undefined : reader.push(rest));
  return fault === undefined ? reader.verdict() : err(fault);
}

function report({ verdict, key, anchored }: ExportVerdict, options: Options, context: CliContext): void {
  const intact = verdict.kind === 'intact';
  context.exitWith(intact ? 0 : 1);
  const shownKey = formatNoteKey(key, nodeNoteCrypto.sha256);
  if (options.format === 'json') {
    const shown = verdict.kind === 'intact' ? { ...verdict, root: toHex(verdict.root) } : verdict;
    context.stdout.write(`${JSON.stringify({ ...shown, key: shownKey, anchored }, null, 2)}\n`);
    return;
  }
  const paint = pc.createColors(context.stdout.isTerminal);
  const words = verdictText(verdict)[context.language];
  context.stdout.write(`${intact ? paint.green('✓') : paint.red('✗')} ${words}\n`);
  context.stdout.write(`  ${KEY_LABEL[context.language]}: ${shownKey}\n`);
  if (!anchored) context.stdout.write(`  ${paint.yellow(NOT_ANCHORED[context.language])}\n`);
}

const KEY_LABEL = text('Key', '公開鍵');

const NOT_ANCHORED = text(
  'Nothing from elsewhere vouches for this: somebody with the server’s key could have written it anew. Give --checkpoint or --key.',
  'ログの外にある根拠と照合していません。サーバーの鍵を持つ者が書き直した可能性は否定できません。--checkpoint または --key を指定してください。',
);

export function verdictText(verdict: ChainVerdict): Text {
  if (verdict.kind === 'tampered') return TAMPERED[verdict.tampering](verdict.position, verdict.size);
  const { size, vouchedSize } = verdict;
  return vouchedSize === size
    ? text(`The log is intact: ${size} entries.`, `監査ログは完全です(${size} 件)。`)
    : text(
        `The log is intact: ${size} entries, ${vouchedSize} of them vouched for by a checkpoint.`,
        `監査ログは完全です(${size} 件、うち ${vouchedSize} 件はチェックポイントで裏付け済み)。`,
      );
}

const TAMPERED: Readonly<Record<Tampering, (position: number, size: number) => Text>> = {
  edited: (at) => text(`Entry ${at} was edited.`, `${at} 番のエントリが書き換えられています。`),
  removed: (at) =>
    text(`Entries were removed from position ${at} on.`, `${at} 番の位置からエントリが削除されています。`),
  reordered: (at) =>
    text(
      `Entries were reordered from position ${at} on.`,
      `${at} 番の位置からエントリの順序が変えられています。`,
    ),
  inserted: (at) =>
    text(`An entry was inserted at position ${at}.`, `${at} 番の位置にエントリが挿入されています。`),
  truncated: (_, size) =>
    text(
      `The log was cut off: it ends after ${size} entries, and a checkpoint has seen more.`,
      `監査ログが途中で切られています。${size} 件で終わっていますが、チェックポイントの時点ではそれより多くありました。`,
    ),
  forked: (at) =>
    text(
      `The log is not the one that a checkpoint has seen: it was written anew from position ${at} on, or later.`,
      `チェックポイントの時点のログと内容が異なります。${at} 番以降のどこかから書き直されています。`,
    ),
  appended: (at) =>
    text(
      `Entries were appended from position ${at} on that the log’s signature does not cover.`,
      `${at} 番以降に、署名の対象外のエントリが追加されています。`,
    ),
};

export const unreadable = (file: string, cause: unknown): Problem =>
  problem('bad-input', {
    rule: 'audit.file-unreadable',
    message: fileFault(cause),
    remedy: text('Check the path given.', '指定したパスを確認してください。'),
    place: { file },
  });

const FILE_FAULTS: Readonly<Record<string, Text>> = {
  ENOENT: text('There is no such file or folder.', 'ファイルまたはフォルダーがありません。'),
  ENOTDIR: text('There is no such folder.', 'フォルダーがありません。'),
  EISDIR: text('This is a folder, not a file.', 'ファイルではなくフォルダーです。'),
  EACCES: text('This user may not open it.', 'このユーザーにはアクセス権がありません。'),
  EROFS: text('The file system is read-only.', 'ファイルシステムが読み取り専用です。'),
  ENOSPC: text('The disk is full.', 'ディスクの空き容量がありません。'),
};

function fileFault(cause: unknown): Text {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = cause instanceof Error ? cause.message : String(cause);
  return FILE_FAULTS[code] ?? text(`It cannot be opened: ${why}`, `開けません: ${why}`);
}

const notAKey = problem('bad-input', {
  rule: 'audit.not-a-key',
  message: text('--key is not the public key of a log.', '--key がログの公開鍵の形式ではありません。'),
  remedy: {
    en: `Write it as ${verbatim('NAME+ID+BASE64').en}, as \`sekisho audit verify\` shows it.`,
    ja: '`sekisho audit verify` が表示する「名前+ID+BASE64」の形式で指定してください。',
  },
});
