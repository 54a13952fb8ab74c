import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { startEmbeddedPostgres } from './embedded.ts';

// For tests and benchmarks: a process that writes to its embedded PostgreSQL, to be killed.

const WRITER = fileURLToPath(new URL('./crash-testing-writer.ts', import.meta.url));

export interface Writer {
  readonly child: ChildProcess;
  readonly started: Promise<void>;
  /** Every number whose commit the writer was told of, so far. */
  readonly acknowledged: ReadonlySet<number>;
  /** Resolves once there are this many. */
  acknowledges(count: number): Promise<void>;
}

export function startWriter(directory: string, firstNumber: number): Writer {
  const child = spawn(process.execPath, [WRITER, directory, String(firstNumber)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = Promise.withResolvers<void>();
  const acknowledged = new Set<number>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'started') started.resolve();
    else acknowledged.add(Number(line));
    for (const { count, resolve } of waiting) if (acknowledged.size >= count) resolve();
  });
  child.once('close', () => started.reject(new Error('the writer ended before it had started')));
  started.promise.catch(() => undefined);
  return {
    child,
    started: started.promise,
    acknowledged,
    acknowledges: (count) =>
      acknowledged.size >= count
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.push({ count, resolve })),
  };
}

/** Kills the process with SIGKILL and waits until its output has been read to the end. */
export async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** The pid of the server itself, from its own file. */
export async function postmasterPid(dataDirectory: string): Promise<number> {
  return Number((await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

/**
 * Kills a writer this many times: while it writes, and every fourth time at a random moment of its
 * start. Answers how many commits were acknowledged, and those of them that a later start did not find.
 */
export async function killWriters(
  directory: string,
  rounds: number,
): Promise<{ readonly acknowledged: number; readonly lost: readonly number[] }> {
  const acknowledged = new Set<number>();
  let first = 0;
  for (let round = 0; round < rounds; round += 1, first += 1_000_000) {
    const writer = startWriter(directory, first);
    if (round % 4 === 3) await delay(randomInt(600));
    else {
      await writer.acknowledges(50);
      await delay(randomInt(20));
    }
    await kill(writer.child);
    for (const number of writer.acknowledged) acknowledged.add(number);
  }
  const found = await numbersIn(directory);
  return { acknowledged: acknowledged.size, lost: [...acknowledged].filter((number) => !found.has(number)) };
}

async function numbersIn(directory: string): Promise<ReadonlySet<number>> {
  const server = await startEmbeddedPostgres({ directory });
  if (!server.ok) throw new Error(server.error.reasons[0].message.en);
  const client = new Client({ connectionString: server.value.url });
  await client.connect();
  const { rows } = await client.query<{ number: string }>('SELECT number FROM written');
  await client.end();
  await server.value.stop();
  return new Set(rows.map(({ number }) => Number(number)));
}
