import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDefinitions } from '#slo';
import { resolveDefinitions } from '#slo/core';
import { simulatedHistory } from './history.ts';
import { askedFor, BAR_POINTS, SITE, THRESHOLD_MS } from './screens.ts';

const file = join(import.meta.dirname, 'slo/shop-site.yaml');

it('The SLOs of the shop are about the requests that its pages make', () => {
  const read = readDefinitions([{ file, bytes: readFileSync(file) }]);
  const definitions = read.ok ? resolveDefinitions(read.value) : read;
  if (!definitions.ok) throw new Error(JSON.stringify(definitions.error.reasons));
  const described = definitions.value.screens.map(({ screen }) => ({
    name: screen.name,
    barPpm: screen.barPpm,
    parts: screen.requests.map(({ routes, weight, required, thresholdMs, after }) => ({
      ...{ routes, weight, required, thresholdMs },
      after: after === undefined ? undefined : screen.requests[after]?.routes[0],
    })),
  }));
  const made = SITE.map(({ name, parts }) => ({
    name,
    barPpm: BAR_POINTS * 100_000,
    parts: parts.map(({ method, path, weight, required, after }) => {
      const before = parts.find((part) => part.name === after);
      return {
        ...{ routes: [`${method} ${path}`], weight, required, thresholdMs: THRESHOLD_MS },
        after: before && `${before.method} ${before.path}`,
      };
    }),
  }));
  expect(described).toEqual(made);
  for (const { parts } of SITE) expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBe(10);
});

it('A page that fails asks for nothing more, and a part that fails keeps those that wait for it from being asked for', () => {
  const checkout = SITE.find(({ name }) => name === 'checkout') ?? expect.unreachable();
  const namesOf = (faults: Parameters<typeof askedFor>[1]) =>
    askedFor(checkout, faults).map(({ name }) => name);
  expect(namesOf({ page: 'error' })).toEqual(['page']);
  expect(namesOf({ cart: 'error' })).toEqual(['page', 'cart', 'coupons']);
  expect(namesOf({ cart: 'very-slow' })).toEqual(['page', 'cart', 'shipping', 'coupons']);
});

it('A simulated past has a view every so often, each with what its page would ask for', () => {
  const lines = simulatedHistory({
    ...{ fromMs: 0, toMs: 8_000, everyMs: 1_000 },
    faultsOf: (screen, atMs) => (screen === 'checkout' && atMs > 4_000 ? { cart: 'error' } : {}),
  });
  expect(new Set(lines.map(({ view }) => view)).size).toBe(8);
  const failed = lines.filter(({ status }) => status === 503);
  expect(failed).toMatchObject([{ target: '/api/cart', beganMs: expect.any(Number) }]);
  expect(lines.filter(({ target }) => target === '/api/shipping-quotes')).toHaveLength(1);
  const ends = lines.map(({ beganMs, durationMs }) => beganMs + durationMs);
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
});
