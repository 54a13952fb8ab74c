import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { findChromium, HOW_TO_GET_CHROMIUM } from '../scripts/setup/chromium.ts';
import { processorTimeMs } from './processor-time.ts';

const WATCH = join(import.meta.dirname, 'page-watch.js');
/** What somebody turns by a finger in a sixtieth of a second when they are in a hurry. */
const WHEEL_PIXELS = 1_200;
const FRAME_MS = 16;
/** As a key repeats that is held down. */
const KEY_REPEAT_MS = 33;
const ARROWS = 150;
const MOST_WAIT_MS = 60_000;
const POLL_MS = 20;

/** The state of a browser where somebody is signed in. */
export type SignedIn = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;

interface Tasks {
  /** Over 50 ms. */
  readonly count: number;
  readonly longestMs: number;
  /** Processor time of the longest task: what else the machine does is not in it. */
  readonly longestProcessorMs: number;
  readonly tookMs: number;
}

export interface PageFigures {
  /** From the click on a link to the paint of what the reader came for. */
  readonly contentMs: number;
  /** Of the page's main thread until then; scripts are part of it. */
  readonly mainThreadMs: number;
  readonly scriptMs: number;
  /** Of all processes of the browser until then. */
  readonly browserMs: number;
  /** Of the server until then. */
  readonly serverMs: number;
  readonly longestLoadTaskMs: number;
  readonly bytes: { readonly scripts: number; readonly loaded: number; readonly answers: number };
  readonly wheel: Tasks;
  readonly pages: Tasks;
  /** Only of pages with rows. */
  readonly arrows?: Tasks;
  /** Megabytes after everything was scrolled through: of its scripts, and of the tab's process. */
  readonly heapMb: number;
  readonly tabMb: number;
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error(`No Chromium was found. ${HOW_TO_GET_CHROMIUM.en}`);
  // Containers run as root, where Chromium's own sandbox cannot.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

interface Seat {
  readonly browser: Browser;
  readonly page: Page;
  readonly cdp: CDPSession;
}

interface Visit {
  readonly url: string;
  readonly signedIn?: SignedIn;
  /** All of them stand on the page when its content is there. */
  readonly content: readonly string[];
  /** The process that answers, whose processor time is told. */
  readonly server?: number;
  /** What arrows move through. */
  readonly row?: string;
}

/** A page in a browser that has nothing in its cache: until its content stands there, then all through it, by wheel and by keys. */
export async function visitPage(browser: Browser, visit: Visit): Promise<PageFigures> {
  const context = await browser.newContext({
    ...{ viewport: { width: 1440, height: 900 }, locale: 'en-US' },
    ...(visit.signedIn === undefined ? {} : { storageState: visit.signedIn }),
  });
  try {
    await context.addInitScript({
      content: `${readFileSync(WATCH, 'utf8')}\nbenchWatch.until(${JSON.stringify(visit.content)});`,
    });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const browserBefore = await processorMsOf(browser);
    const serverBefore = processorTimeMs(visit.server ?? 0);
    await page.goto(visit.url, { waitUntil: 'commit' });
    await contentOf(cdp, visit);
    const figures = await loadFigures(cdp);
    const browserMs = (await processorMsOf(browser)) - browserBefore;
    const serverMs = processorTimeMs(visit.server ?? 0) - serverBefore;
    await page.waitForLoadState('load');
    // What comes after the content, like the stream of events, is no part of scrolling.
    await delay(500);
    const seat = { browser, page, cdp };
    const wheel = await tasksOf(seat, () => throughByWheel(seat));
    const pages = await tasksOf(seat, () => throughByPageDown(seat));
    const arrows =
      visit.row === undefined ? {} : { arrows: await tasksOf(seat, arrowsDown(seat, visit.row)) };
    await cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    return {
      ...figures,
      browserMs,
      serverMs,
      wheel,
      pages,
      ...arrows,
      heapMb: usedSize / 1e6,
      tabMb: await tabMb(browser),
    };
  } finally {
    await context.close();
  }
}

/** Not by `page.evaluate`, which our content security policy refuses words. */
async function ask<T>(cdp: CDPSession, expression: string): Promise<T> {
  const { result } = await cdp.send('Runtime.evaluate', { expression, returnByValue: true });
  return result.value;
}

async function contentOf(cdp: CDPSession, { url, content }: Visit): Promise<void> {
  const untilMs = performance.now() + MOST_WAIT_MS;
  while (!(await ask(cdp, 'benchWatch.contentMs > 0'))) {
    if (performance.now() > untilMs) throw new Error(`${url} never showed ${content}`);
    await delay(POLL_MS);
  }
}

async function loadFigures(cdp: CDPSession) {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const metric = (name: string): number => (metrics.find((one) => one.name === name)?.value ?? 0) * 1_000;
  const contentMs: number = await ask(cdp, 'benchWatch.contentMs');
  const { longestMs }: { longestMs: number } = await ask(cdp, 'benchWatch.tasksSince(0)');
  const bytes: PageFigures['bytes'] = await ask(cdp, 'benchWatch.bytes()');
  const times = { mainThreadMs: metric('TaskDuration'), scriptMs: metric('ScriptDuration') };
  return { contentMs, ...times, longestLoadTaskMs: longestMs, bytes };
}

async function throughByWheel({ page, cdp }: Seat): Promise<void> {
  await page.mouse.move(700, 500);
  for (let last = -1, at = 0; at !== last; ) {
    last = at;
    for (let turn = 0; turn < 10; turn += 1) {
      await page.mouse.wheel(0, WHEEL_PIXELS);
      await delay(FRAME_MS);
    }
    at = await ask(cdp, 'Math.round(scrollY)');
  }
}

async function throughByPageDown({ page, cdp }: Seat): Promise<void> {
  await ask(cdp, 'scrollTo(0, 0)');
  for (let last = -1, at = 0; at !== last; ) {
    last = at;
    for (let press = 0; press < 10; press += 1) {
      await page.keyboard.press('PageDown');
      await delay(KEY_REPEAT_MS);
    }
    at = await ask(cdp, 'Math.round(scrollY)');
  }
}

const arrowsDown =
  ({ page, cdp }: Seat, row: string) =>
  async (): Promise<void> => {
    await ask(cdp, 'scrollTo(0, 0)');
    await page.locator(row).first().focus();
    for (let press = 0; press < ARROWS; press += 1) {
      await page.keyboard.press('ArrowDown');
      await delay(KEY_REPEAT_MS);
    }
    await page.keyboard.press('End');
    await delay(10 * KEY_REPEAT_MS);
    await page.keyboard.press('Home');
    await delay(10 * KEY_REPEAT_MS);
  };

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread's processor time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

async function tasksOf({ browser, page, cdp }: Seat, act: () => Promise<void>): Promise<Tasks> {
  const since: number = await ask(cdp, 'performance.now()');
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await act();
  const trace: { traceEvents: readonly TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString());
  const tasks: Omit<Tasks, 'tookMs'> = await ask(cdp, `benchWatch.tasksSince(${since})`);
  const now: number = await ask(cdp, 'performance.now()');
  return { ...tasks, longestProcessorMs: longestProcessorMs(trace.traceEvents), tookMs: now - since };
}

/** Of the tasks on main threads of tabs. */
function longestProcessorMs(events: readonly TraceEvent[]): number {
  const mains = new Set(
    events.flatMap(({ name, args, pid, tid }) =>
      name === 'thread_name' && args?.name === 'CrRendererMain' ? [`${pid} ${tid}`] : [],
    ),
  );
  const durations = events.flatMap(({ name, pid, tid, tdur = 0 }) =>
    name === 'RunTask' && mains.has(`${pid} ${tid}`) ? [tdur] : [],
  );
  return durations.reduce((longest, one) => Math.max(longest, one), 0) / 1_000;
}

async function processesOf(browser: Browser) {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  await cdp.detach();
  return processInfo;
}

const processorMsOf = async (browser: Browser): Promise<number> =>
  (await processesOf(browser)).reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);

/** Of the largest tab; 0 where there is no /proc. */
async function tabMb(browser: Browser): Promise<number> {
  const tabs = (await processesOf(browser)).filter(({ type }) => type === 'renderer');
  return Math.max(0, ...tabs.map(({ id }) => residentMb(id)));
}

function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_000;
  } catch {
    return 0;
  }
}
