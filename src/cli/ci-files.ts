import { appendFile } from 'node:fs/promises';
import type { CliContext } from './context.ts';

/** GitHub takes 1 MiB of a step and drops all of it where it is more ("Workflow commands", adding a job summary). */
const MOST_SUMMARY_CHARACTERS = 250_000;

/** Adds Markdown to the job's summary page, cut where it is too long; where the CI has none, nothing is written. */
export async function appendSummary({ env }: Pick<CliContext, 'env'>, markdown: string): Promise<void> {
  if (env.GITHUB_STEP_SUMMARY) await appendFile(env.GITHUB_STEP_SUMMARY, `${fitting(markdown)}\n`);
}

/** Cut between lines; the last one stays, because it ends the fence that the first ones began. */
function fitting(markdown: string): string {
  if (markdown.length <= MOST_SUMMARY_CHARACTERS) return markdown;
  const lines = markdown.trimEnd().split('\n');
  let left = MOST_SUMMARY_CHARACTERS;
  const kept = lines.slice(0, -1).filter((line) => {
    left -= line.length + 1;
    return left > 0;
  });
  return `${[...kept, '…', lines.at(-1) ?? ''].join('\n')}\n\n… → log`;
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
