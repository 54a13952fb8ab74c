import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { err, ok, type Problem, type Result } from '#core-values';
import { directoryInUse, directoryUnusable } from './problems.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

const SQLITE_BUSY = 5;

const isBusy = (cause: unknown): boolean =>
  cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY;

/**
 * Takes the directory for this process until released or until the process dies, however it dies: the
 * lock is the kernel's (Node has no flock, but its SQLite takes a file lock), so it is never stale and
 * needs no guess whether a written-down pid still means the same process.
 */
export async function lockDirectory(directory: string): Promise<Result<DirectoryLock, Problem>> {
  const holderFile = join(directory, 'lock-holder');
  try {
    const lock = new DatabaseSync(join(directory, 'lock'), { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      lock.close();
      if (isBusy(cause)) return err(directoryInUse(directory, await holderOf(holderFile)));
      throw cause;
    }
    await writeFile(holderFile, `${process.pid} ${hostname()}\n`, { mode: 0o600 });
    return ok({
      release: async () => {
        await rm(holderFile, { force: true });
        lock.close();
      },
    });
  } catch (cause) {
    return err(directoryUnusable(directory, cause instanceof Error ? cause.message : String(cause)));
  }
}

async function holderOf(file: string): Promise<string> {
  // The holder writes its name right after it got the lock: give it that moment.
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const [pid, host] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
    if (pid !== undefined && /^[0-9]+$/.test(pid))
      return host === hostname() || host === undefined ? `pid ${pid}` : `pid ${pid} on ${host}`;
    await delay(50);
  }
  return 'pid unknown';
}
