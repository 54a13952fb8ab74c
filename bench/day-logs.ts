import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';

/*
 * Weeks of a shop's access log, a file for a day: an hour of lines is made once for each kind of hour, and written again with the
 * hour's time in its place, so that a hundred million lines take minutes.
 */

/** How the requests of a view did: milliseconds, below 0 where it failed. */
export type ViewTimes = readonly number[];

export interface Hour {
  readonly views: readonly ViewTimes[];
}

const PATHS: readonly ((view: number) => string)[] = [
  (view) => `/items/${view}`,
  () => '/assets/app.3f2a9c1b.js',
  () => '/assets/shop.51c0de77.css',
  (view) => `/api/price/${view}`,
  (view) => `/api/stock/${view}?warehouse=3`,
  (view) => `/items/${view}/reviews?page=1`,
];
/** Of the document, price, stock and reviews. */
export const JUDGED = [0, 3, 4, 5];
const AFTER_MS = [0, 120, 120, 300, 310, 320];
export const LINES_OF_VIEW = PATHS.length;
/** The last second of an hour has no views, so that none is in two hours. */
const USED_MS = 3_598_000;
const FIRST_DAY = 2;
const AGENTS = Array.from(
  { length: 40 },
  (_, index) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + index}.0.0.0 Safari/537.36`,
);

interface Template {
  readonly bytes: Buffer;
  /** Where the day and the hour stand. */
  readonly days: Int32Array;
}

function templateOf({ views }: Hour, next: () => number): Template {
  const lines = views.flatMap((times, view) => {
    const openedMs = Math.floor((view * USED_MS) / views.length);
    const client = `203.0.${Math.floor((view % 50_000) / 250)}.${view % 250}`;
    return PATHS.map((path, part) => {
      const judged = JUDGED.indexOf(part);
      const told = judged < 0 ? 20 : (times[judged] ?? 0);
      const endMs = openedMs + (AFTER_MS[part] ?? 0) + Math.abs(told);
      const referer = part === 0 ? 'https://www.google.com/' : `https://shop.example/items/${view}`;
      const clock = new Date(endMs).toISOString().slice(14, 19);
      const seconds = (Math.abs(told) / 1000).toFixed(3);
      const rest = `${clock} +0000] "GET ${path(view)} HTTP/1.1" ${told < 0 ? 503 : 200} ${next() % 50_000} "${referer}" "${AGENTS[view % AGENTS.length]}" ${seconds}\n`;
      return { endMs, before: `${client} - - [`, rest };
    });
  });
  lines.sort((a, b) => a.endMs - b.endMs);
  const days = new Int32Array(lines.length);
  let length = 0;
  const words = lines.map(({ before, rest }, index) => {
    days[index] = length + before.length;
    const line = `${before}DD/Nov/2026:HH:${rest}`;
    length += line.length;
    return line;
  });
  return { bytes: Buffer.from(words.join(''), 'latin1'), days };
}

const HOUR_BEHIND_DAY = 'DD/Nov/2026:'.length;

/** Files from 2 November on; `kindOf` tells which of the hours each hour is. */
export async function writeDays(
  folder: string,
  days: number,
  hours: readonly Hour[],
  kindOf: (day: number, hour: number) => number,
  next: () => number,
): Promise<readonly string[]> {
  const templates = hours.map((hour) => templateOf(hour, next));
  const files: string[] = [];
  for (let day = 0; day < days; day += 1) {
    const file = join(folder, `access-${String(day).padStart(2, '0')}.log.gz`);
    const gzip = createGzip({ level: 1 });
    const written = once(gzip.pipe(createWriteStream(file)), 'finish');
    for (let hour = 0; hour < 24; hour += 1) {
      const template = templates[kindOf(day, hour)];
      if (template === undefined) throw new Error('There is no such hour');
      const bytes = Buffer.from(template.bytes);
      for (const at of template.days) {
        put(bytes, at, FIRST_DAY + day);
        put(bytes, at + HOUR_BEHIND_DAY, hour);
      }
      if (!gzip.write(bytes)) await once(gzip, 'drain');
    }
    gzip.end();
    await written;
    files.push(file);
  }
  return files;
}

function put(bytes: Buffer, at: number, value: number): void {
  bytes[at] = 0x30 + Math.floor(value / 10);
  bytes[at + 1] = 0x30 + (value % 10);
}
