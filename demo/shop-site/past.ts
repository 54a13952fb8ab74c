import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonLine } from './access-log.ts';
import { type History, simulatedHistory } from './history.ts';

const MINUTE_MS = 60_000;
const EVERY_MS = 10_000;
const OUTAGE_MS = 30 * MINUTE_MS;

/** The shop's own access log, as a web server beside Sekisho would write it: its past is simulated. */
export interface PastOfShop {
  readonly directory: string;
  /** Eight hours in which nothing was wrong but a search here and there. */
  writeGoodHours(): Promise<void>;
  /** Another half an hour up to now, in which no checkout came to its end. */
  writeOutage(): Promise<Outage>;
}

export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

export function pastOfShop(directory: string, now: () => number = Date.now): PastOfShop {
  const file = join(directory, 'access.log');
  const write = async (history: Omit<History, 'everyMs'>): Promise<void> => {
    const lines = simulatedHistory({ ...history, everyMs: EVERY_MS });
    await mkdir(directory, { recursive: true });
    await appendFile(file, lines.map((line) => `${jsonLine(line)}\n`).join(''));
  };
  return {
    directory,
    writeGoodHours: () =>
      write({
        fromMs: now() - 8 * 60 * MINUTE_MS,
        toMs: now() - OUTAGE_MS - MINUTE_MS,
        faultsOf: (screen, _, number) =>
          screen === 'search' && number % 801 === 1 ? { results: 'error' } : {},
      }),
    writeOutage: async () => {
      const outage = { fromMs: now() - OUTAGE_MS, toMs: now() - 5_000 };
      await write({ ...outage, faultsOf: (screen) => (screen === 'checkout' ? { shipping: 'error' } : {}) });
      return outage;
    },
  };
}
