import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import { visible } from '#plan';
import type { CliContext } from './context.ts';

/** What is expected of a file that a person names. */
export interface InputFile {
  readonly mostMib: number;
  /** What to do when it is too large. */
  readonly whenTooLarge: Text;
  /** Which file to give, when there is none to read. */
  readonly whenUnreadable: Text;
}

/** The bytes of a file, or of standard input for `-`. `not-found`, `bad-input` or `too-large`, with the file's name. */
export async function readInputFile(
  file: string,
  context: CliContext,
  expected: InputFile,
): Promise<Result<Uint8Array, Problem>> {
  try {
    if (file === '-') return await collect(createReadStream('', { fd: 0, autoClose: false }), file, expected);
    const handle = await open(resolve(context.cwd, file));
    try {
      const facts = await handle.stat();
      if (facts.isDirectory()) return err(unreadable(file, 'EISDIR', expected));
      return facts.size > bytesOf(expected)
        ? err(tooLarge(file, expected))
        : await collect(handle.createReadStream({ autoClose: false }), file, expected);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return err(unreadable(file, codeOf(error), expected));
  }
}

/** Pipes and devices tell no size beforehand, so it is counted while reading. */
async function collect(
  chunks: AsyncIterable<Buffer>,
  file: string,
  expected: InputFile,
): Promise<Result<Uint8Array, Problem>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > bytesOf(expected)) return err(tooLarge(file, expected));
    parts.push(chunk);
  }
  return ok(Buffer.concat(parts));
}

const bytesOf = ({ mostMib }: InputFile): number => mostMib * 1024 * 1024;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

const tooLarge = (file: string, { mostMib, whenTooLarge }: InputFile): Problem =>
  problem('too-large', {
    rule: 'input.too-large',
    message: text(
      `${visible(file)} is larger than ${mostMib} MiB`,
      `${visible(file)} が ${mostMib} MiB を超えています`,
    ),
    remedy: whenTooLarge,
  });

function unreadable(file: string, code: string, { whenUnreadable }: InputFile): Problem {
  const name = visible(file);
  const known: Readonly<Record<string, Text>> = {
    ENOENT: text(`${name} does not exist`, `${name} が見つかりません`),
    EISDIR: text(`${name} is a directory`, `${name} はディレクトリです`),
    EACCES: text(`${name} may not be read by this user`, `${name} を読み取る権限がありません`),
  };
  return problem(code === 'ENOENT' ? 'not-found' : 'bad-input', {
    rule: 'input.unreadable',
    message: known[code] ?? text(`${name} cannot be read (${code})`, `${name} を読み取れません（${code}）`),
    remedy: whenUnreadable,
  });
}
