import { expect, test } from 'vitest';
import { criticalPath } from './critical-path.ts';

const request = (startsMs: number, p50Ms: number, given: { required?: boolean; after?: number } = {}) => ({
  required: true,
  ...given,
  times: { ...{ measured: 1, p50Ms, p75Ms: 0, p95Ms: 0, p99Ms: 0, startsMs }, distribution: [] },
});

test('The critical path is the required request that ends last, with what it waits for', () => {
  const requests = [
    request(0, 100),
    request(100, 50, { after: 0 }),
    request(100, 900, { after: 0, required: false }),
    request(150, 60, { after: 1 }),
  ];
  expect([...criticalPath(requests)].toSorted()).toEqual([0, 1, 3]);
});

test('Where no time is known there is no path, and a circle ends', () => {
  expect(criticalPath([{ required: true }]).size).toBe(0);
  expect([...criticalPath([request(0, 10, { after: 1 }), request(0, 20, { after: 0 })])].toSorted()).toEqual([
    0, 1,
  ]);
});
