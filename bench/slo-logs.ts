import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { fileSource, makeSloReport, readDefinitionFolder, readLogs } from '#slo';
import { compileScreens, requestCounts, routeTable, screenViews, viewConfidence } from '#slo/core';
import { processorTimeMs } from './processor-time.ts';
import { ITEM_SCREEN, shopLog } from './shop-log.ts';

/*
 * node bench/slo-logs.ts [LINES]: gzip access logs (combined with the request time, and half as many lines of ALB) to counts per minute
 * and route with latencies, in lines a second of processor time, gunzip included; beside it goaccess (if it is installed) on the same
 * files. goaccess counts more (visitors, browsers, referrers), and no latencies by route. `screens`: a log of page views, two lines in three
 * of them of a screen, put together by Referer and judged. `report`: all that `sekisho slo report` does with the same log and the
 * definitions of slo-report.yaml (a screen, and two SLOs that count requests), the verdicts included. Exits 1 below 250,000/s, where memory
 * grew with the file, where the two count differently, or where not all views are counted as they were made.
 */

const LEAST_PER_SECOND = 250_000;
/** Memory of the second half of the file above that of the first. */
const MOST_GROWTH = 1.15;
const START_MS = Date.UTC(2026, 10, 2, 0, 0, 0);
const KINDS = ['combined', 'alb'] as const;

type Kind = (typeof KINDS)[number];

const AGENTS = Array.from(
  { length: 40 },
  (_, index) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + index}.0.0.0 Safari/537.36`,
);
const PATHS: readonly ((random: number) => string)[] = [
  () => '/',
  (random) => `/items/${random % 200_000}`,
  (random) => `/items/${random % 200_000}/reviews?page=${random % 9}`,
  (random) => `/api/cart/${(random % 900_000).toString(16).padStart(8, '0')}-4f89-11d3-9a0c-0305e82c3301`,
  (random) => `/assets/app.${((random % 40) + 0x3f2a9c10).toString(16)}.js`,
  (random) => `/search?q=word${random % 5000}`,
  () => '/api/session',
  (random) => `/users/user${random % 3000}%40example.com/orders`,
];
const GOACCESS: Readonly<Record<Kind, readonly string[]>> = {
  combined: [
    '--log-format=%h %^[%d:%t %^] "%r" %s %b "%R" "%u" %T',
    '--date-format=%d/%b/%Y',
    '--time-format=%T',
  ],
  alb: ['--log-format=AWSALB'],
};

/** Numbers that look random and are the same in every run (Numerical Recipes' linear congruence). */
function numbers(): () => number {
  let state = 6;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 4;
  };
}

function lineOf(kind: Kind, index: number, next: () => number): string {
  const began = new Date(START_MS + index * 12).toISOString();
  const visitor = next() % 50_000;
  const client = `203.0.${Math.floor(visitor / 250)}.${visitor % 250}`;
  const path = PATHS[next() % PATHS.length]?.(next()) ?? '/';
  const status = next() % 200 === 0 ? 503 : next() % 30 === 0 ? 404 : 200;
  const agent = AGENTS[visitor % AGENTS.length] ?? '';
  const seconds = (next() % 1500) / 1000;
  if (kind === 'combined') {
    const time = `02/Nov/2026:${began.slice(11, 19)} +0000`.replace('02', began.slice(8, 10));
    const referer = `https://shop.example/items/${next() % 2000}`;
    return `${client} - - [${time}] "GET ${path} HTTP/1.1" ${status} ${next() % 50_000} "${referer}" "${agent}" ${seconds.toFixed(3)}\n`;
  }
  const trace = `Root=1-${(0x6907_0000 + (index >> 6)).toString(16)}-${next().toString(16).padStart(24, '0')}`;
  const group = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067';
  return `https ${began.slice(0, -1)}000Z app/shop/50dc6c495c0c9188 ${client}:${20_000 + (next() % 40_000)} 10.0.0.${next() % 9}:80 0.000 ${seconds.toFixed(3)} 0.000 ${status} ${status} ${next() % 900} ${next() % 50_000} "GET https://shop.example:443${path} HTTP/2.0" "${agent}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ${group} "${trace}" "shop.example" "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" 1 ${began.slice(0, -1)}000Z "forward" "-" "-" "10.0.0.1:80" "${status}" "-" "-"\n`;
}

function* linesOf(kind: Kind, lines: number): Iterable<string> {
  const next = numbers();
  for (let index = 0; index < lines; index += 1) yield lineOf(kind, index, next);
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

/** What reading cost. */
interface Cost {
  readonly lines: number;
  readonly processorMs: number;
  readonly wallMs: number;
  readonly memoryMiB: number;
  readonly growth: number;
}

interface Reading extends Cost {
  readonly failed: number;
  readonly routes: number;
  readonly minutes: number;
}

interface ScreenReading extends Cost {
  readonly views: number;
  readonly good: number;
}

type Consume = Parameters<typeof readLogs>[1]['consume'];

/** In a process of its own, so that nothing else is in its memory. */
async function metered<T>(
  file: string,
  routes: ReturnType<typeof routeTable>,
  consume: Consume,
  result: () => T,
): Promise<T & Cost> {
  const before = process.cpuUsage();
  const start = performance.now();
  // Now and then; the most of each half is compared.
  const memory: number[] = [];
  let batches = 0;
  const [report] = await readLogs([fileSource(file)], {
    routes,
    consume: (batch, source) => {
      consume(batch, source);
      batches += 1;
      if (batches % 16 === 1) memory.push(process.memoryUsage.rss());
    },
  });
  const found = result();
  const { user, system } = process.cpuUsage(before);
  const middle = Math.floor(memory.length / 2);
  return {
    ...found,
    lines: report?.counts.requests ?? 0,
    processorMs: (user + system) / 1000,
    wallMs: performance.now() - start,
    memoryMiB: Math.round(Math.max(...memory) / 2 ** 20),
    growth: Math.max(...memory.slice(middle)) / Math.max(...memory.slice(0, middle)),
  };
}

async function read(file: string): Promise<Reading> {
  const routes = routeTable();
  const counts = requestCounts();
  return metered(file, routes, counts.add, () => {
    const rows = counts.rows();
    return {
      failed: rows.reduce((sum, { failed }) => sum + failed, 0),
      routes: routes.size(),
      minutes: new Set(rows.map(({ minute }) => minute)).size,
    };
  });
}

async function readScreens(file: string): Promise<ScreenReading> {
  const routes = routeTable();
  const compiled = compileScreens([ITEM_SCREEN]);
  if (!compiled.ok) throw new Error(compiled.error.reasons[0].message.en);
  const views = screenViews(compiled.value, routes);
  return metered(file, routes, views.add, () => {
    views.finish();
    const minutes = views.minutes();
    return {
      views: viewConfidence(minutes).views,
      good: minutes.reduce((sum, { good }) => sum + good, 0),
    };
  });
}

/** The report itself, as the command makes it. */
async function readReport(file: string): Promise<ScreenReading> {
  const read = await readDefinitionFolder(join(import.meta.dirname, 'slo-report.yaml'));
  if (!read.ok) throw new Error(read.error.reasons[0].message.en);
  const before = process.cpuUsage();
  const start = performance.now();
  const memory: number[] = [];
  const { report } = await makeSloReport({
    ...{ definitions: read.value.definitions, sources: [fileSource(file)], language: 'en' },
    nowMs: START_MS + 30 * 86_400_000,
    progress: () => memory.push(process.memoryUsage.rss()),
  });
  const { user, system } = process.cpuUsage(before);
  const middle = Math.floor(memory.length / 2);
  return {
    views: report.screens[0]?.views ?? 0,
    good: report.screens[0]?.good ?? 0,
    lines: report.slos.find(({ name }) => name === 'everything')?.objectives[0]?.sli.total ?? 0,
    processorMs: (user + system) / 1000,
    wallMs: performance.now() - start,
    memoryMiB: Math.round(Math.max(...memory) / 2 ** 20),
    growth: Math.max(...memory.slice(middle)) / Math.max(...memory.slice(0, middle)),
  };
}

interface Other {
  readonly lines: number;
  readonly failed: number;
  readonly perSecond: number;
}

/** goaccess on the same file, unpacked by zcat, its processor time included as ours is. */
function goaccess(kind: Kind, file: string, folder: string): Other | undefined {
  if (spawnSync('goaccess', ['--version']).status !== 0) return undefined;
  const output = join(folder, `${kind}.json`);
  const before = processorTimeMs(process.pid) - ownMs();
  const words = ['-', '--no-global-config', '--no-progress', ...GOACCESS[kind], '-o', output];
  const { status, stderr } = spawnSync('sh', ['-c', 'zcat "$0" | goaccess "$@"', file, ...words], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`goaccess failed: ${stderr}`);
  const processorMs = processorTimeMs(process.pid) - ownMs() - before;
  const found = JSON.parse(readFileSync(output, 'utf8'));
  const failed = found.status_codes.data.find(({ data }: { readonly data: string }) => data.startsWith('5'));
  const lines = found.general.valid_requests;
  return { lines, failed: failed?.hits.count ?? 0, perSecond: Math.round((lines * 1000) / processorMs) };
}

function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function inChild<T>(what: string, file: string): T {
  const child = spawnSync(process.execPath, [import.meta.filename, what, file], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

async function measure(kind: Kind, lines: number, folder: string): Promise<{ readonly ok: boolean }> {
  const file = join(folder, `${kind}.log.gz`);
  await write(file, linesOf(kind, lines));
  const own = inChild<Reading>('--read', file);
  const other = goaccess(kind, file, folder);
  const perSecond = Math.round((own.lines * 1000) / own.processorMs);
  const same = other === undefined || (other.lines === own.lines && other.failed === own.failed);
  const figures = {
    ok: perSecond >= LEAST_PER_SECOND && own.lines === lines && own.growth <= MOST_GROWTH && same,
    perSecond,
    ...own,
    fileMiB: Math.round(statSync(file).size / 2 ** 20),
    goaccess: other ?? 'not installed',
  };
  return figures;
}

async function measureScreens(lines: number, folder: string) {
  const file = join(folder, 'shop.log.gz');
  const log = shopLog(lines, START_MS, numbers());
  await write(file, log.lines());
  const figuresOf = (own: ScreenReading) => {
    const perSecond = Math.round((own.lines * 1000) / own.processorMs);
    const same = own.views === log.views && own.good === log.good();
    const ok = perSecond >= LEAST_PER_SECOND && own.growth <= MOST_GROWTH && same;
    return { ok, perSecond, ...own };
  };
  const screens = figuresOf(inChild<ScreenReading>('--read-screens', file));
  const report = figuresOf(inChild<ScreenReading>('--read-report', file));
  return { screens, report: { ...report, goaccess: goaccess('combined', file, folder) ?? 'not installed' } };
}

const [mode, argument = ''] = process.argv.slice(2);
if (mode === '--read') console.log(JSON.stringify(await read(argument)));
else if (mode === '--read-screens') console.log(JSON.stringify(await readScreens(argument)));
else if (mode === '--read-report') console.log(JSON.stringify(await readReport(argument)));
else {
  const lines = Number(mode ?? 2_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-bench-'));
  try {
    const combined = await measure('combined', lines, folder);
    const alb = await measure('alb', lines / 2, folder);
    const { screens, report } = await measureScreens(lines, folder);
    const ok = combined.ok && alb.ok && screens.ok && report.ok;
    console.log(
      JSON.stringify({ benchmark: 'slo-logs', ok, least: LEAST_PER_SECOND, combined, alb, screens, report }),
    );
    process.exitCode = ok ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
