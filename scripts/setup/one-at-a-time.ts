import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

const SQLITE_BUSY = 5;
const POLL_MS = 100;
const MOST_WAIT_MS = 600_000;

/**
 * Does a work while no other process does one with this file, and waits for those that do. The lock is the kernel's (Node has no flock, but
 * its SQLite takes a file lock): a process that dies, however it dies, lets go of it.
 */
export async function oneAtATime<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    const untilMs = performance.now() + MOST_WAIT_MS;
    while (!taken(lock)) {
      if (performance.now() > untilMs) throw new Error(`Another process has held ${file} for ten minutes.`);
      await delay(POLL_MS);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function taken(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY) return false;
    throw cause;
  }
}
