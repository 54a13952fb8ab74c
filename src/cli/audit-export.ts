import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ExportVerdict, exportReader } from '#audit/core';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { ApiClient } from './api-client.ts';
import { type AuditProgress, auditProgress, noProgress } from './audit-progress.ts';
import { nodeNoteCrypto, readThrough, unreadable, verdictText } from './audit-verify.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';

const OUTPUT = text(
  'where to write; the checkpoint goes beside it as FILE.checkpoint; without it, standard output',
  '書き出し先。チェックポイントは FILE.checkpoint に書き出す。省略時は標準出力',
);

/** `sekisho audit export [--output FILE]`: the whole log, verified while it arrives. */
export const auditExport = (clientOf: (context: CliContext) => ApiClient): CliCommand => ({
  configure(command, context) {
    command
      .option('-o, --output <file>', OUTPUT[context.language])
      .action(async (options: { output?: string }) => {
        const done =
          options.output === undefined
            ? await exportToOutput(context, clientOf(context))
            : await exportToFile(options.output, context, clientOf(context));
        if (!done.ok) failWith(context, done.error);
      });
  },
});

async function exportToOutput(
  context: CliContext,
  client: ApiClient,
): Promise<Result<ExportVerdict, Problem>> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  // Both on one terminal would overwrite each other.
  const progress = context.stdout.isTerminal ? noProgress : auditProgress(context);
  return fetchExport(client, progress, async (piece) =>
    context.stdout.write(decoder.decode(piece, { stream: true })),
  );
}

/** Under its name only when whole: a broken download leaves nothing behind. */
async function exportToFile(
  file: string,
  context: CliContext,
  client: ApiClient,
): Promise<Result<void, Problem>> {
  const target = resolve(context.cwd, file);
  const partial = `${target}.partial`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(partial, 'w', 0o600);
    const to = handle;
    const fetched = await fetchExport(client, auditProgress(context), async (piece) => {
      await to.write(piece);
    });
    if (!fetched.ok) return fetched;
    await to.sync();
    await rename(partial, target);
    const note = await checkpointOf(target);
    await writeFile(`${target}.checkpoint`, note, { mode: 0o600 });
    context.stderr.write(`${written(file, fetched.value)[context.language]}\n`);
    return ok(undefined);
  } catch (cause) {
    return err(unreadable(file, cause));
  } finally {
    await handle?.close();
    await rm(partial, { force: true });
  }
}

async function fetchExport(
  client: ApiClient,
  progress: AuditProgress,
  copy: (piece: Uint8Array) => Promise<void>,
): Promise<Result<ExportVerdict, Problem>> {
  const stream = await client.stream('/v1/audit/export');
  if (!stream.ok) return stream;
  const reader = exportReader({ checkpoints: [] }, nodeNoteCrypto);
  const read = await readThrough(stream.value, reader, progress, copy);
  if (!read.ok || read.value.verdict.kind === 'intact') return read;
  return err(notIntact(read.value));
}

/** From the header line of a file that has just been verified. */
async function checkpointOf(file: string): Promise<string> {
  await using handle = await open(file);
  for await (const line of handle.readLines({ encoding: 'utf8' })) {
    const { checkpoint } = JSON.parse(line) as { checkpoint: string };
    return checkpoint;
  }
  throw new Error('An export that was verified has a header.');
}

const written = (file: string, { verdict }: ExportVerdict) =>
  text(
    `${verdict.size} entries written to ${file}. Keep ${file}.checkpoint where the server cannot reach it; \`sekisho audit verify --checkpoint\` needs it.`,
    `${verdict.size} 件を ${file} に書き出しました。${file}.checkpoint は、サーバーから手の届かない場所に保管してください(\`sekisho audit verify --checkpoint\` で使います)。`,
  );

function notIntact({ verdict }: ExportVerdict): Problem {
  const found = verdictText(verdict);
  return problem('conflict', {
    rule: 'audit.not-intact',
    message: text(
      `The log that the server sent does not verify, or the download broke off: ${found.en}`,
      `サーバーから受け取ったログを検証できないか、ダウンロードが中断しました: ${found.ja}`,
    ),
    remedy: text(
      'Try again; if it stays so, keep the database as it is and look into who changed it.',
      '再度実行してください。解消しない場合は、データベースを現状のまま保全し、変更の経緯を調査してください。',
    ),
  });
}
