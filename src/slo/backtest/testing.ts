import { ppm, type Screen } from '#slo/core';
import type { Candidate } from '../core/backtest/candidate.ts';
import { paged } from '../core/backtest/testing.ts';

/** 2026-11-02T00:00Z. */
export const START_MS = Date.UTC(2026, 10, 2);

const request = (route: string): Screen['requests'][number] => ({
  ...{ routes: [`GET ${route}`], weight: 1, required: true, thresholdMs: 100 },
});

export const ITEM: Screen = {
  ...{ name: 'item', document: 0, barPpm: ppm(800_000), thresholdMs: 500 },
  requests: [
    request('/items/{id}'),
    { ...request('/api/price'), after: 0 },
    { ...request('/api/stock'), required: false },
  ],
};

/** Minutes in which prices fail, or take 250 ms. */
export interface Fault {
  readonly from: number;
  readonly to: number;
  readonly kind: 'fails' | 'slow';
}

/** Lines of a shop: so many views of an item in each minute, without any other trouble than the faults. */
export function shopLines(
  minutes: number,
  viewsPerMinute: number,
  faults: readonly Fault[],
): readonly string[] {
  const lines: { readonly endMs: number; readonly line: string }[] = [];
  const put = (view: number, beganMs: number, path: string, ms: number, status: number): void => {
    const ended = new Date(beganMs + ms).toISOString();
    const time = `${ended.slice(8, 10)}/Nov/2026:${ended.slice(11, 19)} +0000`;
    const from = path.startsWith('/items') ? '-' : `https://shop.example/items/${view}`;
    const line = `203.0.113.${view % 200} - - [${time}] "GET ${path} HTTP/1.1" ${status} 99 "${from}" "Mozilla/5.0 Firefox/142.0" ${(ms / 1000).toFixed(3)}\n`;
    lines.push({ endMs: beganMs + ms, line });
  };
  for (let view = 0; view < minutes * viewsPerMinute; view += 1) {
    const beganMs = START_MS + Math.floor((view * 60_000) / viewsPerMinute);
    const minute = Math.floor(view / viewsPerMinute);
    const fault = faults.find(({ from, to }) => minute >= from && minute < to)?.kind;
    put(view, beganMs, `/items/${view}`, 40, 200);
    put(view, beganMs + 300, '/api/price', fault === 'slow' ? 250 : 30, fault === 'fails' ? 503 : 200);
    put(view, beganMs + 310, '/api/stock', 20, 200);
  }
  return lines.toSorted((a, b) => a.endMs - b.endMs).map(({ line }) => line);
}

/** A screen with this threshold of prices and this bar, held to 99 % and paged at ten times what that allows. */
export const candidateWith = (thresholdMs: number, bar = 800_000): Candidate => ({
  slo: 'item-views',
  judgement: {
    kind: 'screen',
    screen: {
      ...ITEM,
      barPpm: ppm(bar),
      requests: ITEM.requests.map((one, place) => (place === 1 ? { ...one, thresholdMs } : one)),
    },
  },
  objective: paged(990_000, 10, 60, 5),
  settings: { bar: `${bar / 10_000}%`, 'GET /api/price.threshold': `${thresholdMs}ms` },
});
