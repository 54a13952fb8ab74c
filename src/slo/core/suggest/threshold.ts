import { wilson } from '../confidence/intervals.ts';
import { LONGEST_THRESHOLD_MS } from '../screens/screen.ts';
import { type LatencySketch, latencyCount, latencyQuantile } from '../series/latency-sketch.ts';

/** A threshold and what it stands on; latencies in ms. */
export interface ThresholdEvidence {
  readonly thresholdMs: number;
  readonly measured: number;
  readonly p50: number;
  readonly p95: number;
  /** Undefined where there are too few for it. */
  readonly p99: number | undefined;
  /** Where the quantile that was taken lies with 95 % confidence. */
  readonly interval: readonly [low: number, high: number];
  /** The slowest hundredth took more than twice what nineteen of twenty needed: that is trouble, not how it should be. */
  readonly isCapped: boolean;
}

/** Fewer say nothing of one in a hundred. */
const LEAST_FOR_P99 = 500;
const LEAST = 50;
const CAP = 2;
/** What people write. */
const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10];
/** What is faster seems instantaneous (Nielsen, "Response Times: The 3 Important Limits", 1993). */
export const LEAST_THRESHOLD_MS = 100;

/** The 99th percentile, at most twice the 95th, as a number that people would write; undefined below 50 measured ones. */
export function thresholdOf(sketch: LatencySketch): ThresholdEvidence | undefined {
  const measured = latencyCount(sketch);
  if (measured < LEAST) return undefined;
  const at = (q: number): number => latencyQuantile(sketch, q) ?? 0;
  const p95 = at(0.95);
  const p99 = measured >= LEAST_FOR_P99 ? at(0.99) : undefined;
  const isCapped = p99 !== undefined && p99 > CAP * p95;
  const share = p99 === undefined || isCapped ? 0.95 : 0.99;
  const { low, high } = wilson({ good: share * measured, total: measured });
  return {
    ...{ measured, p50: at(0.5), p95, p99, isCapped },
    thresholdMs: rounded(isCapped ? CAP * p95 : (p99 ?? p95)),
    interval: [at(low), at(high)],
  };
}

/** Up to the next of 100, 120, 150, 200, 250, 300, 350, 400, 500, 600, 700, 800, 1000, … milliseconds. */
export function rounded(ms: number): number {
  if (ms >= LONGEST_THRESHOLD_MS) return LONGEST_THRESHOLD_MS;
  const exact = Math.max(LEAST_THRESHOLD_MS, ms);
  const power = 10 ** Math.floor(Math.log10(exact));
  const step = STEPS.find((candidate) => candidate * power >= exact) ?? 10;
  return Math.min(LONGEST_THRESHOLD_MS, Math.round(step * power));
}
