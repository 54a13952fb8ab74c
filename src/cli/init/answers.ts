import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';

/** By the key of its question; nothing of it is secret. */
export type Answers = Readonly<Record<string, string>>;

/** In the output folder, so that a set-up can go on where it stopped, and be repeated when stacks are added. */
export const ANSWERS_FILE = '.sekisho-init.json';

const Kept = z.strictObject({ version: z.literal(1), answers: z.record(z.string(), z.string()) });

/** What was answered before; nothing where the file is not there. */
export async function readAnswers(file: string): Promise<Result<Answers, Problem>> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? ok({}) : err(badAnswers(file));
  }
  try {
    return ok(Kept.parse(JSON.parse(source)).answers);
  } catch {
    return err(badAnswers(file));
  }
}

/** Whole or not at all, whenever we are interrupted. */
export async function writeAnswers(file: string, answers: Answers): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(answers).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  await mkdir(dirname(file), { recursive: true });
  // What lies there may be a symbolic link of the repository's, to anywhere: it goes, and nothing is followed.
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, `${JSON.stringify({ version: 1, answers: sorted }, null, 2)}\n`, {
    flag: 'wx',
  });
  await rename(`${file}.new`, file);
}

const badAnswers = (file: string): Problem =>
  problem('bad-input', {
    rule: 'init.answers-unreadable',
    message: text(
      `${file} cannot be read, or does not hold answers of \`sekisho init\`.`,
      `${file} を読み取れないか、\`sekisho init\` の回答が入っていません。`,
    ),
    remedy: text('Remove it to begin anew.', '削除して最初からやり直してください。'),
    place: { file },
  });
