import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type LocalServer, listen } from '../../demo/stand-ins/listen.ts';
import { BEACON_FILE } from '../../scripts/setup/beacon.ts';
import { type Beacon, readBeacon } from '../../src/slo/core/sources/beacon.ts';
import { openBrowser } from './browser.ts';

// Real Chromium loads a page with our script; what it tells is held against what the page's server saw.

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly view: string | undefined;
}

let browser: Browser;
let shop: LocalServer;
let api: LocalServer;
let sekisho: LocalServer;
let seen: Seen[] = [];
let beacons: Beacon[] = [];
let cookies: (string | undefined)[] = [];
let told = Promise.withResolvers<void>();

const PAGE = (
  script: string,
  other: string,
) => `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<script src="${script}/beacon.js"></script><link rel="stylesheet" href="/style.css">
<h1>Item</h1><button>Buy</button><script>
window.asked = (async () => {
  await fetch('/api/price?currency=JPY');
  await fetch('/api/stock', { method: 'POST', body: '{}' }).catch(() => undefined);
  await fetch('/api/broken').catch(() => undefined);
  await fetch('${other}/other').catch(() => undefined);
  const left = new AbortController();
  setTimeout(() => left.abort(), 20);
  await fetch('/api/hangs', { signal: left.signal }).catch(() => undefined);
  await new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open('GET', '/api/reviews');
    request.onloadend = done;
    request.send();
  });
})();
</script>`;

beforeAll(async () => {
  const script = await readFile(BEACON_FILE);
  sekisho = await listen((request, response) => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    if (request.url === '/beacon.js')
      return void response.setHeader('content-type', 'text/javascript').end(script);
    cookies.push(request.headers.cookie);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const beacon = readBeacon(Buffer.concat(chunks).toString('utf8'));
      if (beacon !== undefined) beacons.push(beacon);
      response.writeHead(beacon === undefined ? 400 : 204).end();
      told.resolve();
    });
  });
  api = await listen((request, response) => {
    seen.push({
      method: request.method ?? '',
      path: `other ${request.url}`,
      view: headerOf(request.headers['x-sekisho-view']),
    });
    response.setHeader('access-control-allow-origin', '*').end('{}');
  });
  shop = await listen((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://shop');
    seen.push({
      method: request.method ?? '',
      path: pathname,
      view: headerOf(request.headers['x-sekisho-view']),
    });
    if (pathname === '/api/hangs') return;
    if (pathname === '/api/broken') return void response.destroy();
    if (pathname === '/')
      return void response.setHeader('content-type', 'text/html').end(PAGE(sekisho.url, api.url));
    response.writeHead(pathname === '/api/stock' ? 503 : 200, {
      'content-type': pathname === '/style.css' ? 'text/css' : 'application/json',
    });
    response.end(pathname === '/style.css' ? 'h1 { color: red }' : '{}');
  });
  browser = await openBrowser();
});
const headerOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

afterAll(async () => {
  await browser?.close();
  for (const server of [shop, api, sekisho]) await server?.stop();
});
beforeEach(() => {
  [seen, beacons, cookies] = [[], [], []];
  told = Promise.withResolvers<void>();
});

async function visit(): Promise<Page> {
  const context = await browser.newContext();
  await context.addCookies([{ name: 'session', value: 'x', url: sekisho.url }]);
  const page = await context.newPage();
  await page.goto(shop.url);
  await page.evaluate(() => (window as unknown as { asked: Promise<void> }).asked);
  await page.getByRole('button').click();
  return page;
}

it('A page view tells its requests as they went, with the id that its server saw, and how the page felt', async () => {
  const page = await visit();
  await page.goto('about:blank');
  await told.promise;
  expect(beacons).toHaveLength(1);
  const [beacon] = beacons;
  const requests = beacon?.requests
    .map(({ method, path, status }) => `${method} ${path} ${status}`)
    .toSorted();
  expect(requests).toEqual([
    'GET / 200',
    'GET /api/broken 599',
    'GET /api/hangs 0',
    'GET /api/price 200',
    'GET /api/reviews 200',
    'GET /style.css 200',
    'POST /api/stock 503',
  ]);
  expect(beacon?.page).toBe('/');
  expect(
    beacon?.requests.every(({ at, took }) => at >= 0 && took >= 0 && at + took <= (beacon?.now ?? 0) + 1),
  ).toBe(true);
  expect(beacon?.vitals.lcp).toBeGreaterThan(0);
  const ofCode = seen.filter(({ path }) => path.startsWith('/api/'));
  // Chromium itself asks twice where a connection breaks.
  expect(new Set(ofCode.map(({ path }) => path)).size).toBe(5);
  expect(new Set(ofCode.map(({ view }) => view))).toEqual(new Set([beacon?.view]));
  expect(seen.find(({ path }) => path === 'other /other')?.view).toBeUndefined();
  expect(cookies).toEqual([undefined]);
  await page.context().close();
});

it('Two views of the same page have different ids', async () => {
  const pages = [await visit(), await visit()];
  for (const page of pages) {
    told = Promise.withResolvers<void>();
    await page.goto('about:blank');
    await told.promise;
    await page.context().close();
  }
  expect(new Set(beacons.map(({ view }) => view)).size).toBe(2);
});
