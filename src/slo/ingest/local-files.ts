import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { logFiles } from '../logs/files.ts';
import type { LogObject } from './log-object.ts';

const READ_AT_ONCE = 256 * 1024;

/** What was not written to for so long is no copy that is being made. */
const STILL_MS = 60_000;

/** Files that patterns name: files, folders, globs. What vanishes meanwhile is left out; a file may grow, so it is never final. */
export async function* localLogs(patterns: readonly string[], nowMs: number): AsyncGenerator<LogObject> {
  for (const pattern of patterns) {
    const files = await logFiles([pattern]);
    for (const file of files.ok ? files.value : []) {
      const found = await stat(file, { bigint: true }).catch(() => undefined);
      if (found === undefined) continue;
      yield {
        place: file,
        version: `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`,
        isFinal: false,
        isStill: nowMs - Number(found.mtimeMs) >= STILL_MS,
        open: () => createReadStream(file, { highWaterMark: READ_AT_ONCE }),
      };
    }
  }
}
