import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { fileSource, suggest } from '#slo';
import { shopLog } from './shop-log.ts';

/*
 * node bench/slo-suggest.ts [LINES]: a gzip access log of a shop's page views to suggested SLOs, in lines a second of processor time: three
 * readings, gunzip included each time. Then as many lines of a scanner: a path, a client and a Referer of its own each. Exits 1 below 50,000
 * lines a second, where the screen is not found as it was made, or where twice the lines take much more memory.
 */

const LEAST_PER_SECOND = 50_000;
const MOST_GROWTH = 1.25;
const START_MS = Date.UTC(2026, 10, 2);
const DAY_MS = 86_400_000;

const numbers = () => {
  let state = 6;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 4;
  };
};

function* scanned(lines: number): Iterable<string> {
  const next = numbers();
  for (let index = 0; index < lines; index += 1) {
    const second = String(Math.floor(index / 100) % 60).padStart(2, '0');
    const client = `10.${index & 255}.${(index >> 8) & 255}.${(index >> 16) & 255}`;
    const word = `${next().toString(36)}x${index.toString(36)}`;
    yield `${client} - - [02/Nov/2026:${String(Math.floor(index / 360_000) % 24).padStart(2, '0')}:${String(Math.floor(index / 6000) % 60).padStart(2, '0')}:${second} +0000] "GET /${word}/${next() % 3 === 0 ? 'a' : word} HTTP/1.1" 200 12 "https://shop.example/${word}" "Firefox ${word}" 0.0${next() % 90}\n`;
  }
}

async function write(file: string, lines: Iterable<string>): Promise<void> {
  const gzip = createGzip();
  const written = once(gzip.pipe(createWriteStream(file)), 'finish');
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length < 1_000_000) continue;
    if (!gzip.write(block)) await once(gzip, 'drain');
    block = '';
  }
  gzip.end(block);
  await written;
}

interface Read {
  readonly perSecond: number;
  readonly memoryMiB: number;
  readonly screens: readonly { readonly requests: number; readonly views: number; readonly good: number }[];
}

/** In a process of its own, so that nothing else is in its memory. */
async function read(file: string): Promise<Read> {
  const before = process.cpuUsage();
  const { suggestion } = await suggest({
    ...{ sources: [fileSource(file)], patterns: [], service: 'shop' },
    ...{ dayOf: (ms: number) => Math.floor(ms / DAY_MS), dayWords: String },
  });
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: Math.round((suggestion.lines.lines * 1_000_000) / (user + system)),
    memoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    screens: suggestion.screens.map(({ days, screen }) => ({
      requests: screen.requests.length,
      views: [...days.values()].reduce((sum, { total }) => sum + total, 0),
      good: [...days.values()].reduce((sum, { good }) => sum + good, 0),
    })),
  };
}

function inChild(file: string): Read {
  const child = spawnSync(process.execPath, [import.meta.filename, '--read', file], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

async function measured(folder: string, name: string, lines: Iterable<string>): Promise<Read> {
  const file = join(folder, `${name}.log.gz`);
  await write(file, lines);
  const found = inChild(file);
  rmSync(file);
  return found;
}

const [mode, argument = ''] = process.argv.slice(2);
if (mode === '--read') console.log(JSON.stringify(await read(argument)));
else {
  const lines = Number(mode ?? 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-bench-'));
  try {
    const log = shopLog(lines, START_MS, numbers());
    const half = await measured(folder, 'half', shopLog(lines / 2, START_MS, numbers()).lines());
    const shop = await measured(folder, 'shop', log.lines());
    const halfScanned = await measured(folder, 'half-scanned', scanned(lines / 2));
    const scanner = await measured(folder, 'scanned', scanned(lines));
    // Page, price, stock, reviews and the files.
    const isFound = shop.screens.length === 1 && shop.screens[0]?.requests === 5;
    const isFlat =
      shop.memoryMiB <= half.memoryMiB * MOST_GROWTH &&
      scanner.memoryMiB <= halfScanned.memoryMiB * MOST_GROWTH;
    const isFast = shop.perSecond >= LEAST_PER_SECOND && scanner.perSecond >= LEAST_PER_SECOND;
    const isWhole = shop.screens[0]?.views === log.views;
    const ok = isFound && isWhole && isFlat && isFast;
    console.log(
      JSON.stringify({
        benchmark: 'slo-suggest',
        ok,
        lines,
        half,
        shop,
        views: log.views,
        halfScanned,
        scanner,
      }),
    );
    process.exitCode = ok ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
