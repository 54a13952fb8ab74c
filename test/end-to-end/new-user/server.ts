import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 100;

/** Runs the line that starts a server until it is ready. */
export async function serve(
  line: string,
  url: string,
  { directory, env }: { readonly directory: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ stop(): Promise<void> }> {
  const logFile = join(directory, 'server.log');
  const log = createWriteStream(logFile);
  const child = spawn('bash', ['-c', `exec ${line}`], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const gone = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
  };
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok === true) return { stop };
    await delay(LOOK_EVERY_MS);
  }
  child.kill('SIGKILL');
  throw new Error(`The server did not start:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`);
}
