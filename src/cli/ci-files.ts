import { appendFile } from 'node:fs/promises';
import type { CliContext } from './context.ts';

/** Adds Markdown to the job's summary page; where the CI has none, nothing is written. */
export async function appendSummary({ env }: Pick<CliContext, 'env'>, markdown: string): Promise<void> {
  if (env.GITHUB_STEP_SUMMARY) await appendFile(env.GITHUB_STEP_SUMMARY, `${markdown}\n`);
}

/** Sets outputs for later steps and jobs. Names and values are our own ids and words: one line each. */
export async function setOutputs(
  { env }: Pick<CliContext, 'env'>,
  outputs: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(outputs).map(
    ([name, value]) => `${name}=${value.replaceAll(/[\r\n]/g, ' ')}\n`,
  );
  if (env.GITHUB_OUTPUT) await appendFile(env.GITHUB_OUTPUT, lines.join(''));
}
