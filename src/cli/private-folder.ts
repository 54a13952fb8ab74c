import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliContext } from './context.ts';

/**
 * A folder for its owner alone (mode 0700), for what holds secrets in clear: plan files, states. It is gone when the work ends
 * and when the process exits, whatever made it; for signals `hearingSignals` must make it exit.
 */
export async function inPrivateFolder<T>(
  { env }: Pick<CliContext, 'env'>,
  name: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  // Not awaited, so that no signal finds the folder made and nobody to remove it.
  const folder = mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), `sekisho-${name}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off('exit', remove);
  }
}
