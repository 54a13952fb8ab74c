import { type Problem, type Result, text } from '#core-values';
import type { CliContext } from './context.ts';
import { type InputFile, readInputFile } from './input-file.ts';

/** More than any plan we have heard of; the decoder has limits of its own inside. */
const PLAN: InputFile = {
  mostMib: 512,
  whenTooLarge: text('Check that this is a plan file.', 'プランファイルかどうか確認してください。'),
  whenUnreadable: text(
    'Give the file that terraform plan -out=FILE wrote, or - for standard input.',
    'terraform plan -out=FILE で書き出したファイル、または -（標準入力）を指定してください。',
  ),
};

/** The bytes of a plan file or plan JSON, or of standard input for `-`. */
export const readPlanInput = (file: string, context: CliContext): Promise<Result<Uint8Array, Problem>> =>
  readInputFile(file, context, PLAN);
