import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { CliContext } from './context.ts';
import { type InputFile, readInputFile } from './input-file.ts';

/** Far more than all layers of a request together: the quotas of AWS sum up to some hundred kilobytes. */
const DOCUMENT: InputFile = {
  mostMib: 8,
  whenTooLarge: text(
    'Give one request or one policy a file.',
    '1 ファイルには 1 つのリクエストまたはポリシーだけを書いてください。',
  ),
  whenUnreadable: text(
    'Give a JSON file with the request or the policy, or - for standard input.',
    'リクエストまたはポリシーの JSON ファイル、または -（標準入力）を指定してください。',
  ),
};

/** The text of a file, or of standard input for `-`. */
export async function readIamFile(file: string, context: CliContext): Promise<Result<string, Problem>> {
  const bytes = await readInputFile(file, context, DOCUMENT);
  if (!bytes.ok) return bytes;
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value));
  } catch {
    return err(problem('bad-input', { ...NOT_UTF8, place: { file } }));
  }
}

const NOT_UTF8 = {
  rule: 'input.not-utf8',
  message: text('The file is not UTF-8.', 'ファイルが UTF-8 ではありません。'),
  remedy: text('Save it as UTF-8.', 'UTF-8 で保存してください。'),
};
