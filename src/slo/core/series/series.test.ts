import { DDSketch } from '@datadog/sketches-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newBatch } from '../logs/batch.ts';
import { integerTable } from './integer-table.ts';
import {
  BUCKETS,
  bucketOf,
  countWithin,
  type LatencySketch,
  latencyCount,
  latencyQuantile,
  mergedSketch,
  RELATIVE_ERROR,
} from './latency-sketch.ts';
import { requestCounts } from './request-counts.ts';

const latency = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.constantFrom(0, 0.001, 1, 50, 300, 1e9),
);
const latencies = fc.array(latency, { minLength: 1, maxLength: 200 });

const sketchOf = (values: readonly number[]): LatencySketch =>
  mergedSketch(values.map((value): LatencySketch => [[bucketOf(value), 1]]));

const within = (answer: number | undefined, truth: number): boolean =>
  answer !== undefined && Math.abs(answer - truth) <= truth * (RELATIVE_ERROR + 1e-9) + 1e-3;

describe('a latency sketch', () => {
  it('has every quantile within 1 % of the true one, as the published DDSketch has', () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const truth = values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;
        const published = new DDSketch({ relativeAccuracy: RELATIVE_ERROR });
        for (const value of values) published.accept(value);
        expect(within(latencyQuantile(sketchOf(values), q), truth)).toBe(true);
        expect(within(published.getValueAtQuantile(q), truth)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same however it was merged', () => {
    fc.assert(
      fc.property(fc.array(latencies, { maxLength: 6 }), (parts) => {
        const whole = sketchOf(parts.flat());
        const sketches = parts.map(sketchOf);
        expect(mergedSketch(sketches)).toEqual(whole);
        expect(mergedSketch([mergedSketch(sketches.slice(1)), ...sketches.slice(0, 1)])).toEqual(whole);
        expect(latencyCount(whole)).toBe(parts.flat().length);
      }),
    );
  });

  it('bounds how many requests took at most a threshold', () => {
    fc.assert(
      fc.property(latencies, latency, (values, threshold) => {
        const truth = values.filter((value) => value <= threshold).length;
        const { least, most } = countWithin(sketchOf(values), threshold);
        expect(least <= truth && truth <= most).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('has buckets that ascend, few of them, and no quantile of nothing', () => {
    expect(BUCKETS).toBeLessThan(1500);
    expect([0, 1e-9, 1e-3, 1, 1e9, 1e12].map(bucketOf)).toEqual(
      [0, 1e-9, 1e-3, 1, 1e9, 1e12].map(bucketOf).toSorted((a, b) => a - b),
    );
    expect(latencyQuantile([], 0.5)).toBeUndefined();
  });
});

describe('counts of requests', () => {
  it('are those of counting one by one, by minute and route', () => {
    const request = fc.record({
      beganMs: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_600_000 }),
      route: fc.integer({ min: 0, max: 40 }),
      status: fc.constantFrom(0, 200, 302, 404, 460, 499, 500, 503),
      durationMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: Number.NaN }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 3000 }), (requests) => {
        const counts = requestCounts();
        const batch = newBatch(requests.length, 0);
        batch.count = requests.length;
        for (const [row, { beganMs, route, status, durationMs }] of requests.entries()) {
          batch.beganMs[row] = beganMs;
          batch.route[row] = route;
          batch.status[row] = status;
          batch.durationMs[row] = durationMs;
        }
        counts.add(batch);
        const groups = Map.groupBy(
          requests,
          ({ beganMs, route }) => `${Math.floor(beganMs / 60_000)} ${route}`,
        );
        const rows = counts.rows();
        expect(rows).toHaveLength(groups.size);
        for (const { minute, route, total, failed, abandoned, latencies: sketch } of rows) {
          const own = groups.get(`${minute} ${route}`) ?? [];
          expect(total).toBe(own.length);
          expect(failed).toBe(own.filter(({ status }) => status >= 500).length);
          expect(abandoned).toBe(own.filter(({ status }) => [0, 460, 499].includes(status)).length);
          expect(sketch).toEqual(
            sketchOf(own.map(({ durationMs }) => durationMs).filter((value) => !Number.isNaN(value))),
          );
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a table of integers', () => {
  it('gives every key its own place, in the order they came', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.maxSafeNat(), { maxLength: 3000 }), (keys) => {
        const table = integerTable();
        expect(keys.map(table.placeOf)).toEqual(keys.map((_, place) => place));
        expect(keys.map(table.placeOf)).toEqual(keys.map((_, place) => place));
        expect(keys.map((_, place) => table.keyAt(place))).toEqual(keys);
        expect(table.size()).toBe(keys.length);
      }),
      { numRuns: 30 },
    );
  });
});
