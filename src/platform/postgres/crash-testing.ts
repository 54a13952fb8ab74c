import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// For tests and benchmarks: a process that writes to its embedded PostgreSQL, to be killed.

const WRITER = fileURLToPath(new URL('./crash-testing-writer.ts', import.meta.url));

export interface Writer {
  readonly child: ChildProcess;
  /** What the database held when the writer had started. */
  readonly found: Promise<ReadonlySet<number>>;
  /** Every number whose commit the writer was told of, so far. */
  readonly acknowledged: ReadonlySet<number>;
  /** Resolves once there are this many. */
  acknowledges(count: number): Promise<void>;
}

export function startWriter(directory: string, firstNumber: number): Writer {
  const child = spawn(process.execPath, [WRITER, directory, String(firstNumber)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const found = Promise.withResolvers<ReadonlySet<number>>();
  const acknowledged = new Set<number>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('found'))
      found.resolve(new Set(line.split(' ').slice(1).filter(Boolean).map(Number)));
    else acknowledged.add(Number(line));
    for (const { count, resolve } of waiting) if (acknowledged.size >= count) resolve();
  });
  child.once('close', () => found.reject(new Error('the writer ended before it had started')));
  found.promise.catch(() => undefined);
  return {
    child,
    found: found.promise,
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
  const last = startWriter(directory, first);
  const found = await last.found;
  await kill(last.child);
  return { acknowledged: acknowledged.size, lost: [...acknowledged].filter((number) => !found.has(number)) };
}
