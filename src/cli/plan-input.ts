import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import { visible } from '#plan';
import type { CliContext } from './context.ts';

/** More than any plan we have heard of; the decoder has limits of its own inside. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

/** The bytes of a plan file or plan JSON, or of standard input for `-`. */
export async function readPlanInput(file: string, context: CliContext): Promise<Result<Uint8Array, Problem>> {
  try {
    if (file === '-') return await collect(createReadStream('', { fd: 0, autoClose: false }), file);
    const handle = await open(resolve(context.cwd, file));
    try {
      const facts = await handle.stat();
      if (facts.isDirectory()) return err(unreadable(file, 'EISDIR'));
      return facts.size > MAX_FILE_BYTES
        ? err(tooLarge(file))
        : await collect(handle.createReadStream({ autoClose: false }), file);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return err(unreadable(file, codeOf(error)));
  }
}

/** Pipes and devices tell no size beforehand, so it is counted while reading. */
async function collect(chunks: AsyncIterable<Buffer>, file: string): Promise<Result<Uint8Array, Problem>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_FILE_BYTES) return err(tooLarge(file));
    parts.push(chunk);
  }
  return ok(Buffer.concat(parts));
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

const tooLarge = (file: string): Problem =>
  problem('too-large', {
    rule: 'plan-input.file-too-large',
    message: text(`${visible(file)} is larger than 512 MiB`, `${visible(file)} が 512 MiB を超えています`),
    remedy: text('Check that this is a plan file.', 'プランファイルかどうか確認してください。'),
  });

function unreadable(file: string, code: string): Problem {
  const name = visible(file);
  const known: Readonly<Record<string, Text>> = {
    ENOENT: text(`${name} does not exist`, `${name} が見つかりません`),
    EISDIR: text(`${name} is a directory`, `${name} はディレクトリです`),
    EACCES: text(`${name} may not be read by this user`, `${name} を読み取る権限がありません`),
  };
  return problem(code === 'ENOENT' ? 'not-found' : 'bad-input', {
    rule: 'plan-input.unreadable-file',
    message: known[code] ?? text(`${name} cannot be read (${code})`, `${name} を読み取れません（${code}）`),
    remedy: text(
      'Give the file that terraform plan -out=FILE wrote, or - for standard input.',
      'terraform plan -out=FILE で書き出したファイル、または -（標準入力）を指定してください。',
    ),
  });
}
