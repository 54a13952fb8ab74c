import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { CliContext } from './context.ts';

/** Far more than all layers of a request together: the quotas of AWS sum up to some hundred kilobytes. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The text of a file, or of standard input for `-`. */
export async function readIamFile(file: string, context: CliContext): Promise<Result<string, Problem>> {
  const stream =
    file === '-'
      ? createReadStream('', { fd: 0, autoClose: false })
      : createReadStream(resolve(context.cwd, file));
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > MAX_BYTES) return err(refused(file, 'too-large', TOO_LARGE));
      chunks.push(chunk);
    }
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (error) {
    return err(refused(file, 'unreadable', error instanceof TypeError ? NOT_UTF8 : UNREADABLE));
  }
}

const refused = (file: string, rule: string, { message, remedy }: typeof TOO_LARGE): Problem =>
  problem('bad-input', { rule: `iam.file-${rule}`, message, remedy, place: { file } });

const TOO_LARGE = {
  message: text('The file is larger than 8 MiB.', 'ファイルが 8 MiB を超えています。'),
  remedy: text(
    'Give one request or one policy a file.',
    '1 ファイルには 1 つのリクエストまたはポリシーだけを書いてください。',
  ),
};
const NOT_UTF8 = {
  message: text('The file is not UTF-8.', 'ファイルが UTF-8 ではありません。'),
  remedy: text('Save it as UTF-8.', 'UTF-8 で保存してください。'),
};
const UNREADABLE = {
  message: text('The file cannot be read.', 'ファイルを読み取れません。'),
  remedy: text('Check the path and its permissions.', 'パスと読み取り権限を確認してください。'),
};
