import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface ServerInBench {
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

interface Order {
  /** Where it answers. */
  readonly url: string;
  /** Holds its sekisho.yaml. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A minute: other work may go on beside it. */
const MOST_ATTEMPTS = 600;

/** `sekisho serve` as it is started anywhere, in a process of its own. */
export async function serve({ url, directory, environment }: Order): Promise<ServerInBench> {
  const program = join(import.meta.dirname, '..', 'src', 'main', 'cli.ts');
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'serve'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  const stop = (): Promise<void> => ended(server);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.ok) return { pid: server.pid, stop };
    if (server.exitCode !== null) break;
    await delay(100);
  }
  await stop();
  throw new Error('The server did not start.');
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await exit;
}
