import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDefinitions, readLogs } from '#slo';
import {
  blame,
  compileScreens,
  type Definitions,
  ppm,
  resolveDefinitions,
  routeTable,
  type ScreenViews,
  screenViews,
  toNumber,
  viewConfidence,
} from '#slo/core';
import { type AccessLine, jsonLine } from '../../demo/shop-site/access-log.ts';
import { askedFor, BAR_POINTS, type Faults, SITE, type SitePart } from '../../demo/shop-site/screens.ts';
import { type OpenedView, type ShopSite, startShopSite } from '../../demo/shop-site/server.ts';
import { openBrowser } from './browser.ts';

// Real Chromium in a real shop whose requests go wrong as the test wants: what each view was worth is known from that alone.

const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const PEOPLE = 4;
/** Of each person in each of two tabs, which are open at once. */
const VIEWS = 20;
const BOT_VIEWS = 3;

const definitionsFile = 'demo/shop-site/slo/shop-site.yaml';
const log: AccessLine[] = [];
/** Settled when a view's request hangs. */
const hung = new Map<string, PromiseWithResolvers<void>>();
let site: ShopSite;
let browser: Browser;
let definitions: Definitions;

/** Each part of the item's page fails alone somewhere; elsewhere price and stock do so together; search loses its results at times. */
function faultsOf(screen: string, number: number): Faults {
  if (screen === 'item') {
    if (number % 10 === 3) return { price: 'error', stock: 'error' };
    if (number % 10 === 7) return { price: 'very-slow' };
    if (number % 20 === 9) return { reviews: 'error', similar: 'very-slow' };
    if (number % 20 === 15) return { stock: 'error' };
    return number % 20 === 11 ? { stock: 'slow', reviews: 'error', price: 'slow' } : {};
  }
  if (screen === 'search') return number % 12 === 5 ? { results: 'error' } : { facets: 'slow' };
  if (screen === 'checkout') {
    if (isLeft(number)) return {};
    return number % 9 === 4 ? { cart: 'error' } : { coupons: 'error' };
  }
  return number % 15 === 14 ? { page: 'error' } : number % 6 === 1 ? { advice: 'slow' } : {};
}

/** Checkouts that their person leaves while the costs of shipping are looked for. */
function isLeft(number: number): boolean {
  return number % 8 === 7;
}
const isHung = ({ screen, number }: OpenedView): boolean => screen.name === 'checkout' && isLeft(number);

function hangs(view: OpenedView, part: SitePart): boolean {
  if (!isHung(view) || part.name !== 'shipping') return false;
  hungOf(view).resolve();
  return true;
}

function hungOf({ id }: OpenedView): PromiseWithResolvers<void> {
  const settled = hung.get(id) ?? Promise.withResolvers<void>();
  hung.set(id, settled);
  return settled;
}

/** Whether who injected these faults calls the view bad; written without a look at how Sekisho scores. */
function isBad({ screen, faults }: OpenedView): boolean {
  let points = 0;
  for (const { name, weight } of askedFor(screen, faults)) {
    if (faults[name] === undefined) points += weight;
    if (faults[name] === 'slow') points += weight / 2;
  }
  const asked = askedFor(screen, faults);
  const lost = screen.parts.some(
    (part) => part.required && (faults[part.name] === 'error' || !asked.includes(part)),
  );
  // What was not asked for and is not required has no weight.
  const weights = asked.reduce((sum, { weight }) => sum + weight, 0);
  return lost || points * 10 < BAR_POINTS * weights;
}

async function visit(page: Page, path: string): Promise<void> {
  const answer = await page.goto(`${site.url}${path}`);
  if (answer?.status() !== 200) return;
  const id = await page.evaluate(() => document.documentElement.dataset.view);
  const view = site.views.find((known) => known.id === id) ?? expect.unreachable();
  if (isHung(view)) await hungOf(view).promise;
  else await page.evaluate('loaded');
}

async function person(number: number): Promise<void> {
  const context: BrowserContext = await browser.newContext({
    userAgent: BROWSER,
    extraHTTPHeaders: { 'x-forwarded-for': `192.0.2.${number + 1}`, 'x-customer': `customer-${number % 2}` },
  });
  const tab = async (paths: readonly [(n: number) => string, (n: number) => string]): Promise<void> => {
    const page = await context.newPage();
    for (let n = 0; n < VIEWS; n += 1) await visit(page, paths[n % 2 === 0 ? 0 : 1](n));
    await page.goto('about:blank');
  };
  await Promise.all([
    tab([() => '/', (n) => `/search?q=${n}`]),
    tab([(n) => `/items/${1000 * number + n}`, () => '/checkout']),
  ]);
  await context.close();
}

beforeAll(async () => {
  site = await startShopSite({ now: Date.now, faultsOf, hangs, log: (line) => log.push(line) });
  browser = await openBrowser();
  const read = readDefinitions([{ file: definitionsFile, bytes: readFileSync(definitionsFile) }]);
  const resolved = read.ok ? resolveDefinitions(read.value) : read;
  definitions = resolved.ok ? resolved.value : expect.unreachable(JSON.stringify(resolved.error));
  await Promise.all(Array.from({ length: PEOPLE }, (_, number) => person(number)));
  const crawler = await browser.newContext({ userAgent: BOT });
  const page = await crawler.newPage();
  for (let n = 0; n < BOT_VIEWS; n += 1) await visit(page, `/items/${9000 + n}`);
  await crawler.close();
});
afterAll(async () => {
  await browser.close();
  await site.stop();
});

/** The log as it is, or without what a poorer log would not tell. */
async function viewsOf(
  without: readonly ('view' | 'referer' | 'customer')[],
  lines: readonly AccessLine[] = log,
): Promise<ScreenViews> {
  const compiled = compileScreens(definitions.screens.map(({ screen }) => screen));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const poorer = Object.fromEntries(without.map((field) => [field, undefined]));
  const ended = lines.toSorted((a, b) => a.beganMs + a.durationMs - b.beganMs - b.durationMs);
  const text = ended.map((line) => `${jsonLine({ ...line, ...poorer })}\n`).join('');
  const routes = routeTable();
  const views = screenViews(compiled.value, routes);
  const [report] = await readLogs([{ name: 'access.log', open: () => oneChunk(text) }], {
    format: { kind: 'json', fields: { view: 'view', customer: 'customer' } },
    routes,
    consume: views.add,
  });
  expect(report?.counts).toMatchObject({ lines: log.length, requests: log.length });
  views.finish();
  return views;
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const judged = (): readonly OpenedView[] => site.views.filter((view) => !isHung(view)).slice(0, -BOT_VIEWS);

const truth = () =>
  SITE.map(({ name }) => {
    const own = judged().filter(({ screen }) => screen.name === name);
    return [name, own.filter((view) => !isBad(view)).length, own.length];
  });

const told = (views: ScreenViews) =>
  SITE.map(({ name }) => {
    const rows = views.minutes().filter(({ screen }) => screen === name);
    const sum = (of: (row: (typeof rows)[number]) => number): number =>
      rows.reduce((all, row) => all + of(row), 0);
    return [name, sum(({ good }) => good), sum(({ total }) => total)];
  });

describe('a shop with injected faults, visited by real browsers', () => {
  it.each([
    ['page-view-id', []],
    ['referer', ['view']],
    ['client', ['view', 'referer']],
  ] as const)('has exactly the good views that were injected, put together by %s', async (way, without) => {
    const views = await viewsOf(without);
    expect(told(views)).toEqual(truth());
    const sum = (of: (row: ReturnType<ScreenViews['minutes']>[number]) => number): number =>
      views.minutes().reduce((all, row) => all + of(row), 0);
    expect(sum(({ bots }) => bots)).toBe(BOT_VIEWS);
    expect(sum(({ abandoned }) => abandoned)).toBe(site.views.filter(isHung).length);
    const { ways, views: all } = viewConfidence(views.minutes());
    // A page that fails asks for nothing that it could be put together with.
    const alone = judged().filter(({ faults }) => faults.page === 'error').length;
    expect(ways[way]).toBe(all - alone);
  });

  it('is not what composing the SLOs of its requests says, which do not know what failed together', async () => {
    const views = told(await viewsOf([])).find(([name]) => name === 'item') ?? expect.unreachable();
    const own = judged().filter(({ screen }) => screen.name === 'item');
    const shareGood = (part: string): number =>
      own.filter(({ faults }) => faults[part] === undefined).length / own.length;
    const parts = ['page', 'price', 'stock', 'reviews', 'similar'].map(shareGood);
    const truly = Number(views[1]) / Number(views[2]);
    const composed = {
      product: parts.reduce((product, share) => product * share, 1),
      mean: parts.reduce((sum, share) => sum + share, 0) / parts.length,
      worst: Math.min(...parts),
    };
    for (const share of Object.values(composed)) expect(Math.abs(share - truly)).toBeGreaterThan(0.02);
  });

  it('has a culprit, whose repair gives back what was injected', async () => {
    const views = await viewsOf(['view']);
    const item = definitions.screens.find(({ screen }) => screen.name === 'item') ?? expect.unreachable();
    const { requests, shared, budget } = blame({
      ...{ screen: item.screen, minutes: views.minutes(), causes: views.causes(), targetPpm: ppm(990_000) },
      bounds: { fromMinute: 0, toMinute: Number.MAX_SAFE_INTEGER },
    });
    const bad = judged().filter((view) => view.screen.name === 'item' && isBad(view));
    const isHealedBy =
      (...parts: readonly string[]) =>
      (view: OpenedView): boolean =>
        !isBad({
          ...view,
          faults: Object.fromEntries(Object.entries(view.faults).filter(([name]) => !parts.includes(name))),
        });
    const byPrice = bad.filter(isHealedBy('price'));
    const byNothingElse = byPrice.filter((view) =>
      ['page', 'stock', 'reviews', 'similar'].every((part) => !isHealedBy(part)(view)),
    );
    expect(budget.lost).toBe(bad.length);
    expect(requests[0]).toMatchObject({
      ...{ request: 1, givesBack: byPrice.length, alone: byNothingElse.length },
    });
    const byBoth = bad.filter(
      (view) =>
        isHealedBy('price', 'stock')(view) && !isHealedBy('price')(view) && !isHealedBy('stock')(view),
    );
    expect(shared).toContainEqual({ kind: 'together', requests: [1, 2], views: byBoth.length });
  });

  it('has budgets for each of its customers', async () => {
    const minutes = (await viewsOf([])).minutes();
    const totalOf = (name: string): number =>
      minutes.reduce((sum, { customer, total }) => sum + (customer === name ? total : 0), 0);
    expect([totalOf('customer-0') > 0, totalOf('customer-1') > 0]).toEqual([true, true]);
    expect(totalOf('customer-0') + totalOf('customer-1')).toBe(judged().length);
  });

  it('tells how sure it is', async () => {
    const sureOf = async (...given: Parameters<typeof viewsOf>): Promise<number> => {
      const { sure } = viewConfidence((await viewsOf(...given)).minutes());
      return sure === undefined ? expect.unreachable() : toNumber(sure);
    };
    expect(await sureOf([])).toBe(1);
    // Everybody in a hurry, however slow this machine is: without ids and referers it is good luck as far as the log can tell.
    const first = Math.min(...log.map(({ beganMs }) => beganMs));
    const hurried = log.map((line) => ({ ...line, beganMs: first + (line.beganMs - first) / 100 }));
    expect(await sureOf(['view', 'referer'], hurried)).toBeLessThan(0.5);
  });
});
