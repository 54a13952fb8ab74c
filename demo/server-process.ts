import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { World } from './world.ts';

export const SEKISHO = join(import.meta.dirname, '../bin/sekisho');

/** A Sekisho server as a user runs it: `sekisho serve` in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** The server's log, JSON lines. */
  readonly logFile: string;
  readonly pid: number;
  /** SIGTERM, and waits until it has stopped everything it started. */
  stop(): Promise<void>;
  /** `kill -9`, for those who test what survives it. */
  kill(): Promise<void>;
}

export interface ServerOrder {
  readonly world: World;
  /** Configuration, database and log live here; kept between starts. */
  readonly directory: string;
  /** The address must stay the same between starts, because signed statements name it. */
  readonly port: number;
}

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** A server that was just started; what happens before it is ready is for those who kill it then. */
export interface LaunchedServer extends ServerProcess {
  /** Rejects, with the end of its log, when it ends before or takes too long. */
  ready(): Promise<void>;
}

/** Starts the server and waits until it is ready. */
export async function startServerProcess(order: ServerOrder): Promise<ServerProcess> {
  const server = await launchServerProcess(order);
  await server.ready();
  return server;
}

export async function launchServerProcess(order: ServerOrder): Promise<LaunchedServer> {
  const { world, directory, port } = order;
  // Not its number: passkeys belong to a name.
  const url = `http://localhost:${port}`;
  await mkdir(directory, { recursive: true });
  const config = join(directory, 'sekisho.yaml');
  await writeFile(config, world.sekishoYaml({ publicUrl: url, port }));
  const logFile = join(directory, 'server.log');
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(SEKISHO, ['serve', '--config', config], {
    env: { PATH: process.env.PATH, HOME: directory, ...world.serverEnvironment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const gone = once(child, 'exit');
  return {
    url,
    logFile,
    pid: child.pid ?? 0,
    ready: () => ready(child, url, logFile),
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function ready(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    try {
      if ((await fetch(`${url}/readyz`)).ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  child.kill('SIGKILL');
  const log = await readFile(logFile, 'utf8').catch(() => '');
  throw new Error(`The server did not start. Its log (${logFile}) ends with:\n${log.slice(-2_000)}`);
}

/** A free port of the loopback interface; `wanted` if it is free. */
export async function freePort(wanted = 0): Promise<number> {
  const probe = createServer();
  try {
    probe.listen(wanted, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    return typeof address === 'object' && address !== null ? address.port : wanted;
  } catch {
    return freePort();
  } finally {
    probe.close();
  }
}
