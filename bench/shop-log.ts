import { ppm, type Screen } from '#slo/core';

/** Lines of a shop's page views: a document, what it loads, with Referer, in the order in which the requests ended. */

const AGENTS = Array.from(
  { length: 40 },
  (_, index) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + index}.0.0.0 Safari/537.36`,
);

interface Part {
  readonly path: (item: number) => string;
  /** After the document's begin. */
  readonly afterMs: number;
}

const PARTS: readonly Part[] = [
  { path: (item) => `/items/${item}`, afterMs: 0 },
  { path: () => '/assets/app.3f2a9c1b.js', afterMs: 120 },
  { path: () => '/assets/shop.51c0de77.css', afterMs: 120 },
  { path: (item) => `/api/price/${item}`, afterMs: 300 },
  { path: (item) => `/api/stock/${item}?warehouse=3`, afterMs: 310 },
  { path: (item) => `/items/${item}/reviews?page=1`, afterMs: 320 },
];

const request = (route: string): Screen['requests'][number] => ({
  ...{ routes: [`GET ${route}`], weight: 1, required: true, thresholdMs: 100 },
});
export const ITEM_SCREEN: Screen = {
  ...{ name: 'item', document: 0, barPpm: ppm(800_000), thresholdMs: 500 },
  requests: [
    request('/items/{id}'),
    { ...request('/api/price/{id}'), after: 0 },
    request('/api/stock/{id}'),
    { ...request('/items/{id}/reviews'), required: false },
  ],
};

/** How many views there are in so many lines, and how many of them are good: price and stock fail in one view of 200 each. */
export interface ShopLog {
  readonly lines: () => Iterable<string>;
  readonly views: number;
  readonly good: () => number;
}

/** One view each 20 ms; each client's next one comes minutes later. */
export function shopLog(lines: number, startMs: number, next: () => number): ShopLog {
  const views = Math.floor(lines / PARTS.length);
  let good = 0;
  const lineOf = (view: number, part: Part, beganMs: number, seconds: number, status: number): string => {
    const visitor = view % 50_000;
    const item = (view * 7919) % 200_000;
    const ended = new Date(beganMs + seconds * 1000).toISOString();
    const time = `${ended.slice(8, 10)}/Nov/2026:${ended.slice(11, 19)} +0000`;
    const client = `203.0.${Math.floor(visitor / 250)}.${visitor % 250}`;
    const referer = part.afterMs === 0 ? 'https://www.google.com/' : `https://shop.example/items/${item}`;
    return `${client} - - [${time}] "GET ${part.path(item)} HTTP/1.1" ${status} ${next() % 50_000} "${referer}" "${AGENTS[visitor % AGENTS.length]}" ${seconds.toFixed(3)}\n`;
  };
  function* all(): Iterable<string> {
    const waiting: { readonly endMs: number; readonly line: string }[] = [];
    for (let view = 0; view < views; view += 1) {
      const openedMs = startMs + view * 20;
      let failed = false;
      for (const [index, part] of PARTS.entries()) {
        const seconds = (20 + (next() % 80)) / 1000;
        const fails = (index === 3 || index === 4) && next() % 200 === 0;
        failed ||= fails;
        const beganMs = openedMs + part.afterMs;
        waiting.push({
          endMs: beganMs + seconds * 1000,
          line: lineOf(view, part, beganMs, seconds, fails ? 503 : 200),
        });
      }
      good += failed ? 0 : 1;
      if (waiting.length < 4096) continue;
      waiting.sort((a, b) => a.endMs - b.endMs);
      for (const { line } of waiting.splice(0, 2048)) yield line;
    }
    waiting.sort((a, b) => a.endMs - b.endMs);
    for (const { line } of waiting) yield line;
  }
  return { lines: all, views, good: () => good };
}
