import type { RequestBatch } from '../core/logs/batch.ts';
import type { ViewTimes } from '../core/screens/correlation.ts';
import type { LogSource } from '../logs/read-logs.ts';

/** In which order logs are read so that views come together. */
export interface Reach {
  /** Logs of one time after the other: what comes in a later group may be of any time. */
  readonly groups: readonly (readonly LogSource[])[];
  /** How much later a line may come than those of requests that began after it. */
  readonly overlapMs: number;
}

/** Files of a load balancer's nodes are of the same minutes; those of whole days beside each other cannot wait for each other. */
const MOST_OVERLAP_MS = 15 * 60_000;

/** Sees from when to when each log goes. */
export function reaches() {
  const known = new Map<LogSource, { from: number; to: number }>();
  return {
    add: ({ beganMs, count }: RequestBatch, source: LogSource): void => {
      const reach = known.get(source) ?? { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
      for (let row = 0; row < count; row += 1) {
        const ms = beganMs[row] ?? 0;
        if (ms < reach.from) reach.from = ms;
        if (ms > reach.to) reach.to = ms;
      }
      known.set(source, reach);
    },
    reach: (): Reach => {
      const groups: LogSource[][] = [];
      let newest = Number.NEGATIVE_INFINITY;
      let overlapMs = 0;
      for (const [source, { from, to }] of [...known].toSorted(([, a], [, b]) => a.from - b.from)) {
        const group = groups.at(-1);
        const behindMs = newest - from;
        const isBeside = behindMs <= MOST_OVERLAP_MS;
        if (group !== undefined && isBeside) {
          group.push(source);
          overlapMs = Math.max(overlapMs, behindMs);
        } else groups.push([source]);
        newest = group !== undefined && isBeside ? Math.max(newest, to) : to;
      }
      return { groups, overlapMs };
    },
  };
}

export const withLateness = (times: ViewTimes, { overlapMs }: Reach): ViewTimes => ({
  ...times,
  latenessMs: times.latenessMs + overlapMs,
});
